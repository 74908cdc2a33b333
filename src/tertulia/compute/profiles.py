"""Machine profiles: TOML files in which each setting may be left to `auto`."""

from __future__ import annotations

import difflib
import shutil
import sysconfig
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tertulia.compute.machine import Device, Executor, Machine, Precision
from tertulia.compute.processor import has_bfloat16, memory_bytes, physical_cores
from tertulia.compute.torch_build import has_gpu, torch_has_cuda
from tertulia.errors import RecipeError
from tertulia.recipe.migrate import schema_of
from tertulia.recipe.problems import validated
from tertulia.recipe.section import Section
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


class Profile(Section):
    """A machine profile as written."""

    schema_: Literal[1] = Field(alias="schema")
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    threads: Annotated[int | Literal["auto"], BeforeValidator(_count_or_auto)] = "auto"
    workers: Annotated[int | Literal["auto"], BeforeValidator(_count_or_auto)] = "auto"
    """Processes for work on shards that do not depend on one another; `auto`: a core each."""
    executor: Executor = "pool"
    compile: Annotated[bool | Literal["auto"], BeforeValidator(_flag_or_auto)] = "auto"
    """Whether torch compiles the model, which needs a C++ compiler."""
    watts_per_core: float | None = Field(default=None, gt=0)
    """What a busy core draws, for an estimate of energy where none can be measured."""


def resolve_machine(name_or_path: str | Path | None = None) -> Machine:
    """The profile of that name or file with every `auto` decided on this machine.

    None stands for the profile `auto`. Raises RecipeError, among others `compute.no-cuda`.
    """
    name, path = _find("auto" if name_or_path is None else name_or_path)
    profile = load_profile(path)
    device = _device(profile, path)
    return Machine(
        name=name,
        device=device,
        precision=_precision(profile, device),
        threads=physical_cores() if profile.threads == "auto" else profile.threads,
        workers=physical_cores() if profile.workers == "auto" else profile.workers,
        executor=profile.executor,
        compile=_can_compile() if profile.compile == "auto" else profile.compile,
        memory_bytes=memory_bytes(),
        watts_per_core=profile.watts_per_core,
    )


def load_profile(name_or_path: str | Path) -> Profile:
    """A profile as written, `auto` and all, whether or not this is the machine it speaks of.

    Raises RecipeError at the line to mend.
    """
    _, path = _find(name_or_path)
    file = read_toml(path, kind="machine profile")
    schema_of(file, newest=1)
    return validated(Profile, file)


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


def _device(profile: Profile, path: Path) -> Device:
    usable = torch_has_cuda() and has_gpu()
    if profile.device == "auto":
        return "cuda" if usable else "cpu"
    if profile.device == "cuda" and not usable:
        lack = "no GPU is there" if torch_has_cuda() else "the installed torch has no CUDA"
        raise RecipeError(
            "compute.no-cuda",
            f"the profile asks for CUDA, and {lack}",
            where=str(path),
            remedy="Use another profile, or set up again with `make TORCH=cuda`",
        )
    return profile.device


def _precision(profile: Profile, device: Device) -> Precision:
    if profile.precision != "auto":
        return profile.precision
    return "bfloat16" if device == "cuda" or has_bfloat16() else "float32"


def _can_compile() -> bool:
    """Whether torch finds what it compiles with: a C++ compiler and Python's own header."""
    compiler = any(shutil.which(name) for name in ("g++", "clang++", "c++"))
    return compiler and Path(sysconfig.get_path("include"), "Python.h").is_file()
