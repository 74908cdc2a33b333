"""What this machine has, and what it lacks for building models; nothing is changed or installed."""

from __future__ import annotations

import platform
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tertulia import __version__
from tertulia.compute.machine import Machine
from tertulia.compute.processor import cpu_capability, physical_cores
from tertulia.compute.torch_build import gpu_model, has_gpu, torch_build
from tertulia.messages import tr

_NEEDED_DISK = 2 * 10**9
"""Bytes: a quickstart run with its checkpoints, twice over."""
_NEEDED_MEMORY = 3 * 10**9
"""Bytes: what the quickstart's training holds, and the system beside it."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is missing: a stable code, and words in the reader's language."""

    code: str
    what: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What `tertulia doctor` reports. Sizes in bytes, None where the system does not tell."""

    tertulia: str
    python: str
    system: str
    torch: str
    cpu_capability: str
    cores: int
    memory_bytes: int | None
    free_disk_bytes: int
    compiler: str | None
    gpu: str | None
    machine: str
    device: str
    precision: str
    threads: int
    compile: bool
    findings: tuple[Finding, ...]


def examine(machine: Machine, folder: Path) -> Examination:
    """Looks at this machine as `machine` resolves it, and at the disk that would hold `folder`."""
    compiler = next(filter(None, map(shutil.which, ("g++", "clang++", "c++"))), None)
    disk = shutil.disk_usage(_existing_parent(folder)).free
    return Examination(
        tertulia=__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        torch=torch_build(),
        cpu_capability=cpu_capability(),
        cores=physical_cores(),
        memory_bytes=machine.memory_bytes,
        free_disk_bytes=disk,
        compiler=compiler,
        gpu=gpu_model() if has_gpu() else None,
        machine=machine.name,
        device=machine.device,
        precision=machine.precision,
        threads=machine.threads,
        compile=machine.compile,
        findings=tuple(_findings(compiler=compiler, disk=disk, machine=machine)),
    )


def _findings(*, compiler: str | None, disk: int, machine: Machine) -> list[Finding]:
    found = []
    if compiler is None:
        found.append(
            Finding(
                code="no-compiler",
                what=tr("There is no C++ compiler, so training runs uncompiled and slower."),
                remedy=tr("Install g++ or clang++."),
            )
        )
    elif not Path(sysconfig.get_path("include"), "Python.h").is_file():
        found.append(
            Finding(
                code="no-python-headers",
                what=tr("Python's headers are missing, so training runs uncompiled and slower."),
                remedy=tr("Install the development package of your Python."),
            )
        )
    if has_gpu() and machine.device == "cpu":
        found.append(
            Finding(
                code="gpu-unused",
                what=tr("There is a GPU that the installed torch does not use."),
                remedy=tr("Set up again with: make TORCH=cuda"),
            )
        )
    if disk < _NEEDED_DISK:
        found.append(
            Finding(
                code="little-disk",
                what=tr("Little disk space is left for a run."),
                remedy=tr("Free some space, or name a folder on another disk with --runs."),
            )
        )
    if machine.memory_bytes is not None and machine.memory_bytes < _NEEDED_MEMORY:
        found.append(
            Finding(
                code="little-memory",
                what=tr("This machine has little memory."),
                remedy=tr("Choose a smaller model size or fewer tokens in a batch."),
            )
        )
    return found


def _existing_parent(folder: Path) -> Path:
    """`folder`, or the nearest folder above it that exists already."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())
