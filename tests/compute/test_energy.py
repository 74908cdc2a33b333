"""Energy is measured where the processor tells it, else estimated, else unknown."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tertulia.compute.energy import Meter, measured
from tertulia.compute.machine import Machine
from tertulia.store.attempts import begin_attempt, end_attempt


def zone(powercap: Path, name: str, microjoules: int) -> Path:
    folder = powercap / name
    folder.mkdir(parents=True)
    (folder / "max_energy_range_uj").write_text("10000000\n")
    (folder / "energy_uj").write_text(f"{microjoules}\n")
    return folder


def burn() -> None:
    end = time.process_time() + 0.02
    while time.process_time() < end:
        pass


def test_counters_of_whole_packages_are_summed(tmp_path: Path) -> None:
    first = zone(tmp_path, "intel-rapl:0", 1_000_000)
    second = zone(tmp_path, "intel-rapl:1", 9_000_000)
    part = zone(tmp_path, "intel-rapl:0:0", 0)
    meter = Meter(Machine(name="x", watts_per_core=100.0), tmp_path)
    (first / "energy_uj").write_text("3000000")
    (second / "energy_uj").write_text("500000")  # has begun again
    (part / "energy_uj").write_text("9999999")
    cost = meter.stop()
    assert cost.basis == "measured"
    assert cost.joules == pytest.approx(2.0 + 1.5)


def test_without_counters_it_is_cpu_time_times_watts(tmp_path: Path) -> None:
    meter = Meter(Machine(name="x", watts_per_core=10.0), tmp_path)
    burn()
    cost = meter.stop()
    assert cost.basis == "estimated"
    assert cost.cpu_seconds >= 0.02
    assert cost.joules == pytest.approx(cost.cpu_seconds * 10.0)


@pytest.mark.parametrize(
    "machine", [Machine(name="x"), Machine(name="x", device="cuda", watts_per_core=10.0)]
)
def test_what_nobody_tells_is_unknown(tmp_path: Path, machine: Machine) -> None:
    cost = Meter(machine, tmp_path).stop()
    assert (cost.joules, cost.basis) == (None, "unknown")


def test_an_attempt_that_fails_is_written_down_too(tmp_path: Path) -> None:
    machine = Machine(name="x")
    with pytest.raises(KeyboardInterrupt), measured(tmp_path, machine):
        raise KeyboardInterrupt
    begin_attempt(tmp_path)
    total = end_attempt(tmp_path, Meter(machine).stop())
    assert (total.begun, total.unmeasured) == (2, 0)
