"""Several orders of the same things made one: reciprocal rank fusion.

Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, 2009. Only ranks count, so that orders whose
scores mean different things can be joined.
"""

from __future__ import annotations

from collections.abc import Sequence

RANK_CONSTANT = 60
"""The larger, the less the first ranks stand out; the one of the paper."""


def fused_scores(
    orders: Sequence[Sequence[int]], *, constant: int = RANK_CONSTANT
) -> dict[int, float]:
    """For each thing the sum over the orders of 1 / (constant + rank), ranks from 1."""
    scores: dict[int, float] = {}
    for order in orders:
        for rank, thing in enumerate(order, 1):
            scores[thing] = scores.get(thing, 0.0) + 1 / (constant + rank)
    return scores
