"""A run as people follow it: figures that change in place on a terminal, a line now and then else.

The lines are a log, and a log is in English whatever the reader's language.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tertulia.messages import mark, reading, tr
from tertulia.messages.quantities import bytes_text, count_text, measure_text, seconds_text
from tertulia.progress import Display, log, on_terminal
from tertulia.store.attempts import Cost
from tertulia.train.observer import RunFacts, StepReport
from tertulia.train.observers.figures import Figures, RunningFigures
from tertulia.train.observers.memory_in_use import MemoryInUse

_SECONDS_BETWEEN_LINES = 30.0
_SECONDS_BETWEEN_DISPLAYS = 0.5

_ENERGIES = {
    "measured": mark("{amount}, measured"),
    "estimated": mark("{amount}, estimated"),
}
"""By what an amount of energy rests on."""


class ProgressLine:
    """Shows the figures while training goes on, and the last ones when it ends."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._display = Display() if on_terminal() else None
        self._pause = _SECONDS_BETWEEN_DISPLAYS if self._display else _SECONDS_BETWEEN_LINES
        self._figures: RunningFigures | None = None
        self._next = 0.0

    def begins(self, facts: RunFacts) -> None:
        """Opens the display; a log waits for figures."""
        self._figures = RunningFigures(facts, self._clock)
        self._next = self._clock() + self._pause
        if self._display:
            self._display.show(figure_lines(self._figures.now()))

    def stepped(self, report: StepReport) -> None:
        """Takes the step in, and shows it where enough time has gone by."""
        assert self._figures is not None, "a run begins before it steps"
        self._figures.add(report)
        if self._clock() < self._next:
            return
        self._next = self._clock() + self._pause
        if self._display:
            self._display.show(figure_lines(self._figures.now()))
        else:
            log(log_line(self._figures.now()))

    def ends(self, error: BaseException | None) -> None:
        """Closes the display and leaves the last figures, whatever ended the run."""
        if self._figures is None:
            return
        figures = self._figures.now()
        self._figures.close()
        if self._display:
            self._display.close()
        if figures.loss is not None:
            log(_one_line(figure_lines(figures)) if self._display else log_line(figures))


def figure_lines(figures: Figures) -> dict[str, str]:
    """Label -> text, in the reader's language."""
    lines = {figures.description: _place(figures)}
    if figures.loss is not None:
        lines[tr("loss")] = f"{figures.loss:.4g}"
    if figures.bits_per_byte:
        lines[tr("bits per byte")] = "  ".join(
            f"{language} {bits:.3f}" for language, bits in figures.bits_per_byte.items()
        )
    if figures.tokens_per_second is not None:
        lines[tr("speed")] = _speed(figures)
    lines[tr("peak memory")] = _memory(figures.memory)
    lines[tr("energy")] = _energy(figures.energy)
    lines[tr("refused steps")] = str(figures.refused)
    return lines


def log_line(figures: Figures) -> str:
    """The same in one line, in English."""
    with reading("en"):
        return _one_line(figure_lines(figures))


def _one_line(lines: dict[str, str]) -> str:
    (name, place), *others = lines.items()
    return "; ".join([f"{name}: {place}", *(f"{label} {text}" for label, text in others)])


def _place(figures: Figures) -> str:
    place = tr(
        "step {step} of {steps} ({percent} %)",
        step=figures.step,
        steps=figures.steps,
        percent=100 * figures.step // max(1, figures.steps),
    )
    if not figures.seconds_left:
        return place
    return place + ", " + tr("{time} left", time=seconds_text(figures.seconds_left))


def _speed(figures: Figures) -> str:
    assert figures.tokens_per_second is not None and figures.flops_per_second is not None
    parts = [
        f"{count_text(figures.tokens_per_second)} tokens/s",
        measure_text(figures.flops_per_second, "FLOP/s"),
    ]
    if figures.share_of_peak is not None:
        parts.append(tr("{percent} % of the peak", percent=f"{100 * figures.share_of_peak:.1f}"))
    return ", ".join(parts)


def _memory(memory: MemoryInUse) -> str:
    if memory.device is None:
        return bytes_text(memory.main)
    return f"{bytes_text(memory.main)}, GPU {bytes_text(memory.device)}"


def _energy(cost: Cost) -> str:
    if cost.joules is None:
        return tr("unknown")
    return tr(_ENERGIES[cost.basis], amount=measure_text(cost.joules / 3600, "Wh"))
