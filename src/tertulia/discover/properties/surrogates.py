"""Advisory models of properties that a campaign does not compute, fitted on shipped measurements.

They advise and never decide: trained on neutral molecules mostly, they answer "unknown" for what
lies outside their domain, as most anions of photoacid generators do.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.properties.gaussian_process import GaussianProcess, Prediction
from tertulia.messages.catalogue import mark
from tertulia.recipe.shipped import shipped_folder

FITTED_ON = 500
"""Values that hyperparameters are fitted on: a model is ready in seconds, a little less sharp."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property of which measurements are shipped."""

    name: str
    """Of its table in `shipped/materials/properties`, whose SOURCE.md says where it comes from."""
    title: str
    """For people; to be translated."""
    unit: str
    bounds: tuple[float, float]
    """Values that make sense; means and intervals end there."""
    in_medium: bool = False
    """Whether a solvent (SMILES) belongs to each value."""


SOLUBILITY = Property(
    name="solubility",
    title=mark("solubility in water"),
    unit="log10 mol/L",
    bounds=(-15.0, 3.0),
)
BIODEGRADABILITY = Property(
    name="biodegradability",
    title=mark("ready biodegradability (0 no, 1 yes)"),
    unit="1",
    bounds=(0.0, 1.0),
)
WAVELENGTH = Property(
    name="wavelength",
    title=mark("wavelength of maximum absorption"),
    unit="nm",
    bounds=(50.0, 2_000.0),
    in_medium=True,
)
PROPERTIES = (SOLUBILITY, BIODEGRADABILITY, WAVELENGTH)


def measurements(
    of: Property,
) -> tuple[tuple[str, ...], NDArray[np.float64], tuple[str, ...] | None]:
    """SMILES, values (n,) and, where the property has them, solvents of the shipped table."""
    path = shipped_folder("materials", "properties", f"{of.name}.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    values = np.array([float(row["value"]) for row in rows])
    solvents = tuple(row["solvent"] for row in rows) if of.in_medium else None
    return tuple(row["smiles"] for row in rows), values, solvents


@lru_cache(maxsize=len(PROPERTIES))
def surrogate(of: Property) -> GaussianProcess:
    """The model, fitted when it is first asked for: some 5 to 25 CPU seconds, features mostly.

    Groups that are left out to calibrate are molecules, with all solvents each.
    """
    smiles, values, solvents = measurements(of)
    return GaussianProcess.fitted(smiles, values, media=solvents, fitted_on=FITTED_ON)


def foretell(of: Property, smiles: Sequence[str], *, medium: str | None = None) -> Prediction:
    """What the model says of molecules, in `medium` (a solvent's SMILES) where it needs one.

    Raises DataError `discover.smiles-unreadable`.
    """
    assert (medium is not None) == of.in_medium, f"{of.name}: a solvent is missing or too many"
    media = [medium] * len(smiles) if medium is not None else None
    said = surrogate(of).predict(smiles, media)
    low, high = of.bounds
    return replace(
        said,
        mean=np.clip(said.mean, low, high),
        low=np.clip(said.low, low, high),
        high=np.clip(said.high, low, high),
    )
