"""Morgan count fingerprints, and the sparse form in which counts can be compared by a product.

A fingerprint counts the circular environments of radius 0 to 2 (Rogers and Hahn, J. Chem. Inf.
Model. 50, 742, 2010). It is not folded to a number of bits: two environments never share a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.molecules.acid import read_smiles

RADIUS = 2
"""Bonds around an atom that its environment reaches."""

FloatArray = NDArray[np.float64]


@lru_cache(maxsize=65_536)
def count_fingerprint(smiles: str) -> tuple[tuple[int, int], ...]:
    """Pairs (environment, how many atoms have it), sorted by environment.

    Raises DataError `discover.smiles-unreadable`.
    """
    counts = _generator().GetSparseCountFingerprint(read_smiles(smiles)).GetNonzeroElements()
    return tuple(sorted(counts.items()))


@cache
def _generator() -> Any:
    from rdkit.Chem import rdFingerprintGenerator

    return rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS)


@dataclass(frozen=True)
class Encoded:
    """Fingerprints in thermometer form: a count c of an environment is c columns of 1.

    The product of two rows is then the sum of the smaller counts, which min-max needs.
    """

    levels: Any
    """scipy.sparse.csr_array (n, columns) of ones, float64."""
    totals: FloatArray
    """(n,) sum of all counts, also of environments that have no column."""

    def __len__(self) -> int:
        return len(self.totals)

    def rows(self, chosen: slice | NDArray[np.intp]) -> Encoded:
        """Some of the molecules."""
        return Encoded(levels=self.levels[chosen], totals=self.totals[chosen])


class Thermometer:
    """The columns (environment, level) that occur in the fingerprints it was made of."""

    def __init__(self, smiles: Sequence[str]) -> None:
        seen = {
            (environment, level)
            for text in set(smiles)
            for environment, count in count_fingerprint(text)
            for level in range(count)
        }
        self._columns = {column: at for at, column in enumerate(sorted(seen))}

    def encode(self, smiles: Sequence[str]) -> Encoded:
        """The molecules in this thermometer's columns; what it has never seen only adds to totals.

        A product between two encodings is therefore exact when one of them holds only molecules
        of which the thermometer was made.
        """
        from scipy import sparse

        indices: list[int] = []
        ends, totals = [0], np.zeros(len(smiles))
        for row, text in enumerate(smiles):
            for environment, count in count_fingerprint(text):
                totals[row] += count
                for level in range(count):
                    at = self._columns.get((environment, level))
                    if at is None:
                        break
                    indices.append(at)
            ends.append(len(indices))
        shape = (len(smiles), max(len(self._columns), 1))
        levels = sparse.csr_array((np.ones(len(indices)), indices, ends), shape=shape)
        levels.sort_indices()
        return Encoded(levels=levels, totals=totals)
