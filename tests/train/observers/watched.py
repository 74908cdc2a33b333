"""Tiny training runs that are watched, whole or killed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from tertulia.train.loop import Loop
from tertulia.train.observer import Observer, RunFacts, StepReport
from tests.train.runs import make_loop


def watched_loop(scratch: Path, observers: Sequence[Observer]) -> Loop:
    """The loop of `make_loop`, watched; each of its tokens stands for two bytes."""
    _, loop = make_loop(scratch)
    return Loop(
        loop.model,
        loop.objective,
        loop.settings,
        loop.machine,
        scratch,
        observers=observers,
        token_bytes=torch.full((512,), 2, dtype=torch.int64),
    )


class Killed(BaseException):
    """As a signal that leaves no time."""


class KillAfter:
    """An observer that ends the run after a step, as `kill -9` would."""

    def __init__(self, step: int) -> None:
        self._step = step

    def begins(self, facts: RunFacts) -> None:
        """Nothing to do."""

    def stepped(self, report: StepReport) -> None:
        """Raises at its step."""
        if report.step == self._step:
            raise Killed

    def ends(self, error: BaseException | None) -> None:
        """Nothing to do."""
