"""Machine profiles: TOML files in which each setting may be left to `auto`."""

from __future__ import annotations

import difflib
import shutil
import sysconfig
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from tertulia.compute.devices import lack_of, local_device
from tertulia.compute.facts import Facts
from tertulia.compute.machine import Device, Executor, Machine, Precision
from tertulia.compute.processor import has_bfloat16, memory_bytes, physical_cores
from tertulia.compute.slurm_spec import SlurmSpec
from tertulia.errors import RecipeError
from tertulia.recipe.migrate import schema_of
from tertulia.recipe.problems import validated
from tertulia.recipe.shipped import shipped_folder, shipped_names
from tertulia.recipe.toml_file import read_toml


def _count_or_auto(value: Any) -> Any:
    if value == "auto" or (type(value) is int and value >= 1):
        return value
    raise ValueError('expected a whole number from 1, or "auto"')


def _flag_or_auto(value: Any) -> Any:
    if value == "auto" or isinstance(value, bool):
        return value
    raise ValueError('expected true, false or "auto"')


class Profile(Facts):
    """A machine profile as written: settings, facts about the machine, and how to queue a job."""

    schema_: Literal[1] = Field(alias="schema")
    device: Literal["auto", "cpu", "cuda", "xpu", "mps"] = "auto"
    """torch's name of the device; it calls AMD's GPUs `cuda` too."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    threads: Annotated[int | Literal["auto"], BeforeValidator(_count_or_auto)] = "auto"
    """Of one training process; `auto`: the cores of the node, shared among its processes."""
    processes: int | None = Field(default=None, ge=1)
    """Training processes a node; by default the tasks of the `[slurm]` table, else one."""
    nodes: int | None = Field(default=None, ge=1)
    """Nodes that train together; by default those of the `[slurm]` table, else one."""
    shard_across_nodes: bool = False
    """Divides the weights among the processes of all nodes: for models that no node can hold."""
    workers: Annotated[int | Literal["auto"], BeforeValidator(_count_or_auto)] = "auto"
    """Processes for work on shards that do not depend on one another; `auto`: a core each."""
    executor: Executor = "pool"
    compile: Annotated[bool | Literal["auto"], BeforeValidator(_flag_or_auto)] = "auto"
    """Whether torch compiles the model, which needs a C++ compiler."""
    recompute: bool = False
    """Runs each block again on the way back: a third more work, a small part of the memory."""
    slurm: SlurmSpec | None = None
    """What `--submit` asks Slurm for."""

    @model_validator(mode="after")
    def _one_number_of_processes(self) -> Profile:
        if self.slurm is None:
            return self
        if self.processes not in (None, self.slurm.tasks_per_node):
            raise ValueError("`processes` and `slurm.tasks_per_node` differ; leave one of them out")
        if self.nodes not in (None, self.slurm.nodes):
            raise ValueError("`nodes` and `slurm.nodes` differ; leave one of them out")
        return self

    @property
    def facts(self) -> Facts:
        """The facts alone."""
        return Facts.model_construct(**{name: getattr(self, name) for name in Facts.model_fields})


def resolve_machine(name_or_path: str | Path | None = None) -> Machine:
    """The profile of that name or file with every `auto` decided on this machine.

    None stands for the profile `auto`. Raises RecipeError, among others `compute.no-cuda` and
    `compute.no-device` where this machine has not what the profile asks for.
    """
    name, path = _find("auto" if name_or_path is None else name_or_path)
    profile = load_profile(path)
    return _here(name, profile, _usable_device(profile, path))


def planned_machine(name_or_path: str | Path | None = None, *, nodes: int | None = None) -> Machine:
    """The machine a profile speaks of, whether or not it is this one; on `nodes` of its nodes.

    A profile that tells its `cores` is of a machine elsewhere: every `auto` follows from its
    facts, and nothing is looked up here. Raises RecipeError as `load_profile` does.
    """
    name, path = _find("auto" if name_or_path is None else name_or_path)
    profile = load_profile(path)
    if nodes is not None:
        slurm = profile.slurm and profile.slurm.model_copy(update={"nodes": nodes})
        profile = profile.model_copy(update={"nodes": nodes, "slurm": slurm})
    if profile.cores is None:
        device = local_device() if profile.device == "auto" else profile.device
        return _here(name, profile, device)
    device = profile.device if profile.device != "auto" else "cuda" if profile.devices else "cpu"
    cores = round(profile.cores.least)
    threads = max(1, cores // _processes(profile))
    memory = profile.memory_gb
    return Machine(
        name=name,
        device=device,
        precision=_precision_by_facts(profile, device),
        threads=threads if profile.threads == "auto" else profile.threads,
        processes=_processes(profile),
        nodes=_nodes(profile),
        shard_across_nodes=profile.shard_across_nodes,
        workers=cores if profile.workers == "auto" else profile.workers,
        executor=profile.executor,
        compile=profile.compile is not False,
        recompute=profile.recompute,
        memory_bytes=None if memory is None else round(memory.least * 1e9),
        watts_per_core=_watts_per_core(profile),
        facts=profile.facts,
        slurm=profile.slurm,
    )


def load_profile(name_or_path: str | Path) -> Profile:
    """A profile as written, `auto` and all, whether or not this is the machine it speaks of.

    Raises RecipeError at the line to mend.
    """
    _, path = _find(name_or_path)
    file = read_toml(path, kind="machine profile")
    schema_of(file, newest=1)
    return validated(Profile, file)


def _here(name: str, profile: Profile, device: Device) -> Machine:
    threads = max(1, physical_cores() // _processes(profile))
    return Machine(
        name=name,
        device=device,
        precision=_precision(profile, device),
        threads=threads if profile.threads == "auto" else profile.threads,
        processes=_processes(profile),
        nodes=_nodes(profile),
        shard_across_nodes=profile.shard_across_nodes,
        workers=physical_cores() if profile.workers == "auto" else profile.workers,
        executor=profile.executor,
        compile=_can_compile() if profile.compile == "auto" else profile.compile,
        recompute=profile.recompute,
        memory_bytes=memory_bytes(),
        watts_per_core=_watts_per_core(profile),
        facts=profile.facts,
        slurm=profile.slurm,
    )


def profile_file(name_or_path: str | Path) -> Path:
    """The file of a profile, by its name or path. Raises RecipeError `compute.no-profile`."""
    return _find(name_or_path)[1]


def _find(name_or_path: str | Path) -> tuple[str, Path]:
    """Name and file of a profile; a file goes before a shipped name."""
    path = Path(name_or_path)
    if path.is_file():
        return path.stem, path
    shipped = shipped_folder("machines", f"{name_or_path}.toml")
    if isinstance(name_or_path, str) and len(path.parts) == 1 and shipped.is_file():
        return path.stem, shipped
    names = shipped_names("machines")
    near = difflib.get_close_matches(path.stem, names, n=3) or names
    raise RecipeError(
        "compute.no-profile",
        f'there is no machine profile "{name_or_path}"',
        where=str(path),
        remedy="Shipped profiles: " + ", ".join(near),
    )


def _usable_device(profile: Profile, path: Path) -> Device:
    if profile.device == "auto":
        return local_device()
    lack = lack_of(profile.device)
    if lack is None:
        return profile.device
    if profile.device == "cuda":
        raise RecipeError(
            "compute.no-cuda",
            f"the profile asks for CUDA, and {lack}",
            where=str(path),
            remedy="Use another profile, or set up again with `make TORCH=cuda` (AMD: TORCH=rocm)",
        )
    raise RecipeError(
        "compute.no-device",
        f"the profile asks for the device {profile.device}, and {lack}",
        where=str(path),
        remedy="Use another profile, or install the torch that is built for it",
    )


def _processes(profile: Profile) -> int:
    return profile.processes or (profile.slurm.tasks_per_node if profile.slurm else 1)


def _nodes(profile: Profile) -> int:
    return profile.nodes or (profile.slurm.nodes if profile.slurm else 1)


def _precision(profile: Profile, device: Device) -> Precision:
    if profile.precision != "auto":
        return profile.precision
    if device == "mps":
        return "float32"
    return "bfloat16" if device != "cpu" or has_bfloat16() else "float32"


def _precision_by_facts(profile: Profile, device: Device) -> Precision:
    if profile.precision != "auto":
        return profile.precision
    return "bfloat16" if device != "cpu" or "bfloat16" in profile.peak_tflops else "float32"


def _watts_per_core(profile: Profile) -> float | None:
    return None if profile.watts_per_core is None else profile.watts_per_core.middle


def _can_compile() -> bool:
    """Whether torch finds what it compiles with: a C++ compiler and Python's own header."""
    compiler = any(shutil.which(name) for name in ("g++", "clang++", "c++"))
    return compiler and Path(sysconfig.get_path("include"), "Python.h").is_file()
