"""The figures of a run as it stands: running means, speed, memory, energy and the time left.

Means are over the steps of the last `_WINDOW_TOKENS` tokens, one step at the least. Bits per byte
is the evaluation's formula on the tokens of those steps: they lie in training's packed sequences,
so that a document longer than the context is seen with less to its left than in an evaluation.
FLOP/s is `flops_per_token` times tokens/s, padding included.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tertulia.compute.energy import Meter
from tertulia.compute.machine import Machine
from tertulia.store.attempts import Cost
from tertulia.train.observer import RunFacts, StepReport
from tertulia.train.observers.memory_in_use import MemoryInUse, memory_in_use
from tertulia.train.plan import flops_per_token

_WINDOW_TOKENS = 100_000


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A run at one moment; None is what is not known, or not yet."""

    description: str
    step: int
    steps: int
    loss: float | None
    bits_per_byte: Mapping[str, float]
    """Language -> running mean."""
    tokens_per_second: float | None
    flops_per_second: float | None
    share_of_peak: float | None
    """Of the dense peak that the machine's profile claims; model FLOP utilisation."""
    seconds_left: float | None
    memory: MemoryInUse
    energy: Cost
    """Of this attempt, as far as it can be read."""
    refused: int
    """Steps that the spike guard refused."""


class RunningFigures:
    """Takes in each step and gives the figures when asked."""

    def __init__(self, facts: RunFacts, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins at once; `clock` gives seconds."""
        self._facts, self._clock = facts, clock
        self._meter = Meter(facts.machine)
        self._refused = facts.refused
        self._step = facts.first_step
        steps = max(1, _WINDOW_TOKENS // facts.tokens_per_step)
        self._window: deque[StepReport] = deque(maxlen=steps)
        # When the window began and each of its steps ended; a run's first step compiles, so that
        # its window begins when that has ended.
        self._ends: deque[float] = deque(maxlen=steps + 1)

    def add(self, report: StepReport) -> None:
        """Takes in a step that has just ended."""
        self._step = report.step
        self._refused += not report.accepted
        self._window.append(report)
        self._ends.append(self._clock())

    def now(self) -> Figures:
        """The figures after the last step."""
        facts, seconds = self._facts, self._seconds_per_step()
        speed = facts.tokens_per_step / seconds if seconds else None
        flops = speed * flops_per_token(facts.config, facts.context) if speed else None
        peak = peak_flops(facts.machine)
        return Figures(
            description=facts.description,
            step=self._step,
            steps=facts.steps,
            loss=_mean(report.loss for report in self._window),
            bits_per_byte=bits_per_byte(self._window),
            tokens_per_second=speed,
            flops_per_second=flops,
            share_of_peak=flops / peak if flops and peak else None,
            seconds_left=(facts.steps - self._step) * seconds if seconds else None,
            memory=memory_in_use(facts.machine.device),
            energy=self._meter.so_far(),
            refused=self._refused,
        )

    def close(self) -> None:
        """Stops the meter."""
        self._meter.stop()

    def _seconds_per_step(self) -> float | None:
        steps = len(self._ends) - 1
        return (self._ends[-1] - self._ends[0]) / steps if steps > 0 else None


def bits_per_byte(reports: Iterable[StepReport]) -> dict[str, float]:
    """Language -> nats of some steps in bits, over the bytes of text they stand for.

    A language without any bytes is left out: nobody knows what its tokens stand for.
    """
    nats: dict[str, float] = {}
    held: dict[str, float] = {}
    for report in reports:
        for language, sum_of_nats in report.nats_by_language.items():
            nats[language] = nats.get(language, 0.0) + sum_of_nats
            size = report.targets_by_language.get(language, {}).get("bytes", 0)
            held[language] = held.get(language, 0.0) + size
    return {
        language: nats[language] / math.log(2) / size
        for language, size in sorted(held.items())
        if size > 0
    }


def peak_flops(machine: Machine) -> float | None:
    """Operations a second of all processes at the peak of the machine's profile.

    None where the profile claims none; of a range the upper end, so that no share flatters.
    """
    claim = machine.facts.peak_tflops.get(machine.precision)
    if claim is None:
        return None
    # A device is a GPU, or else a processor core.
    devices = machine.threads if machine.device == "cpu" else 1
    return claim.most * 1e12 * devices * machine.ranks


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
