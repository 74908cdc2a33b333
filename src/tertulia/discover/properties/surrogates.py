"""Advisory models of properties that a campaign does not compute, fitted on shipped measurements.

They advise and never decide: trained on neutral molecules, they answer "unknown" for what lies
outside their domain, as the anions of photoacid generators do.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.properties.gaussian_process import GaussianProcess, Prediction
from tertulia.recipe.shipped import shipped_folder

FITTED_ON = 500
"""Values that hyperparameters are fitted on: a model is ready in seconds, a little less sharp."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property of which measurements are shipped."""

    name: str
    """Of its table in `shipped/materials/properties`, whose README.md says where it comes from."""
    unit: str
    bounds: tuple[float, float]
    """Values that make sense; means and intervals end there."""


SOLUBILITY = Property(name="solubility", unit="log10 mol/L", bounds=(-15.0, 3.0))
"""In water, at room temperature."""


def measurements(of: Property) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """SMILES and values (n,) of the shipped table."""
    path = shipped_folder("materials", "properties", f"{of.name}.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return tuple(row["smiles"] for row in rows), np.array([float(row["value"]) for row in rows])


@cache
def surrogate(of: Property) -> GaussianProcess:
    """The model, fitted when it is first asked for: some 5 CPU seconds, features mostly."""
    smiles, values = measurements(of)
    return GaussianProcess.fitted(smiles, values, fitted_on=FITTED_ON)


def foretell(of: Property, smiles: Sequence[str]) -> Prediction:
    """What the model says of molecules; raises DataError `discover.smiles-unreadable`."""
    said = surrogate(of).predict(smiles)
    low, high = of.bounds
    return replace(
        said,
        mean=np.clip(said.mean, low, high),
        low=np.clip(said.low, low, high),
        high=np.clip(said.high, low, high),
    )
