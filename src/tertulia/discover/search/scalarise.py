"""Several objectives as one, by a random direction: what strategies for one objective need.

The value of a point is how far it reaches in a direction before its weakest objective ends: points
that are best in random directions spread over the Pareto front, and the mean of that reach is the
hypervolume but for its power (Zhang and Golovin, "Random Hypervolume Scalarizations for Provable
Multi-Objective Black Box Optimization", ICML 2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.search.evidence import Evidence
from tertulia.discover.search.pareto import reference_point

FloatArray = NDArray[np.float64]

_SMALLEST = 1e-3


@dataclass(frozen=True, eq=False)
class Direction:
    """One number from a row of objectives; with one objective its value as it is."""

    origin: FloatArray
    scale: FloatArray
    weights: FloatArray

    def __call__(self, values: FloatArray) -> FloatArray:
        """(..., objectives) to (...)."""
        if values.shape[-1] == 1:
            return np.asarray(values[..., 0])
        reach = (values - self.origin) / self.scale / self.weights
        return np.asarray(reach.min(axis=-1))


def random_directions(
    evidence: Evidence, count: int, generator: np.random.Generator
) -> list[Direction]:
    """Directions drawn evenly from those in which no objective gets worse.

    They start from the reference point of the evidence; objectives are counted in their standard
    deviations.
    """
    many = evidence.objectives
    origin, scale = np.zeros(many), np.ones(many)
    if len(evidence) and many > 1:
        origin = reference_point(evidence.values)
        spread = evidence.values.std(axis=0)
        scale = np.where(spread > 0, spread, 1.0)
    drawn = np.abs(generator.standard_normal((count, many))) + _SMALLEST
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return [Direction(origin, scale, weights) for weights in drawn]
