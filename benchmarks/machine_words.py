"""The machine in words, for beside a figure: processor, cores, memory, versions, how busy it is."""

from __future__ import annotations

import os
import platform
import re
from importlib import metadata
from pathlib import Path

from tertulia.compute.processor import cpu_capability, memory_bytes, physical_cores
from tertulia.compute.torch_build import torch_build

_CPUINFO = Path("/proc/cpuinfo")


def machine_words(*, packages: tuple[str, ...] = ()) -> str:
    """One line; `packages` are those beyond torch whose versions matter to the figure."""
    memory = memory_bytes()
    parts = [
        f"{processor_name()} ({cpu_capability()})",
        f"{physical_cores()} cores",
        f"{memory / 2**30:.0f} GiB" if memory else "memory unknown",
        f"Python {platform.python_version()}",
        f"torch {torch_build()}",
        *(f"{name} {metadata.version(name)}" for name in packages),
    ]
    return ", ".join(parts)


def load_words() -> str:
    """How busy the machine was over the last minute: paired ratios bear it, seconds do not."""
    return f"{os.getloadavg()[0]:.1f}"


def processor_name(cpuinfo: Path = _CPUINFO) -> str:
    """The processor's own name for itself."""
    try:
        found = re.search(r"^model name\s*:\s*(.+?)\s*$", cpuinfo.read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()
