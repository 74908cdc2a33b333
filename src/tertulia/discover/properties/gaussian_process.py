"""An exact Gaussian process over molecules: few hyperparameters, intervals, and "unknown"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.properties.applicability import Domain, domain_of
from tertulia.discover.properties.cross_validation import MOST, refitted_scores
from tertulia.discover.properties.intervals import (
    FEWEST,
    QUANTILE,
    Calibration,
    LeftOut,
    calibration,
    leave_out,
)
from tertulia.discover.properties.kernel import (
    Encoder,
    Encoding,
    Hyperparameters,
    closeness,
    tanimoto,
)
from tertulia.discover.properties.marginal_likelihood import most_likely
from tertulia.errors import DataError

FloatArray = NDArray[np.float64]

FITTED_ON = 1_000
"""Most training values that hyperparameters are fitted on; of more, as many drawn by the seed."""
LEFT_OUT = 1_500
"""Most training values that are left out to calibrate intervals and bound the domain."""
_BLOCK = 1_000


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What a model says of molecules: arrays (m,), in the unit of the values it was fitted on."""

    mean: FloatArray
    deviation: FloatArray
    """Standard deviation of a new measurement, calibrated: half the interval over 1.645."""
    low: FloatArray
    high: FloatArray
    """Ends of the 90 % interval of a new measurement."""
    similarity: FloatArray
    """To the most similar training molecule, 0 to 1."""
    known: NDArray[np.bool_]
    """Whether the molecule lies where the model has been trained; else say "unknown"."""
    reasons: tuple[str | None, ...]
    """Why a molecule is unknown, one of applicability.REASONS."""


