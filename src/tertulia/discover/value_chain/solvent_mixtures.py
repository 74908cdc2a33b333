"""Mixtures of two solvents whose Hansen parameters come nearer to a target than either alone.

Parameters of a mixture are those of its parts, weighed by volume (Hansen 2007, chapter 1). Whether
the two mix at all is not computed; how far they are apart is told instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tertulia.discover.value_chain.hansen import Hansen, distance
from tertulia.discover.value_chain.solvent_table import Solvent


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Two solvents, `fraction` by volume of the first."""

    first: Solvent
    second: Solvent
    fraction: float
    parameters: Hansen
    distance: float
    """Ra in MPa^0.5 to what is sought."""
    apart: float
    """Ra in MPa^0.5 between the two parts: far apart, they may not mix."""
    red: float | None = None


def best_mixtures(
    solvents: Sequence[Solvent], target: Hansen, *, step: float, count: int
) -> list[Mixture]:
    """The `count` nearest pairs, each at its best fraction of the grid; ties go by name.

    Only pairs that are nearer than both of their parts: others are better used alone.
    """
    ordered = sorted(solvents, key=lambda solvent: solvent.name)
    if len(ordered) < 2:
        return []
    parameters = np.array([_scaled(solvent.parameters) for solvent in ordered])
    sought = np.array(_scaled(target))
    alone = np.linalg.norm(parameters - sought, axis=1)
    one, two = np.triu_indices(len(ordered), k=1)
    fractions = np.arange(1, round(1 / step)) * step
    # (pairs, fractions, 3): 21,000 pairs at 19 fractions take 10 MB.
    mixed = (
        fractions[None, :, None] * parameters[one][:, None, :]
        + (1 - fractions)[None, :, None] * parameters[two][:, None, :]
    )
    far = np.linalg.norm(mixed - sought, axis=2)
    best = np.argmin(far, axis=1)
    nearest = far[np.arange(len(one)), best]
    better = np.flatnonzero(nearest < np.minimum(alone[one], alone[two]) - 1e-9)
    # Rounded, so that what differs by the last bits of a sum is ordered by name.
    order = sorted(better.tolist(), key=lambda pair: (round(float(nearest[pair]), 9), pair))
    return [
        _mixture(ordered[one[pair]], ordered[two[pair]], float(fractions[best[pair]]), target)
        for pair in order[:count]
    ]


def _scaled(parameters: Hansen) -> tuple[float, float, float]:
    """A point whose Euclidean distance to another is Ra."""
    return 2 * parameters.delta_d, parameters.delta_p, parameters.delta_h


def _mixture(first: Solvent, second: Solvent, fraction: float, target: Hansen) -> Mixture:
    fraction = round(fraction, 6)
    parameters = first.parameters.mixed(second.parameters, fraction)
    return Mixture(
        first=first,
        second=second,
        fraction=fraction,
        parameters=parameters,
        distance=distance(parameters, target),
        apart=distance(first.parameters, second.parameters),
    )
