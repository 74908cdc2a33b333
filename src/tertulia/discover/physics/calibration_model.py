"""Lines pKa = a + b dE by family: a family's own, and those that families share in part.

Both work on sums over a family's acids, so that a shipped calibration is a small table. Energies
are deprotonation energies in kcal/mol, values are pKa.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tertulia.discover.physics.geometry import FloatArray

COVERAGE = 0.90


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What a line needs of the acids of one family: how many, means, and sums about the means.

    `energy` and `value` are means; `ee`, `ev`, `vv` sums of products of deviations; `lowest` and
    `highest` the ends of the energies' range.
    """

    count: int
    energy: float
    value: float
    ee: float
    ev: float
    vv: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, energies: Iterable[float], values: Iterable[float]) -> Sums:
        """Of at least one acid."""
        x, y = np.array(list(energies)), np.array(list(values))
        dx, dy = x - x.mean(), y - y.mean()
        return cls(
            count=len(x),
            energy=float(x.mean()),
            value=float(y.mean()),
            ee=float(dx @ dx),
            ev=float(dx @ dy),
            vv=float(dy @ dy),
            lowest=float(x.min()),
            highest=float(x.max()),
        )

    def beyond(self, energy: float) -> float:
        """How far, in kcal/mol, an energy lies outside the range of the acids."""
        return max(self.lowest - energy, energy - self.highest, 0.0)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value with its standard error and the degrees of freedom of Student's t."""

    value: float
    error: float
    freedom: float

    def interval(self, coverage: float = COVERAGE) -> tuple[float, float]:
        """The two ends of the interval that holds the value with this probability."""
        from scipy.special import stdtrit

        half = float(stdtrit(self.freedom, 0.5 + coverage / 2)) * self.error
        return self.value - half, self.value + half


def own_line(sums: Sums, energy: float, *, drift: float) -> Estimate:
    """A new acid by its family's own least-squares line.

    `drift` is how much slopes differ, in pKa per kcal/mol: beyond the range of the acids the line
    may bend by as much, and its variance grows by the square of it times the distance.
    """
    freedom = sums.count - 2
    slope = sums.ev / sums.ee
    residual = (sums.vv - slope * sums.ev) / freedom
    away = energy - sums.energy
    variance = residual * (1 + 1 / sums.count + away**2 / sums.ee)
    variance += (drift * sums.beyond(energy)) ** 2
    return Estimate(
        value=sums.value + slope * away, error=float(np.sqrt(variance)), freedom=float(freedom)
    )


@dataclass(frozen=True, kw_only=True)
class SharedLines:
    """A line for all families, from which each family's offset and slope stray at random.

    value = a + b (energy - `centre`) + family's offset + family's slope (energy - `centre`) + rest,
    with standard deviations `offset`, `slope` and `rest`; all Gaussian. A family without an acid is
    as far off as families are from one another; `widening` (at least 1) multiplies the error, for
    what leaving out one family at a time showed to be missing. Source: Robinson, Statistical
    Science 1991, 6, 15 (best linear unbiased prediction).
    """

    families: Mapping[str, Sums]
    centre: float
    offset: float
    slope: float
    rest: float
    widening: float = 1.0

    def estimate(self, family: str, energy: float) -> Estimate:
        """A new acid of `family`."""
        return self._estimate([(1.0, family, energy)])

    def difference(self, one: tuple[str, float], other: tuple[str, float]) -> Estimate:
        """Of two new acids (family, energy) the first one's value less the second one's.

        What both share, a family's offset or the common line, has no part in the error.
        """
        return self._estimate([(1.0, *one), (-1.0, *other)])

    def _estimate(self, terms: list[tuple[float, str, float]]) -> Estimate:
        names = sorted({*self.families, *(family for _, family, _ in terms)})
        means, covariance = self._posterior(names)
        weights = np.zeros(len(means))
        for sign, family, energy in terms:
            row = np.array([1.0, energy - self.centre])
            place = 2 + 2 * names.index(family)
            weights[:2] += sign * row
            weights[place : place + 2] += sign * row
        shared = float(weights @ covariance @ weights)
        rest = len(terms) * self.rest**2
        return Estimate(
            value=float(weights @ means),
            error=self.widening * float(np.sqrt(shared + rest)),
            freedom=self._freedom(shared, rest),
        )

    def _posterior(self, names: list[str]) -> tuple[FloatArray, FloatArray]:
        """Means and covariance of (a, b) and of each family's offset and slope."""
        size = 2 + 2 * len(names)
        precision, right = np.zeros((size, size)), np.zeros(size)
        for place, name in zip(range(2, size, 2), names, strict=True):
            own = slice(place, place + 2)
            precision[own, own] += np.diag([self.offset**-2, self.slope**-2])
            if (sums := self.families.get(name)) is None:
                continue
            information, response = moments(sums, self.centre)
            information, response = information / self.rest**2, response / self.rest**2
            for rows in (slice(0, 2), own):
                right[rows] += response
                for columns in (slice(0, 2), own):
                    precision[rows, columns] += information
        covariance = np.asarray(np.linalg.inv(precision), dtype=np.float64)
        return covariance @ right, covariance

    def _freedom(self, shared: float, rest: float) -> float:
        """Satterthwaite's: families are few, and the spread between them is known accordingly."""
        families = max(len(self.families) - 1, 1)
        acids = max(sum(one.count for one in self.families.values()) - 2 - families, 1)
        return (shared + rest) ** 2 / (shared**2 / families + rest**2 / acids)


def moments(sums: Sums, centre: float) -> tuple[FloatArray, FloatArray]:
    """Z'Z (2, 2) and Z'y (2) of a family, Z having the columns 1 and energy - centre."""
    away = sums.energy - centre
    count = float(sums.count)
    return (
        np.array([[count, count * away], [count * away, sums.ee + count * away**2]]),
        np.array([count * sums.value, sums.ev + count * away * sums.value]),
    )
