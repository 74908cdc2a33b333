"""What search asks of a model: means and covariances of molecules not yet measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.search.evidence import Evidence

FloatArray = NDArray[np.float64]

NORMAL_95 = 1.6448536269514722
"""Standard deviations from the mean to the end of a 90 % interval."""
_JITTER = 1e-8
"""Of the mean variance; added to a covariance's diagonal so that it can be factored."""


class Surrogate(Protocol):
    """A fitted model of one objective; the property models' Gaussian process is one."""

    def predict(self, smiles: Sequence[str]) -> Any:
        """Has `mean`, `low` and `high` (90 % interval), an array of each."""
        ...

    def joint(self, smiles: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        """Mean (n,) and covariance (n, n)."""
        ...


Fit = Callable[[Evidence], Sequence[Surrogate]]
"""Makes a surrogate for each objective."""


def gaussian_processes(evidence: Evidence) -> tuple[Surrogate, ...]:
    """An exact Gaussian process for each objective."""
    return _fitted(evidence.smiles, evidence.values.tobytes(), evidence.objectives)


@lru_cache(maxsize=4)
def _fitted(smiles: tuple[str, ...], values: bytes, objectives: int) -> tuple[Surrogate, ...]:
    """Kept for a while, since a campaign asks more than once within a round."""
    from tertulia.discover.properties.gaussian_process import GaussianProcess

    table = np.frombuffer(values).reshape(-1, objectives)
    return tuple(
        GaussianProcess.fitted(smiles, np.ascontiguousarray(table[:, column]))
        for column in range(objectives)
    )


def marginals(
    surrogates: Sequence[Surrogate], smiles: Sequence[str]
) -> tuple[FloatArray, FloatArray]:
    """Means and standard deviations (n, objectives), each molecule by itself."""
    told = [one.predict(smiles) for one in surrogates]
    mean = np.stack([np.asarray(one.mean, dtype=np.float64) for one in told], axis=1)
    width = np.stack([np.asarray(one.high) - np.asarray(one.low) for one in told], axis=1)
    return mean, width / (2 * NORMAL_95)


def believed(
    surrogate: Surrogate, pending: Sequence[str], smiles: Sequence[str]
) -> tuple[FloatArray, FloatArray]:
    """Mean (n,) and covariance (n, n) of `smiles` as if the pending had come out as predicted.

    Such a belief leaves the mean and takes away the variance that the pending will take away
    (kriging believer: Ginsbourger, Le Riche and Carraro, 2010).
    """
    mean, covariance = surrogate.joint([*pending, *smiles])
    mean, covariance = np.asarray(mean, np.float64), np.asarray(covariance, np.float64)
    many = len(pending)
    if not many:
        return mean, covariance
    from scipy.linalg import cho_solve

    root = cholesky(covariance[:many, :many])
    across = covariance[:many, many:]
    rest = covariance[many:, many:] - across.T @ cho_solve((root, True), across)
    return mean[many:], (rest + rest.T) / 2


def conditioned(covariance: FloatArray, place: int) -> FloatArray:
    """The covariance once the molecule at `place` is known; its own variance is then nought."""
    column = covariance[:, place]
    if column[place] <= 0:
        return covariance
    return np.asarray(covariance - np.outer(column, column) / column[place])


def cholesky(covariance: FloatArray) -> FloatArray:
    """Lower root of a covariance, with as little on its diagonal as makes it positive definite.

    Raises numpy.linalg.LinAlgError where no reasonable amount does.
    """
    scale = float(np.mean(np.diagonal(covariance))) or 1.0
    for power in range(6):
        try:
            ridge = _JITTER * 10**power * scale
            return np.asarray(np.linalg.cholesky(covariance + ridge * np.eye(len(covariance))))
        except np.linalg.LinAlgError:
            continue
    raise np.linalg.LinAlgError("a covariance that is not positive definite")