class GaussianProcess:
    """Made by `fitted`; holds the training set, the Cholesky factor (n, n), the weights (n,)."""

    def __init__(
        self, encoder: Encoder, train: Encoding, values: FloatArray, given: Hyperparameters
    ) -> None:
        from scipy.linalg import cho_solve, cholesky

        self._encoder, self._train = encoder, train
        self._middle, self._scale = _middle_and_scale(values)
        self.hyperparameters = given
        covariance = self._covariance(train)
        covariance[np.diag_indices(len(values))] += given.noise
        # The transpose is the column order LAPACK works in, so nothing is copied.
        self._lower: FloatArray = cholesky(
            covariance.T, lower=True, overwrite_a=True, check_finite=False
        )
        self._weights: FloatArray = cho_solve(
            (self._lower, True), (values - self._middle) / self._scale
        )
        self.calibration = Calibration(factor=1.0, calibrated=False, count=0)
        self.domain: Domain | None = None

    @classmethod
    def fitted(
        cls,
        smiles: Sequence[str],
        values: Sequence[float] | FloatArray,
        *,
        seed: int = 0,
        media: Sequence[str] | None = None,
        groups: Sequence[str] | None = None,
        fitted_on: int = FITTED_ON,
    ) -> GaussianProcess:
        """From n molecules and their values (n,), each in its medium (SMILES) if `media` is given.

        Hyperparameters maximise the marginal likelihood of at most `fitted_on` values; the solve
        is of all. Intervals come from leaving out each group whole (default: each molecule):
        of at most cross_validation.MOST values with a refit, of more by formula.
        `seed` draws the subsets; nothing else is random. Raises DataError
        `discover.too-few-values` and, of a molecule, `discover.smiles-unreadable`.
        """
        measured = np.asarray(values, dtype=np.float64)
        if len(measured) < 2 or not np.isfinite(measured).all():
            raise DataError(
                "discover.too-few-values",
                f"a property model needs two finite values, and got {len(measured)} "
                f"of which {int(np.isfinite(measured).sum())} are finite",
                remedy="Measure or compute more molecules first",
            )
        assert len(smiles) == len(measured), "as many values as molecules"
        encoder = Encoder(smiles, media)
        train = encoder.encode(smiles, media)
        chosen = _drawn(len(measured), fitted_on, seed)
        part = train.rows(chosen)
        middle, scale = _middle_and_scale(measured)
        given = most_likely(closeness(part, part), (measured[chosen] - middle) / scale)
        model = cls(encoder, train, measured, given)
        model._learn_bounds(smiles, groups or smiles, seed)
        if FEWEST <= len(measured) <= MOST:
            refitted = refitted_scores(train, measured, groups or smiles, seed=seed)
            model.calibration = calibration(refitted)
        return model

    def __len__(self) -> int:
        return len(self._weights)

    def predict(self, smiles: Sequence[str], media: Sequence[str] | None = None) -> Prediction:
        """Of m molecules. Raises DataError `discover.smiles-unreadable`."""
        mean, variance, similarity = (np.empty(len(smiles)) for _ in range(3))
        encoded = self._encoder.encode(smiles, media)
        for start in range(0, len(smiles), _BLOCK):
            block = slice(start, start + _BLOCK)
            near = closeness(encoded.rows(block), self._train)
            covariance = near.covariance(self.hyperparameters)
            mean[block] = covariance @ self._weights
            variance[block] = self.hyperparameters.prior - (self._half(covariance) ** 2).sum(axis=0)
            similarity[block] = near.similarity.max(axis=1)
        np.maximum(variance, 0.0, out=variance)
        deviation = np.sqrt(variance + self.hyperparameters.noise) * self._scale
        deviation *= self.calibration.factor
        mean = self._middle + self._scale * mean
        reasons: tuple[str | None, ...] = (None,) * len(smiles)
        if self.domain is not None:
            share = variance / self.hyperparameters.prior
            reasons = self.domain.reasons(smiles, similarity, share)
        return Prediction(
            mean=mean,
            deviation=deviation,
            low=mean - QUANTILE * deviation,
            high=mean + QUANTILE * deviation,
            similarity=similarity,
            known=np.array([why is None for why in reasons], dtype=bool),
            reasons=reasons,
        )

    def joint(
        self, smiles: Sequence[str], media: Sequence[str] | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Mean (m,) and covariance (m, m) of the property itself: no noise, not calibrated.

        Memory grows with m^2: for batches and shortlists of a few thousand.
        """
        encoded = self._encoder.encode(smiles, media)
        covariance = closeness(encoded, self._train).covariance(self.hyperparameters)
        half = self._half(covariance)
        own = self._encoder.with_columns_of(smiles).encode(smiles, media)
        within = closeness(own, own).covariance(self.hyperparameters) - half.T @ half
        mean = self._middle + self._scale * (covariance @ self._weights)
        return mean, self._scale**2 * (within + within.T) / 2.0

    def left_out(self, groups: Sequence[str], *, most: int = LEFT_OUT, seed: int = 0) -> LeftOut:
        """Training values predicted from all other groups, at most some `most` of them; scaled."""
        members: dict[str, list[int]] = {}
        for row, group in enumerate(groups):
            members.setdefault(group, []).append(row)
        order = list(members.values())
        if len(groups) > most:
            generator = np.random.Generator(np.random.PCG64(seed))
            order = [order[at] for at in generator.permutation(len(order))]
        chosen: list[NDArray[np.intp]] = []
        left = most
        for rows in order:
            if left <= 0:
                break
            # Of a group larger than what is left, all rows go: a part would see the rest.
            chosen.append(np.array(rows, dtype=np.intp))
            left -= len(rows)
        return leave_out(self._lower, self._weights, chosen)

    def _learn_bounds(self, smiles: Sequence[str], groups: Sequence[str], seed: int) -> None:
        left = self.left_out(groups, seed=seed)
        self.calibration = calibration(left.scores)
        share = np.maximum(left.variance - self.hyperparameters.noise, 0.0)
        names = np.array(groups, dtype=object)
        similarity = np.empty(len(left.rows))
        for start in range(0, len(left.rows), _BLOCK):
            rows = left.rows[start : start + _BLOCK]
            near = tanimoto(self._train.rows(rows).fingerprints, self._train.fingerprints)
            near[names[rows][:, None] == names[None, :]] = 0.0
            similarity[start : start + len(rows)] = near.max(axis=1)
        self.domain = domain_of(smiles, similarity, share / self.hyperparameters.prior)

    def _half(self, covariance: FloatArray) -> FloatArray:
        """L^-1 K(train, m): (n, m)."""
        from scipy.linalg import solve_triangular

        found: FloatArray = solve_triangular(
            self._lower, covariance.T, lower=True, check_finite=False
        )
        return found

    def _covariance(self, train: Encoding) -> FloatArray:
        """(n, n), made a block of rows at a time so that its parts never stand beside it."""
        found = np.empty((len(train), len(train)))
        for start in range(0, len(train), _BLOCK):
            block = slice(start, start + _BLOCK)
            found[block] = closeness(train.rows(block), train).covariance(self.hyperparameters)
        return found


def _middle_and_scale(values: FloatArray) -> tuple[float, float]:
    """Mean and standard deviation; 1 where all values are the same."""
    return float(values.mean()), float(values.std()) or 1.0


def _drawn(count: int, most: int, seed: int) -> NDArray[np.intp]:
    """Rows, all or `most` of them drawn without replacement, in order."""
    if count <= most:
        return np.arange(count)
    drawn = np.random.Generator(np.random.PCG64(seed)).permutation(count)[:most]
    return np.sort(drawn)
