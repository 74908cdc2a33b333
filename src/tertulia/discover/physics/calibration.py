"""From deprotonation energies to acidities with intervals, by acids whose pKa has been measured.

Energies are those of task `compute_acidity` in the solvent of the shipped calibration, kcal/mol.
Two scales: pKa in water, on which most acids are known, and pKa in acetonitrile, on which strong
acids are, which water levels. Comparisons with tosylic acid are made on the latter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from tertulia.discover.physics.calibration_model import Estimate, own_line
from tertulia.discover.physics.calibration_table import Anchor, Calibration, shipped_calibration

Standing = Literal["calibrated", "ranked"]
CALIBRATED_FROM = 15
"""Acids with a measured pKa that a family needs for a line of its own; with fewer it is ranked."""
WATER, ACETONITRILE = "water", "acetonitrile"
TOSYLIC = "TosOH"
"""The name of tosylic acid among the anchors."""


@dataclass(frozen=True, kw_only=True)
class Acidity:
    """A pKa in water with the interval that holds it with a probability of 90 %.

    `acids` of the family have been measured; `extrapolated` where the energy lies outside their
    range, or where there is none.
    """

    pka: float
    low: float
    high: float
    standing: Standing
    acids: int
    extrapolated: bool


@dataclass(frozen=True, kw_only=True)
class Computed:
    """An acid's family and deprotonation energy in kcal/mol.

    `measured` is its pKa in acetonitrile where that is known: the comparison then needs no
    estimate of it.
    """

    family: str
    deprotonation: float
    measured: float | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """pKa in acetonitrile of a candidate less that of a reference, with its 90 % interval."""

    pka: float
    low: float
    high: float

    @property
    def stronger(self) -> bool:
        """Whether the candidate is the stronger acid throughout the interval."""
        return self.high < 0.0


def calibrated(
    family: str, deprotonation: float, *, calibration: Calibration | None = None
) -> Acidity:
    """pKa in water of an acid of `family`, by the shipped calibration unless another is given.

    A family with enough measured acids has its own line, Student's t and the standing
    `calibrated`; any other is `ranked`: its interval is as wide as families differ.
    """
    shared = (calibration or shipped_calibration()).scales[WATER]
    own = shared.families.get(family)
    enough = own is not None and own.count >= CALIBRATED_FROM
    if enough:
        assert own is not None
        found = own_line(own, deprotonation, drift=shared.slope)
    else:
        found = shared.estimate(family, deprotonation)
    low, high = found.interval()
    return Acidity(
        pka=found.value,
        low=low,
        high=high,
        standing="calibrated" if enough else "ranked",
        acids=own.count if own else 0,
        extrapolated=own is None or own.beyond(deprotonation) > 0.0,
    )


def exceeds(
    candidate: Computed, reference: Computed, *, calibration: Calibration | None = None
) -> Difference:
    """How much stronger than `reference` a candidate is: below zero throughout, and it is so.

    Where both are of one family the family's offset cancels. A reference with a measured pKa is
    taken at that; one without is estimated like the candidate.
    """
    lines = (calibration or shipped_calibration()).scales[ACETONITRILE]
    one = (candidate.family, candidate.deprotonation)
    if reference.measured is not None:
        alone = lines.estimate(*one)
        found = Estimate(
            value=alone.value - reference.measured, error=alone.error, freedom=alone.freedom
        )
    else:
        found = lines.difference(one, (reference.family, reference.deprotonation))
    low, high = found.interval()
    return Difference(pka=found.value, low=low, high=high)


@cache
def anchor(name: str = TOSYLIC) -> Computed:
    """An acid of the shipped anchors as a reference; raises KeyError for a name that none has."""
    found: Anchor = {one.name: one for one in shipped_calibration().anchors}[name]
    return Computed(family=found.family, deprotonation=found.deprotonation, measured=found.pka)
