"""What one optimiser step reads, and who provides it. Shapes: B rows, T context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tertulia.train.loss import IGNORED

Integers = NDArray[np.int64]

MICRO_TOKENS = 8192
"""Tokens of one forward pass: a bound on activations, the same on every machine."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Token ids with their targets; attention stays within equal document numbers."""

    ids_BT: Integers
    targets_BT: Integers
    documents_BT: Integers

    @property
    def valid(self) -> int:
        """Targets that count in the loss."""
        return int((self.targets_BT != IGNORED).sum())


class Objective(Protocol):
    """A source of batches: pretraining rows, conversations, and later kinds."""

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole run."""
        ...

    @property
    def tokens_per_step(self) -> int:
        """Token positions of a batch, padding included."""
        ...

    def batch(self, step: int) -> Batch:
        """The batch of a step: the same whenever and wherever it is asked for."""
        ...
