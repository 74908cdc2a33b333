"""Where a recipe runs: the resolved machine, and the numeric class its results belong to."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from tertulia.compute.facts import Facts
from tertulia.compute.processor import cpu_capability, cpu_vendor
from tertulia.compute.slurm_spec import SlurmSpec
from tertulia.compute.torch_build import Device, gpu_model, torch_build

__all__ = ["Device", "Executor", "Machine", "Precision"]

Precision = Literal["float32", "bfloat16"]
Executor = Literal["pool", "dask"]

_NOT_DESCRIBED = ("facts", "slurm")
"""Of no bearing on what was made: estimates for a plan, and how a job was queued."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine profile with every `auto` decided. A recipe never names any of this."""

    name: str
    device: Device = "cpu"
    precision: Precision = "float32"
    threads: int = 1
    """Of one training process."""
    processes: int = 1
    """Training processes on each node: one a GPU where there are any."""
    nodes: int = 1
    """Nodes that train together."""
    shard_across_nodes: bool = False
    """Whether the weights are divided among all processes, and not copied on each node."""
    workers: int = 1
    """Processes that take the shards of a corpus; no result hangs on their number."""
    executor: Executor = "pool"
    compile: bool = False
    recompute: bool = False
    """Whether blocks run again on the way back instead of keeping what they computed."""
    memory_bytes: int | None = None
    watts_per_core: float | None = None
    """What a busy core draws, for an estimate of energy where none can be measured."""
    facts: Facts = field(default_factory=Facts)
    """What the profile claims of the machine, for a plan."""
    slurm: SlurmSpec | None = None
    """How a job is submitted; None where the profile is of no cluster."""

    @property
    def ranks(self) -> int:
        """Training processes in all."""
        return self.nodes * self.processes

    def numeric_class(self) -> dict[str, str]:
        """What decides the bits of a result: torch build, device, CPU capability, precision, ...

        Processes and nodes are none of it: training on many gives what training on one gives, to
        rounding. Read without importing torch, so that a finished run is recognised at once.
        """
        return {
            "torch": torch_build(),
            "device": self.device,
            "capability": gpu_model() if self.device == "cuda" else cpu_capability(),
            "vendor": cpu_vendor(),
            "precision": self.precision,
            "compile": "yes" if self.compile else "no",
            "threads": str(self.threads),
        }

    def described(self) -> dict[str, Any]:
        """The machine as JSON values, for a manifest."""
        names = [known.name for known in fields(self) if known.name not in _NOT_DESCRIBED]
        return {name: getattr(self, name) for name in names}
