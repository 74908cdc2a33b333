"""How far a figure may be off because these documents were measured and not others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

_CELLS = 4_000_000


@dataclass(frozen=True)
class Estimate:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


def bootstrap_ratio(
    bits: ArrayLike, sizes: ArrayLike, *, samples: int, seed: int, level: float = 0.95
) -> Estimate:
    """Σ bits / Σ sizes, with a percentile interval from documents drawn again with replacement.

    With one document there is nothing to draw from, and the interval is the value itself.
    """
    bits_D = np.asarray(bits, dtype=np.float64)
    sizes_D = np.asarray(sizes, dtype=np.float64)
    assert bits_D.shape == sizes_D.shape and sizes_D.sum() > 0
    ratios = np.concatenate(
        [
            (weights @ bits_D) / np.maximum(weights @ sizes_D, 1.0)
            for weights in _resampled_weights(len(bits_D), samples, seed)
        ]
    )
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(bits_D.sum() / sizes_D.sum()), float(low), float(high))


def bootstrap_difference(
    bits: ArrayLike, other_bits: ArrayLike, sizes: ArrayLike, *, samples: int, seed: int
) -> Estimate:
    """(Σ bits − Σ other bits) / Σ sizes over the same documents: below 0, the first is better."""
    difference = np.asarray(bits, dtype=np.float64) - np.asarray(other_bits, dtype=np.float64)
    return bootstrap_ratio(difference, sizes, samples=samples, seed=seed)


def _resampled_weights(documents: int, samples: int, seed: int) -> list[NDArray[np.float64]]:
    """How often each document is drawn in each sample, in blocks of rows that bound memory."""
    generator = np.random.default_rng(seed)
    share = np.full(documents, 1.0 / documents)
    rows = max(1, _CELLS // documents)
    return [
        generator.multinomial(documents, share, size=min(rows, samples - done)).astype(np.float64)
        for done in range(0, samples, rows)
    ]
