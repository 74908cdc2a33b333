"""What has been measured so far: molecules and their values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Molecules measured, a value for each objective; the larger a value the better.

    Raises ValueError where the numbers of molecules and rows differ or a value is not finite.
    """

    smiles: tuple[str, ...]
    values: FloatArray
    """(n, objectives), each in its own unit."""

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or len(self.values) != len(self.smiles):
            raise ValueError(f"{len(self.smiles)} molecules, but values of {self.values.shape}")
        if not np.isfinite(self.values).all():
            raise ValueError("evidence that is not a finite number")

    def __len__(self) -> int:
        return len(self.smiles)

    @property
    def objectives(self) -> int:
        """How many objectives there are."""
        return int(self.values.shape[1])

    def by_smiles(self) -> Evidence:
        """The same evidence, rows in the order of their SMILES (and of their values)."""
        keys = [(one, *row) for one, row in zip(self.smiles, self.values.tolist(), strict=True)]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        return Evidence(tuple(self.smiles[row] for row in order), self.values[order])
