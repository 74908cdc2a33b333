"""What the processor can do, and how many of its cores and how much memory are ours."""

from __future__ import annotations

import functools
import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_SYS = Path("/sys")
_CAPABILITIES = (
    ("amx_bf16", {"amx_bf16", "avx512_bf16"}),
    ("avx512_bf16", {"avx512_bf16", "avx512f"}),
    ("avx512", {"avx512f", "avx512bw", "avx512dq", "avx512vl"}),
    ("avx2", {"avx2", "fma"}),
)
"""Widest first: the instructions by which numeric libraries choose their code."""
_NARROWING = ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS")
"""Environment variables by which those libraries are told to choose narrower code."""


def cpu_capability(proc: Path = _PROC) -> str:
    """`amx_bf16`, `avx512_bf16`, `avx512`, `avx2` or `default`; elsewhere the machine's type.

    A variable that narrows the choice is appended, since results change with it.
    """
    flags = set(_cpuinfo(proc).get("flags", "").split())
    name = next((name for name, needed in _CAPABILITIES if needed <= flags), None)
    if name is None:
        name = "default" if flags else platform.machine() or "unknown"
    narrowed = [f"{key}={os.environ[key]}" for key in _NARROWING if os.environ.get(key)]
    return " ".join([name, *narrowed])


def has_bfloat16(proc: Path = _PROC) -> bool:
    """Whether the processor multiplies bfloat16 by itself."""
    return cpu_capability(proc).split()[0] in ("amx_bf16", "avx512_bf16")


def cpu_vendor(proc: Path = _PROC) -> str:
    """The maker, by which MKL chooses other code for the same instructions."""
    return _cpuinfo(proc).get("vendor_id") or platform.processor() or "unknown"


@functools.cache
def _cpuinfo(proc: Path) -> dict[str, str]:
    """The first processor's entries of `cpuinfo`; empty where there is no such file."""
    try:
        text = (proc / "cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    first = text.split("\n\n", 1)[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def physical_cores(proc: Path = _PROC, sys: Path = _SYS) -> int:
    """Cores, not hardware threads, that this process may use; a cgroup's quota bounds them."""
    if hasattr(os, "sched_getaffinity"):
        count = len({_core_of(cpu, sys) for cpu in os.sched_getaffinity(0)})
    else:
        count = os.cpu_count() or 1
    return max(1, min([count, *(int(quota) for quota in _cpu_quotas(proc, sys))]))


def memory_bytes(proc: Path = _PROC, sys: Path = _SYS) -> int | None:
    """Memory that this process may use; None where nothing tells."""
    limits = [int(text) for text in _cgroup_texts("memory.max", proc, sys) if text.isdecimal()]
    limits += [
        int(text) for text in _cgroup_texts("memory.limit_in_bytes", proc, sys) if text.isdecimal()
    ]
    try:
        total = re.search(r"^MemTotal:\s+(\d+) kB", (proc / "meminfo").read_text(), re.MULTILINE)
    except OSError:
        total = None
    if total is not None:
        limits.append(int(total[1]) * 1024)
    return min(limits, default=None)


def _core_of(cpu: int, sys: Path) -> str:
    """A name that hardware threads of one core share."""
    topology = sys / f"devices/system/cpu/cpu{cpu}/topology"
    try:
        return (topology / "thread_siblings_list").read_text().strip()
    except OSError:
        return str(cpu)


def _cpu_quotas(proc: Path, sys: Path) -> Iterator[float]:
    """Processors' worth of time that each cgroup around this process is granted."""
    for text in _cgroup_texts("cpu.max", proc, sys):
        quota, _, period = text.partition(" ")
        if quota.isdecimal() and period.isdecimal():
            yield int(quota) / int(period)
    quotas = _cgroup_texts("cpu.cfs_quota_us", proc, sys)
    periods = _cgroup_texts("cpu.cfs_period_us", proc, sys)
    for quota, period in zip(quotas, periods, strict=False):
        if quota.isdecimal() and period.isdecimal():
            yield int(quota) / int(period)


def _cgroup_texts(name: str, proc: Path, sys: Path) -> Iterator[str]:
    """The contents of the file `name` in this process's cgroup and in those around it."""
    try:
        lines = (proc / "self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, inner = line.split(":", 2)
        root = sys / "fs/cgroup"
        # Version 2 names no controllers; version 1 has a folder for each.
        if controllers:
            root = root / controllers.removeprefix("name=")
        folder = root / inner.lstrip("/")
        for place in (folder, *folder.parents):
            if not place.is_relative_to(root):
                break
            try:
                yield (place / name).read_text().strip()
            except OSError:
                continue
