"""Why a run diverged, as far as its last steps tell: what rose, when, in which language.

`explain` is pure, so that whoever raises the error may ask it too.
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Mapping, Sequence

from tertulia.errors import TrainingError
from tertulia.progress import log
from tertulia.train.observer import RunFacts, StepReport

DIVERGED = "train.diverged"

_REMEMBERED = 256
"""Steps: the guard's window of accepted ones, what it refuses in a row, and some to compare."""
_RISEN = 1.1
"""A loss counts as risen when it is a tenth above its usual one, which batches seldom are."""


class Divergence:
    """Remembers the last steps and explains them if the run ends as diverged."""

    def __init__(self) -> None:
        self._reports: deque[StepReport] = deque(maxlen=_REMEMBERED)

    def begins(self, facts: RunFacts) -> None:
        """Forgets any earlier run."""
        self._reports.clear()

    def stepped(self, report: StepReport) -> None:
        """Remembers the step."""
        self._reports.append(report)

    def ends(self, error: BaseException | None) -> None:
        """Says what was seen where `error` is that the run diverged."""
        if isinstance(error, TrainingError) and error.code == DIVERGED:
            for line in explain(tuple(self._reports)):
                log(line)


def explain(reports: Sequence[StepReport]) -> list[str]:
    """What the last steps of a diverged run show and what to change, a sentence or two a line.

    `reports` are in order and end with the steps that were refused; without any there is nothing
    to explain.
    """
    streak = _refused_at_the_end(reports)
    if not streak:
        return []
    before, first, last = reports[:-streak], reports[-streak], reports[-1]
    usual_loss = _median([report.loss for report in before])
    usual_norm = _median([report.gradient_norm for report in before])
    lines = [
        f"Every update from step {first.step} on was refused.",
        f"Loss: usually {_shown(usual_loss)}, at the end {_shown(last.loss)}. "
        f"Gradient norm: usually {_shown(usual_norm)}, at the end {_shown(last.gradient_norm)}.",
    ]
    risen = first_risen(reports)
    if risen is not None:
        language, step = risen
        lines.append(f"The loss rose first in {language}, at step {step}.")
    return [*lines, *_advice(reports[-streak:], usual_loss, risen)]


def first_risen(reports: Sequence[StepReport]) -> tuple[str, int] | None:
    """The language whose loss per token rose first and for good, and at which step.

    Usual is the median of the earlier half. Where several rise at one step it is the one that
    rose most; None where none did, or where rows have no language.
    """
    curves = _nats_per_token(reports)
    middle = reports[len(reports) // 2].step if reports else 0
    found = []
    for language, curve in curves.items():
        early = [nats for step, nats in curve if step < middle]
        usual = _median(early)
        step, above = None, math.nan
        for place, nats in reversed(curve):
            if place < middle or nats <= usual * _RISEN:
                break
            step, above = place, nats / usual
        if step is not None and early:
            found.append((step, -above if math.isfinite(above) else -math.inf, language))
    return (min(found)[2], min(found)[0]) if found else None


def _refused_at_the_end(reports: Sequence[StepReport]) -> int:
    for count, report in enumerate(reversed(reports)):
        if report.accepted:
            return count
    return len(reports)


def _nats_per_token(reports: Sequence[StepReport]) -> Mapping[str, list[tuple[int, float]]]:
    """Language -> (step, nats per token) of the steps that hold it."""
    curves: dict[str, list[tuple[int, float]]] = {}
    for report in reports:
        for language, nats in report.nats_by_language.items():
            count = report.targets_by_language[language]["tokens"]
            if count:
                # Not a number compares as nothing; it is as high as can be.
                value = nats / count if math.isfinite(nats) else math.inf
                curves.setdefault(language, []).append((report.step, value))
    return curves


def _advice(
    refused: Sequence[StepReport], usual_loss: float, risen: tuple[str, int] | None
) -> list[str]:
    if not all(math.isfinite(report.loss) for report in refused):
        return [
            "Losses are not finite: lower the learning rate, or train in float32 (a machine "
            'profile with precision = "float32") to see whether the precision is at fault.'
        ]
    if _median([report.loss for report in refused]) <= usual_loss * _RISEN:
        return [
            "The loss did not rise, only the gradients did: the run may be sound and the guard "
            "too strict for it. Raise pretrain.spike_factor."
        ]
    advice = ["Lower pretrain.learning_rate, or lengthen pretrain.warmup_fraction."]
    if risen is not None and risen[1] < refused[0].step:
        advice.append(
            f"If that does not help, look at the texts in {risen[0]}: "
            f"`tertulia corpus inspect RUN --language {risen[0]}`."
        )
    return advice


def _median(values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return statistics.median(finite) if finite else math.nan


def _shown(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "not finite"
