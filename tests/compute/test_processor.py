"""What the processor can do and how much of it is ours, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tertulia.compute import processor
from tertulia.compute.processor import (
    cpu_capability,
    cpu_vendor,
    has_bfloat16,
    memory_bytes,
    physical_cores,
)

AVX2 = "fpu avx avx2 fma"
AVX512 = f"{AVX2} avx512f avx512bw avx512dq avx512vl"


@pytest.fixture(autouse=True)
def _nothing_narrowed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in processor._NARROWING:
        monkeypatch.delenv(name, raising=False)


def machine(folder: Path, flags: str, cpus: int = 4, threads_per_core: int = 2) -> Path:
    """A /proc and a /sys of a made-up machine below `folder`."""
    proc = folder / "proc"
    (proc / "self").mkdir(parents=True)
    (proc / "cpuinfo").write_text(f"processor\t: 0\nvendor_id\t: Maker\nflags\t\t: {flags}\n\n")
    (proc / "meminfo").write_text("MemTotal:       2048 kB\n")
    (proc / "self" / "cgroup").write_text("0::/jobs/mine\n")
    for cpu in range(cpus):
        topology = folder / f"sys/devices/system/cpu/cpu{cpu}/topology"
        topology.mkdir(parents=True)
        first = cpu // threads_per_core * threads_per_core
        (topology / "thread_siblings_list").write_text(f"{first}-{first + threads_per_core - 1}\n")
    (folder / "sys/fs/cgroup/jobs/mine").mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("flags", "capability", "bfloat16"),
    [
        ("fpu sse2", "default", False),
        (AVX2, "avx2", False),
        (AVX512, "avx512", False),
        (f"{AVX512} avx512_bf16", "avx512_bf16", True),
        (f"{AVX512} avx512_bf16 amx_bf16", "amx_bf16", True),
    ],
)
def test_the_widest_instructions_count(
    tmp_path: Path, flags: str, capability: str, bfloat16: bool
) -> None:
    proc = machine(tmp_path, flags) / "proc"
    assert cpu_capability(proc) == capability
    assert has_bfloat16(proc) is bfloat16
    assert cpu_vendor(proc) == "Maker"


def test_a_variable_that_narrows_the_code_is_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "default")
    assert cpu_capability(machine(tmp_path, AVX2) / "proc") == "avx2 ATEN_CPU_CAPABILITY=default"


def test_elsewhere_the_kind_of_machine_stands_in(tmp_path: Path) -> None:
    assert cpu_capability(tmp_path) not in ("", "default")
    assert memory_bytes(tmp_path, tmp_path) is None


@pytest.mark.parametrize(("ours", "cores"), [({0, 1, 2, 3}, 2), ({0, 1}, 1), ({0, 2}, 2), ({3}, 1)])
def test_hardware_threads_of_one_core_count_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: set[int], cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: ours, raising=False)
    folder = machine(tmp_path, AVX2)
    assert physical_cores(folder / "proc", folder / "sys") == cores


@pytest.mark.parametrize(
    ("quota", "cores"),
    [("max 100000", 4), ("200000 100000", 2), ("50000 100000", 1), ("390000 100000", 3)],
)
@pytest.mark.parametrize("place", ["jobs", "jobs/mine"])
def test_a_quota_here_or_above_bounds_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, cores: int, place: str
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    folder = machine(tmp_path, AVX2, threads_per_core=1)
    (folder / "sys/fs/cgroup" / place / "cpu.max").write_text(f"{quota}\n")
    assert physical_cores(folder / "proc", folder / "sys") == cores


def test_the_older_kind_of_cgroup_bounds_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    folder = machine(tmp_path, AVX2, threads_per_core=1)
    (folder / "proc/self/cgroup").write_text("4:memory:/job\n3:cpu,cpuacct:/job\n")
    for place in ("cpu,cpuacct/job", "memory/job"):
        (folder / "sys/fs/cgroup" / place).mkdir(parents=True)
    (folder / "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us").write_text("300000\n")
    (folder / "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us").write_text("100000\n")
    (folder / "sys/fs/cgroup/memory/job/memory.limit_in_bytes").write_text("4096\n")
    assert physical_cores(folder / "proc", folder / "sys") == 3
    assert memory_bytes(folder / "proc", folder / "sys") == 4096


def test_memory_is_the_machines_or_the_cgroups_bound(tmp_path: Path) -> None:
    folder = machine(tmp_path, AVX2)
    assert memory_bytes(folder / "proc", folder / "sys") == 2048 * 1024
    (folder / "sys/fs/cgroup/jobs/memory.max").write_text("1000000\n")
    (folder / "sys/fs/cgroup/jobs/mine/memory.max").write_text("max\n")
    assert memory_bytes(folder / "proc", folder / "sys") == 1_000_000
