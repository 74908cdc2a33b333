"""Groups pairs whose passages are alike, so that a batch is hard to tell apart.

Spherical k-means over passage vectors of the model as it stands. A passage that several questions
ask for comes once in a group at most: beside another question of it, it would count as wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scripts.sentence_model.pairs import Pair

GROUP = 200
"""Pairs of a group: two batches or so."""
_ROUNDS = 12


def groups_of(
    questions: Sequence[Pair], passages_ND: NDArray[np.float32], replayed: int
) -> list[int]:
    """The group of each question pair by topic, then of `replayed` others by chance."""
    seen: Counter[str] = Counter()
    times = []
    for pair in questions:
        times.append(seen[pair.second])
        seen[pair.second] += 1
    by_time: dict[int, list[int]] = defaultdict(list)
    for index, time in enumerate(times):
        by_time[time].append(index)
    groups = np.zeros(len(questions), dtype=np.int64)
    first = 0
    for members in by_time.values():
        count = max(1, len(members) // GROUP)
        groups[members] = first + _clusters(passages_ND[members], count)
        first += count
    drawn = np.random.default_rng(0).integers(max(1, replayed // GROUP), size=replayed)
    return [*groups.tolist(), *(first + drawn).tolist()]


def _clusters(vectors_ND: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The nearest of `count` centres, each a mean of those nearest to it."""
    drawn = np.random.default_rng(0).choice(len(vectors_ND), size=count, replace=False)
    centres_CD = vectors_ND[drawn]
    nearest = np.zeros(len(vectors_ND), dtype=np.int64)
    for _ in range(_ROUNDS):
        nearest = np.argmax(vectors_ND @ centres_CD.T, axis=1)
        for centre in range(count):
            members = vectors_ND[nearest == centre]
            if len(members):
                mean = members.mean(axis=0)
                centres_CD[centre] = mean / np.linalg.norm(mean)
    return nearest
