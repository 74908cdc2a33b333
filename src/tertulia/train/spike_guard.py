"""Refuses a step whose gradient is out of all proportion, and counts the refusals."""

from __future__ import annotations

import math
import statistics
from typing import Any

from tertulia.errors import TrainingError

_WINDOW = 64
_PATIENCE = 32
"""Steps before the guard begins: early norms are no measure of later ones."""
_TOLERATED = 25
"""Refusals in a row after which the run has diverged rather than stumbled."""


class SpikeGuard:
    """Compares each gradient norm with the running median of accepted ones."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.skipped = 0
        self._in_a_row = 0
        self._norms: list[float] = []

    def accepts(self, norm: float) -> bool:
        """Whether to take the step; raises TrainingError once the run has diverged."""
        usual = len(self._norms) < _PATIENCE or norm <= self.factor * statistics.median(self._norms)
        if math.isfinite(norm) and usual:
            self._norms = [*self._norms[1 - _WINDOW :], norm]
            self._in_a_row = 0
            return True
        self.skipped += 1
        self._in_a_row += 1
        if self._in_a_row > _TOLERATED:
            raise TrainingError(
                "train.diverged",
                f"{self._in_a_row} steps in a row had a gradient norm far above the usual",
                where="pretrain",
                remedy="Lower pretrain.learning_rate and run again; checkpoints before it are kept",
            )
        return False

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of the guard."""
        return {"skipped": self.skipped, "in_a_row": self._in_a_row, "norms": self._norms}

    def restore(self, state: dict[str, Any]) -> None:
        """Takes up a state that `state` gave."""
        self.skipped = int(state["skipped"])
        self._in_a_row = int(state["in_a_row"])
        self._norms = [float(n) for n in state["norms"]]
