"""A shortlist of candidates whose joint covariance can be afforded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.search.question import best_first
from tertulia.discover.search.scalarise import Direction

FloatArray = NDArray[np.float64]


def shortlisted(optimistic: FloatArray, directions: Sequence[Direction], size: int) -> list[int]:
    """Places with the best optimistic values (n, objectives), about `size` in all, ascending.

    With several objectives each direction brings an equal share. A covariance of all n would cost
    n^3; what no optimist would choose is not chosen either way.
    """
    if optimistic.shape[1] == 1:
        return sorted(int(place) for place in best_first(optimistic[:, 0])[:size])
    share = max(size // max(len(directions), 1), len(directions))
    found: set[int] = set()
    for direction in directions:
        found |= {int(place) for place in best_first(direction(optimistic))[:share]}
    return sorted(found)
