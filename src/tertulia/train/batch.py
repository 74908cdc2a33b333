"""What one optimiser step reads, and who provides it. Shapes: B rows, T context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tertulia.train.loss import IGNORED

if TYPE_CHECKING:
    from tertulia.train.forward import Forward

Integers = NDArray[np.int64]

MICRO_TOKENS = 8192
"""Tokens of one forward pass: a bound on activations, the same on every machine."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Token ids with their targets; attention stays within equal document numbers."""

    ids_BT: Integers
    targets_BT: Integers
    documents_BT: Integers
    languages: tuple[str, ...] = ()
    """Of each row, where rows are monolingual; empty where they are not or nobody knows."""
    extra: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """What an objective of its own kind needs beside them, row by row."""

    @property
    def valid(self) -> int:
        """Targets that count in the loss."""
        return int((self.targets_BT != IGNORED).sum())

    def __len__(self) -> int:
        """Rows."""
        return len(self.ids_BT)

    def rows(self, part: slice) -> Batch:
        """Some of the rows, as views."""
        return Batch(
            ids_BT=self.ids_BT[part],
            targets_BT=self.targets_BT[part],
            documents_BT=self.documents_BT[part],
            languages=self.languages[part],
            extra={name: values[part] for name, values in self.extra.items()},
        )

    def share(self, rank: int, size: int) -> Batch:
        """The rows of one process of `size`: every `size`-th, the last ones empty if need be.

        An empty row has no target, no pair and no language: it adds nothing to any sum.
        """
        lacking = -len(self) % size
        if not lacking:
            return self.rows(slice(rank, None, size))
        context = self.ids_BT.shape[1]

        def padded(values: NDArray[Any], fill: int) -> NDArray[Any]:
            empty = np.full((lacking, *values.shape[1:]), fill, dtype=values.dtype)
            return np.concatenate((values, empty))

        whole = Batch(
            ids_BT=padded(self.ids_BT, 0),
            targets_BT=padded(self.targets_BT, IGNORED),
            documents_BT=padded(self.documents_BT, context),
            languages=self.languages + ("",) * (lacking if self.languages else 0),
            extra={name: padded(values, 0) for name, values in self.extra.items()},
        )
        return whole.rows(slice(rank, None, size))


@dataclass(frozen=True, kw_only=True)
class DeviceBatch:
    """The same as tensors on the device that computes."""

    ids_BT: Tensor
    targets_BT: Tensor
    documents_BT: Tensor
    extra: Mapping[str, Tensor]


def on_device(batch: Batch, device: str) -> DeviceBatch:
    """Copies a batch to `device`."""

    def moved(values: NDArray[Any]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(device)

    return DeviceBatch(
        ids_BT=moved(batch.ids_BT),
        targets_BT=moved(batch.targets_BT),
        documents_BT=moved(batch.documents_BT),
        extra={name: moved(values) for name, values in batch.extra.items()},
    )


@dataclass(frozen=True, kw_only=True)
class PartLoss:
    """What an objective says of some rows of a batch."""

    total: Tensor
    """Summed, not averaged: the loop divides by the objective's `weight` of the whole batch."""
    token_nats_BT: Tensor | None = None
    """Loss of each token without a gradient, for bits per byte by language; zero where ignored."""


class Objective(Protocol):
    """A source of batches and the loss on them: pretraining rows, conversations, pairs."""

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole run."""
        ...

    @property
    def tokens_per_step(self) -> int:
        """Token positions of a batch, padding included."""
        ...

    @property
    def context(self) -> int:
        """Token positions of a row."""
        ...

    def batch(self, step: int) -> Batch:
        """The batch of a step: the same whenever and wherever it is asked for."""
        ...

    def weight(self, batch: Batch) -> float:
        """What the summed loss of a whole batch is divided by: valid tokens, or pairs."""
        ...

    def loss(self, forward: Forward, part: DeviceBatch) -> PartLoss:
        """The summed loss of some rows of a batch."""
        ...


class NextTokenObjective:
    """The weight and loss that pretraining and instruction tuning share."""

    def weight(self, batch: Batch) -> float:
        """The number of targets that count."""
        return float(max(1, batch.valid))

    def loss(self, forward: Forward, part: DeviceBatch) -> PartLoss:
        """Cross-entropy of every valid target."""
        total, nats_BT = forward.cross_entropy(part)
        return PartLoss(total=total, token_nats_BT=nats_BT)
