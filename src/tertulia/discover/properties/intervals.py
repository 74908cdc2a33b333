"""Intervals of 90 % whose width is set by what the model gets wrong when a value is left out.

Leaving out is exact and needs no refit (Rasmussen and Williams 2006, equations 5.10 to 5.12; by
groups: Ginsbourger and Schaerer, arXiv 2101.03108). The model's standard deviations are
multiplied by one factor, as in conformal prediction with normalised residuals (Lei et al., J. Am.
Stat. Assoc. 113, 1094, 2018). It promises 90 % for molecules drawn like the training set's, not
for those of another kind.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

COVERAGE = 0.9
QUANTILE = 1.6448536269514722
"""Of the normal distribution, half of 90 % on either side."""
SAFETY = 0.5
"""Standard errors of the rank that intervals are widened by (Vovk, Mach. Learn. 92, 349, 2013)."""
FEWEST = 15
"""Values below which no factor is set: a tenth of them is hardly one value."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What the model's standard deviations are multiplied by."""

    factor: float
    calibrated: bool
    """False with fewer than FEWEST values: the factor is 1, the model's word is all there is."""
    count: int
    """Values that were left out to set it."""


def calibration(scores: FloatArray) -> Calibration:
    """From residuals of values left out, each over the standard deviation predicted for it."""
    count = len(scores)
    if count < FEWEST:
        return Calibration(factor=1.0, calibrated=False, count=count)
    # The finite-sample rank of conformal prediction and a little more: the rank promises 90 % as a
    # mean over training sets, and one campaign has but one. With 15 to 18 values it is the largest.
    error = math.sqrt(count * COVERAGE * (1 - COVERAGE))
    exact = (count + 1) * COVERAGE
    rank = min(max(math.ceil(exact), math.floor(exact + SAFETY * error)), count)
    width = float(np.sort(np.abs(scores))[rank - 1])
    return Calibration(factor=max(width / QUANTILE, 1e-6), calibrated=True, count=count)


@dataclass(frozen=True)
class LeftOut:
    """What the model says of training values when they, or their whole group, are left out."""

    rows: NDArray[np.intp]
    """Which training values, (m,)."""
    residual: FloatArray
    """Value less prediction, (m,)."""
    variance: FloatArray
    """Predicted variance of the value, noise in it, (m,)."""

    @property
    def scores(self) -> FloatArray:
        """Residuals in predicted standard deviations."""
        return self.residual / np.sqrt(self.variance)


def leave_out(
    lower: FloatArray, weights: FloatArray, groups: Sequence[NDArray[np.intp]]
) -> LeftOut:
    """Each group of rows left out once, given the Cholesky factor (n, n) and K^-1 y (n,)."""
    from scipy.linalg import solve_triangular

    residual, variance = [], []
    # Many groups to a triangular solve: one by one they would each pay for the whole factor.
    for batch in _batches(groups, 1024):
        columns = np.concatenate(batch)
        unit = np.zeros((len(lower), len(columns)), order="F")
        unit[columns, np.arange(len(columns))] = 1.0
        half = solve_triangular(lower, unit, lower=True, overwrite_b=True, check_finite=False)
        start = 0
        for group in batch:
            part = half[:, start : start + len(group)]
            start += len(group)
            covariance = np.linalg.inv(part.T @ part)
            residual.append(covariance @ weights[group])
            variance.append(np.diagonal(covariance))
    rows = np.concatenate(list(groups))
    return LeftOut(rows=rows, residual=np.concatenate(residual), variance=np.concatenate(variance))


def _batches(groups: Sequence[NDArray[np.intp]], most: int) -> list[list[NDArray[np.intp]]]:
    batches: list[list[NDArray[np.intp]]] = [[]]
    size = 0
    for group in groups:
        if batches[-1] and size + len(group) > most:
            batches.append([])
            size = 0
        batches[-1].append(group)
        size += len(group)
    return batches
