"""Energy of a stage: measured by the processor's own counters, else estimated, else unknown.

Linux offers the counters (RAPL) below /sys/class/powercap, often to root only. They count the
processors of the whole machine and run over within minutes to hours, so a thread reads them now
and then. A GPU is not among them, so that work on one counts as unknown.
"""

from __future__ import annotations

import contextlib
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tertulia.compute.machine import Machine
from tertulia.store.attempts import Attempt, Basis, Cost, begin_attempt

_POWERCAP = Path("/sys/class/powercap")
_SECONDS_BETWEEN_READINGS = 30.0


@contextlib.contextmanager
def measured(folder: Path, machine: Machine) -> Iterator[Attempt]:
    """Measures an attempt at the artifact in `folder`, and writes it down even if it fails."""
    begin_attempt(folder)
    attempt = Attempt()
    meter = Meter(machine)
    try:
        yield attempt
    except BaseException:
        # What went wrong matters more than its figures, as when the disk is full.
        with contextlib.suppress(OSError):
            attempt.end(folder, meter.stop())
        raise
    attempt.end(folder, meter.stop())


class Meter:
    """Wall time, CPU time and energy from the moment it is made."""

    def __init__(self, machine: Machine, powercap: Path = _POWERCAP) -> None:
        """`powercap` is where the counters lie."""
        self._machine = machine
        zones = _packages(powercap) if machine.device == "cpu" else []
        self._counters = [_Counter(zone) for zone in zones]
        self._wall = time.monotonic()
        self._cpu = _cpu_seconds()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        if self._counters:
            self._thread.start()

    def stop(self) -> Cost:
        """What was taken until now, and no more."""
        self._stopped.set()
        if self._counters:
            self._thread.join()
        return self.so_far()

    def so_far(self) -> Cost:
        """What was taken until now, while the meter goes on."""
        wall = time.monotonic() - self._wall
        cpu = _cpu_seconds() - self._cpu
        joules, basis = self._joules(cpu)
        return Cost(wall_seconds=wall, cpu_seconds=cpu, joules=joules, basis=basis)

    def _joules(self, cpu_seconds: float) -> tuple[float | None, Basis]:
        if self._counters:
            return sum(counter.joules() for counter in self._counters), "measured"
        if self._machine.watts_per_core is not None and self._machine.device == "cpu":
            return cpu_seconds * self._machine.watts_per_core, "estimated"
        return None, "unknown"

    def _watch(self) -> None:
        while not self._stopped.wait(_SECONDS_BETWEEN_READINGS):
            for counter in self._counters:
                counter.read()


class _Counter:
    """One processor package's counter, in microjoules, that begins again at its range."""

    def __init__(self, zone: Path) -> None:
        self._path = zone / "energy_uj"
        self._range = int((zone / "max_energy_range_uj").read_text())
        self._last = int(self._path.read_text())
        self._sum = 0
        self._lock = threading.Lock()

    def read(self) -> None:
        # The thread and whoever asks may read at once; a step must not be counted twice.
        with self._lock:
            now = int(self._path.read_text())
            step = now - self._last
            self._sum += step if step >= 0 else step + self._range
            self._last = now

    def joules(self) -> float:
        self.read()
        return self._sum / 1e6


def _packages(powercap: Path) -> list[Path]:
    """Zones of whole packages (`intel-rapl:0`, on AMD too); those inside them are left out."""
    zones = []
    for zone in sorted(powercap.glob("intel-rapl:*")):
        if zone.name.count(":") != 1:
            continue
        try:
            int((zone / "energy_uj").read_text())
        except (OSError, ValueError):
            # A sum over some of the packages would be no measurement.
            return []
        zones.append(zone)
    return zones


def _cpu_seconds() -> float:
    """CPU time of this process and of the children it has waited for."""
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
