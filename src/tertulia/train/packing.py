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


def packed_epochs(needs: Sequence[int], context: int, *, epochs: int, seed: int) -> list[list[int]]:
    """Rows that hold every document `epochs` times, in an order drawn by (seed, epoch)."""
    rows: list[list[int]] = []
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(needs))
        packed = pack([needs[i] for i in order], context)
        rows += [[int(order[i]) for i in row] for row in packed]
    return rows


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
