"""A stand-in for the property models: molecules are carbon chains, and all that counts is length.

Its values are known to the test, its uncertainty grows with the distance from what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.search.evidence import Evidence

FloatArray = NDArray[np.float64]

LENGTH = 2.0


def chain(length: int) -> str:
    return "C" * length


class Line:
    """Gaussian process on chain length: unit prior variance, no noise but what solves it."""

    def __init__(self, smiles: Sequence[str], values: FloatArray) -> None:
        self._at = _lengths(smiles)
        self._middle, self._scale = values.mean(), values.std() or 1.0
        self._inverse = np.linalg.inv(_kernel(self._at, self._at) + 1e-6 * np.eye(len(smiles)))
        self._weights = self._inverse @ ((values - self._middle) / self._scale)

    def joint(self, smiles: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        at = _lengths(smiles)
        across = _kernel(at, self._at)
        covariance = _kernel(at, at) - across @ self._inverse @ across.T
        return self._middle + self._scale * (across @ self._weights), self._scale**2 * covariance

    def predict(self, smiles: Sequence[str]) -> SimpleNamespace:
        mean, covariance = self.joint(smiles)
        half = 1.6448536269514722 * np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
        return SimpleNamespace(mean=mean, low=mean - half, high=mean + half)


def line(evidence: Evidence) -> list[Line]:
    """A model for each objective."""
    return [Line(evidence.smiles, column) for column in evidence.values.T]


def _lengths(smiles: Sequence[str]) -> FloatArray:
    return np.array([len(one) for one in smiles], dtype=float)


def _kernel(left: FloatArray, right: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-0.5 * ((left[:, None] - right[None, :]) / LENGTH) ** 2))
