"""RDKit's two-dimensional descriptors of a molecule, and how they are brought to one scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.molecules.acid import read_smiles

_LEFT_OUT = frozenset(["Ipc", "AvgIpc", "SPS", "qed"])
"""Descriptors not computed: Ipc overflows on large molecules, AvgIpc, SPS and qed cost a fifth of
the time of all others and are made of what the others say."""
_BCUT = (
    "BCUT2D_MWHI",
    "BCUT2D_MWLOW",
    "BCUT2D_CHGHI",
    "BCUT2D_CHGLO",
    "BCUT2D_LOGPHI",
    "BCUT2D_LOGPLOW",
    "BCUT2D_MRHI",
    "BCUT2D_MRLOW",
)
"""In the order in which RDKit's BCUT2D gives them; one call for all, since each would repeat it."""
CLIP = 5.0
"""Scaled descriptors end here: far outliers would make every molecule equally far from them."""

FloatArray = NDArray[np.float64]


@cache
def descriptor_names() -> tuple[str, ...]:
    """The descriptors, in the order of a row."""
    return (*_BCUT, *(name for name, _ in _singles()))


@lru_cache(maxsize=65_536)
def descriptor_row(smiles: str) -> NDArray[np.float32]:
    """(d,) descriptors of a molecule; NaN where one has no value, such as a charge unknown.

    Raises DataError `discover.smiles-unreadable`.
    """
    molecule = read_smiles(smiles)
    values = [*_bcut(molecule), *(float(function(molecule)) for _, function in _singles())]
    with np.errstate(over="ignore"):
        row = np.array(values, dtype=np.float32)
    row[~np.isfinite(row)] = np.nan
    row.setflags(write=False)
    return row


def descriptor_rows(smiles: Sequence[str]) -> FloatArray:
    """(n, d) descriptors, a row a molecule."""
    empty = np.empty((0, len(descriptor_names())))
    return np.array([descriptor_row(one) for one in smiles], dtype=np.float64) if smiles else empty


@dataclass(frozen=True)
class Scaling:
    """How descriptors are scaled, as learned from a training set; which were dropped and why."""

    kept: tuple[str, ...]
    dropped: dict[str, tuple[str, ...]]
    """Names by reason: `no-value` (missing for a training molecule), `constant`, `repeated`."""
    columns: NDArray[np.intp]
    centre: FloatArray
    spread: FloatArray

    @classmethod
    def fitted(cls, rows: FloatArray) -> Scaling:
        """From the descriptors (n, d) of a training set."""
        names = np.array(descriptor_names())
        whole = np.isfinite(rows).all(axis=0)
        varied = np.zeros(len(names), dtype=bool)
        varied[whole] = np.ptp(rows[:, whole], axis=0) > 0 if len(rows) else False
        first = np.zeros(len(names), dtype=bool)
        usable = np.flatnonzero(whole & varied)
        if len(usable):
            _, at = np.unique(rows[:, usable], axis=1, return_index=True)
            first[usable[at]] = True
        centre, spread = _robust(rows[:, first])
        return cls(
            kept=tuple(names[first].tolist()),
            dropped={
                "no-value": tuple(names[~whole].tolist()),
                "constant": tuple(names[whole & ~varied].tolist()),
                "repeated": tuple(names[whole & varied & ~first].tolist()),
            },
            columns=np.flatnonzero(first),
            centre=centre,
            spread=spread,
        )

    def apply(self, rows: FloatArray) -> FloatArray:
        """(n, kept) scaled and clipped to ±CLIP; a value that is missing stands at the centre."""
        scaled = (rows[:, self.columns] - self.centre) / self.spread
        return np.clip(np.nan_to_num(scaled, nan=0.0), -CLIP, CLIP)


def _robust(rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Median and the larger of interquartile range / 1.349 and standard deviation, by column.

    The larger, since a rare fragment's range between quartiles is nought or far too small.
    """
    if not rows.size:
        return np.zeros(rows.shape[1]), np.ones(rows.shape[1])
    low, centre, high = np.quantile(rows, [0.25, 0.5, 0.75], axis=0)
    return centre, np.maximum((high - low) / 1.349, rows.std(axis=0))


@cache
def _singles() -> tuple[tuple[str, Callable[[Any], float]], ...]:
    from rdkit.Chem import Descriptors

    left_out = _LEFT_OUT | set(_BCUT)
    return tuple(
        (name, function) for name, function in Descriptors._descList if name not in left_out
    )


def _bcut(molecule: Any) -> list[float]:
    """Eight BCUT descriptors; NaN where partial charges or an atom's parameters are missing."""
    from rdkit import rdBase
    from rdkit.Chem import rdMolDescriptors

    try:
        with rdBase.BlockLogs():
            return [float(value) for value in rdMolDescriptors.BCUT2D(molecule)]
    except (ValueError, RuntimeError):
        return [float("nan")] * len(_BCUT)
