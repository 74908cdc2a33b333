"""Hansen distance: how unlike two liquids dissolve.

Source: C. M. Hansen, Hansen Solubility Parameters: A User's Handbook, 2nd edition (2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Hansen:
    """Solubility parameters in MPa^0.5: dispersion, polarity, hydrogen bonds."""

    delta_d: float
    delta_p: float
    delta_h: float

    def mixed(self, other: Hansen, fraction: float) -> Hansen:
        """The mixture with `fraction` by volume of this and the rest of the other."""
        rest = 1.0 - fraction
        return Hansen(
            delta_d=fraction * self.delta_d + rest * other.delta_d,
            delta_p=fraction * self.delta_p + rest * other.delta_p,
            delta_h=fraction * self.delta_h + rest * other.delta_h,
        )


def distance(first: Hansen, second: Hansen) -> float:
    """Ra in MPa^0.5: the root of 4 ΔδD² + ΔδP² + ΔδH²."""
    return math.sqrt(
        4 * (first.delta_d - second.delta_d) ** 2
        + (first.delta_p - second.delta_p) ** 2
        + (first.delta_h - second.delta_h) ** 2
    )
