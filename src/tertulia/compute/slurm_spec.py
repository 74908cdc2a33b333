"""The `[slurm]` table of a machine profile: what a job asks of a cluster."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from tertulia.recipe.section import Section

_ONE_WORD = r"^[^\s#\"'`$\\;&|<>]+$"
"""Goes bare into an `#SBATCH` line, where Slurm splits at blanks."""
_Word = Annotated[str, StringConstraints(pattern=_ONE_WORD)]
_Line = Annotated[str, StringConstraints(pattern=r"^[^\r\n]+$")]
_Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
_OneLine = Annotated[str, StringConstraints(pattern=r"^[^\r\n]*$")]


class SlurmSpec(Section):
    """What `--submit` asks Slurm for; each process of the job is one rank of the training."""

    partition: _Word | None = None
    account: _Word | None = None
    qos: _Word | None = None
    nodes: int = Field(default=1, ge=1)
    tasks_per_node: int = Field(default=1, ge=1)
    """One a GPU where there are any, else one a socket or a node."""
    cpus_per_task: int = Field(default=1, ge=1)
    """As Slurm counts them: hardware threads where the site lets jobs see these."""
    gpus_per_node: int = Field(default=0, ge=0)
    memory: Annotated[str, StringConstraints(pattern=r"^\d+[KMGT]?$")] | None = None
    """Of each node, such as `"4G"`; in megabytes where no letter follows."""
    time: Annotated[str, StringConstraints(pattern=r"^(\d+-)?\d+(:\d{1,2}){0,2}$")] = "24:00:00"
    """Longest time of one stretch; a job that reaches it is queued again and goes on."""
    exclusive: bool = False
    """Whether no other job may share the nodes."""
    signal_seconds: int = Field(default=120, ge=1, le=65535)
    """Before the time is over: enough to finish a step and write a checkpoint."""
    restarts: int = Field(default=100, ge=0)
    """How often a job may queue itself again before it is taken for one that never ends."""
    setup: tuple[_Line, ...] = ()
    """Shell lines before anything else, such as `module load …`."""
    environment: dict[_Variable, _OneLine] = Field(default_factory=dict)
    """Environment variables of the job."""
    options: tuple[Annotated[str, StringConstraints(pattern=r"^--[^\r\n]+$")], ...] = ()
    """Further options of sbatch, each a whole one such as `"--constraint=highmem"`."""
    array: int | None = Field(default=None, ge=2, le=1000)
    """Jobs among which the shards of the corpus are shared before the main job begins."""

    @property
    def ranks(self) -> int:
        """Processes of a job in all."""
        return self.nodes * self.tasks_per_node
