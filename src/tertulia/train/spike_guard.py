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
        """Whether to take a step with this gradient norm, which need not be finite."""
        usual = len(self._norms) < _PATIENCE or norm <= self.factor * statistics.median(self._norms)
        if math.isfinite(norm) and usual:
            self._norms = [*self._norms[1 - _WINDOW :], norm]
            self._in_a_row = 0
            return True
        self.skipped += 1
        self._in_a_row += 1
        return False

    def check(self, phase: str, *, step: int, loss: float, norm: float) -> None:
        """Raises TrainingError `train.diverged`, with what was seen, after too many refusals."""
        if self._in_a_row <= _TOLERATED:
            return
        usual = f"{statistics.median(self._norms):.3g}" if self._norms else "not known yet"
        raise TrainingError(
            "train.diverged",
            f"{self._in_a_row} updates in a row were refused; at the last one the loss was "
            f"{loss:.4g} and the gradient norm {norm:.3g}, where the usual norm is {usual}",
            where=f"step {step} of {phase}",
            remedy="A norm that is no number points to a fault in the data or the machine: run "
            "the same command to go on from the last checkpoint. A norm that is only too large "
            "calls for a lower learning_rate in the recipe",
        )

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of the guard."""
        return {"skipped": self.skipped, "in_a_row": self._in_a_row, "norms": self._norms}

    def restore(self, state: dict[str, Any]) -> None:
        """Takes up a state that `state` gave."""
        self.skipped = int(state["skipped"])
        self._in_a_row = int(state["in_a_row"])
        self._norms = [float(n) for n in state["norms"]]
