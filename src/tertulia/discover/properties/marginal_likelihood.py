"""Hyperparameters by the marginal likelihood of the values, with its gradient.

Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, equations 2.30 and 5.9. A
weak normal prior on each logarithm keeps a fit to fifteen values sane; beside a hundred values it
weighs nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.properties.kernel import Closeness, Hyperparameters, matern

FloatArray = NDArray[np.float64]

_CENTRE = np.log([0.5, 0.5, 1.0, 0.05])
_SPREAD = np.array([1.5, 1.5, 1.0, 1.5])
_LOW = np.log([1e-4, 1e-4, 0.05, 1e-4])
_HIGH = np.log([300.0, 300.0, 100.0, 2.0])
_STARTS = (np.log([0.5, 0.5, 1.0, 0.1]), np.log([0.1, 1.0, 2.0, 0.01]))
"""Logarithms of fingerprint, descriptor, length, noise; values have variance 1."""
_MEDIUM_BOUNDS = (-8.0, 8.0)
"""Of the logit of the medium's share."""


def most_likely(near: Closeness, values: FloatArray) -> Hyperparameters:
    """Of a training set, `near` being (n, n) and `values` (n,) with mean 0 and variance 1.

    The better of two starts; deterministic. Costs some 30 times n^3 operations a start.
    """
    from scipy.optimize import minimize

    bounds = list(zip(_LOW, _HIGH, strict=True))
    starts = [start.copy() for start in _STARTS]
    if near.medium is not None:
        bounds.append(_MEDIUM_BOUNDS)
        starts = [np.append(start, -2.0) for start in starts]
    found = [
        minimize(
            lambda at: _loss(at, near, values), start, jac=True, method="L-BFGS-B", bounds=bounds,
            options={"maxiter": 60},
        )
        for start in starts
    ]  # fmt: skip
    return _given(min(found, key=lambda one: float(one.fun)).x)


def _given(at: FloatArray) -> Hyperparameters:
    fingerprint, descriptor, length, noise = (float(value) for value in np.exp(at[:4]))
    medium = float(1.0 / (1.0 + np.exp(-at[4]))) if len(at) > 4 else 0.0
    return Hyperparameters(
        fingerprint=fingerprint, descriptor=descriptor, length=length, noise=noise, medium=medium
    )


def _loss(at: FloatArray, near: Closeness, values: FloatArray) -> tuple[float, FloatArray]:
    """Minus the logarithm of likelihood times prior, but for a constant, and its gradient."""
    from scipy.linalg import lapack

    given, count = _given(at), len(values)
    close, slope = matern(near.distance, given.length)
    close *= given.descriptor
    alike = given.fingerprint * near.similarity
    factor: FloatArray = np.ones(())
    if near.medium is not None:
        factor = 1.0 - given.medium + given.medium * near.medium
    covariance = (alike + close) * factor
    covariance[np.diag_indices(count)] += given.noise
    lower, failed = lapack.dpotrf(covariance, lower=1, clean=0)
    assert failed == 0, "a covariance with noise on its diagonal is positive definite"
    weights, _ = lapack.dpotrs(lower, values, lower=1)
    determinant = 2.0 * np.log(np.diagonal(lower)).sum()
    inverse, _ = lapack.dpotri(lower, lower=1)
    pull = _both_halves(inverse)
    # From here on `pull` is dL/dK, twice: inverse less the outer product of the weights.
    pull -= np.outer(weights, weights)
    noise = given.noise * np.trace(pull)
    if near.medium is not None:
        medium = (
            given.medium
            * (1.0 - given.medium)
            * np.vdot(pull, (alike + close) * (near.medium - 1.0))
        )
        pull *= factor
    length = given.descriptor * np.vdot(pull, slope)
    gradient = [np.vdot(pull, alike), np.vdot(pull, close), length, noise]
    off = (at[:4] - _CENTRE) / _SPREAD
    penalty = np.zeros_like(at)
    penalty[:4] = off / _SPREAD
    if near.medium is not None:
        gradient.append(medium)
    loss = 0.5 * (values @ weights + determinant + off @ off)
    return float(loss), 0.5 * np.array(gradient) + penalty


def _both_halves(lower: FloatArray) -> FloatArray:
    """A symmetric matrix of which LAPACK has filled the lower half only."""
    half = np.tril(lower, -1)
    found: FloatArray = half + half.T
    found[np.diag_indices(len(found))] = np.diagonal(lower)
    return found
