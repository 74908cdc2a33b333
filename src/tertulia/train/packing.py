"""Whole documents in rows of one context: first fit in order, nothing cut.

Shapes: B rows, T context.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tertulia.tokenizer.special import PAD
from tertulia.train.batch import Integers
from tertulia.train.loss import IGNORED

_OPEN_ROWS = 64


def pack(needs: Sequence[int], context: int) -> list[list[int]]:
    """Indexes of documents per row, each in the first of the last rows that has room for it.

    `needs` are tokens, none more than `context`.
    """
    rows: list[list[int]] = []
    room: list[int] = []
    for index, need in enumerate(needs):
        for row in range(max(0, len(rows) - _OPEN_ROWS), len(rows)):
            if room[row] >= need:
                rows[row].append(index)
                room[row] -= need
                break
        else:
            rows.append([index])
            room.append(context - need)
    return rows


def packed_epochs(
    needs: Sequence[int],
    context: int,
    *,
    epochs: int,
    seed: int,
    groups: Sequence[int] | None = None,
) -> list[list[int]]:
    """Rows that hold every document `epochs` times, in an order drawn by (seed, epoch).

    With `groups`, the group of each document, a group's rows follow one another and hold nothing
    else; the order of the groups is drawn too.
    """
    of_group = np.zeros(len(needs), dtype=np.int64) if groups is None else np.asarray(groups)
    rows: list[list[int]] = []
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(needs))
        members: dict[int, list[int]] = {}
        for index in order:
            members.setdefault(int(of_group[index]), []).append(int(index))
        for chosen in members.values():
            packed = pack([needs[i] for i in chosen], context)
            rows += [[chosen[i] for i in row] for row in packed]
    return rows


class PackedPairs:
    """Batches of rows that hold whole pairs, every pair `epochs` times in all."""

    def __init__(
        self,
        needs: Sequence[int],
        *,
        context: int,
        batch_rows: int,
        epochs: int,
        seed: int,
        groups: Sequence[int] | None = None,
    ) -> None:
        """`needs` are tokens of each pair, none more than `context`; `groups` as packed."""
        self.context, self.batch_rows = context, batch_rows
        self._packed = packed_epochs(needs, context, epochs=epochs, seed=seed, groups=groups)
        self.slots = max(len(row) for row in self._packed)
        """The most pairs that a row holds."""

    @property
    def steps(self) -> int:
        """Batches that cover every pair `epochs` times."""
        return -(-len(self._packed) // self.batch_rows)

    @property
    def tokens_per_step(self) -> int:
        """Token positions of a batch."""
        return self.batch_rows * self.context

    def pairs_of(self, step: int) -> list[list[int]]:
        """Indexes of the pairs in each row of a batch; the last batch ends in empty rows."""
        rows = self._packed[step * self.batch_rows : (step + 1) * self.batch_rows]
        return rows + [[]] * (self.batch_rows - len(rows))


def empty_rows(rows: int, context: int) -> tuple[Integers, Integers, Integers]:
    """Ids, targets and document numbers, each (B, T), of rows that are padding throughout.

    Padding is the document number `context`, which no document of a row can have.
    """
    shape = (rows, context)
    return (
        np.full(shape, PAD, dtype=np.int64),
        np.full(shape, IGNORED, dtype=np.int64),
        np.full(shape, context, dtype=np.int64),
    )
