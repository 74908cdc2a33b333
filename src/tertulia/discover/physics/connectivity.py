"""Whether a geometry still is the molecule it was made for: no bond broken, none made."""

from __future__ import annotations

from typing import Any

import numpy as np

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics.geometry import FloatArray, Geometry

CONNECTIVITY_CHANGED = "connectivity-changed"
_MADE_WITHIN, _BROKEN_BEYOND = 1.25, 1.30
"""Of the sum of two covalent radii. Between the two, what was written is believed."""
_MADE_ACROSS = 1.15
"""Of two neighbours of one atom, which stand near anyway: sulfurs in a sulfonimide at 1.3."""
_NAMED = 6

Bonds = frozenset[tuple[int, int]]


def bonds_of(molecule: Any) -> Bonds:
    """Pairs of atoms, the lower index first, that RDKit's `molecule` is written to bond."""
    return frozenset(
        _pair(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in molecule.GetBonds()
    )


def changes(geometry: Geometry, bonds: Bonds) -> tuple[str, ...]:
    """Each bond that broke or was made, in words such as `C2-H7 broken`; atoms count from 1.

    By distance over the sum of covalent radii (RDKit's, after Cordero and others, Dalton Trans.
    2008, 2832). A hydrogen belongs to the heavy atom that is nearest in this measure: one that
    went over to another is found even where its old one is still within reach, and one in a
    hydrogen bond is not.
    """
    ratios = _ratios(geometry)
    near = ratios < np.where(_across(bonds, len(ratios)), _MADE_ACROSS, _MADE_WITHIN)
    made = {pair for pair in _pairs(near) if not _joins_hydrogen(geometry, pair)}
    made |= _owners(geometry, ratios, bonds)
    broken = {pair for pair in bonds if ratios[pair] > _BROKEN_BEYOND}
    return (
        *(f"{_named(geometry, pair)} broken" for pair in sorted(broken)),
        *(f"{_named(geometry, pair)} made" for pair in sorted(made - bonds)),
    )


def require_unchanged(geometry: Geometry, bonds: Bonds, *, of: str) -> None:
    """Raises CalculationFailed `connectivity-changed` that names the bonds of the one `of`."""
    if found := changes(geometry, bonds):
        raise CalculationFailed(CONNECTIVITY_CHANGED, f"{of}: {', '.join(found[:_NAMED])}")


def _ratios(geometry: Geometry) -> FloatArray:
    """Distances over the sums of covalent radii, (n, n); infinite on the diagonal."""
    from rdkit.Chem import GetPeriodicTable

    radius = GetPeriodicTable().GetRcovalent
    radii = np.array([radius(int(number)) for number in geometry.numbers])
    between = geometry.positions[:, None] - geometry.positions[None]
    ratios = np.linalg.norm(between, axis=2) / (radii[:, None] + radii[None])
    np.fill_diagonal(ratios, np.inf)
    return np.asarray(ratios)


def _across(bonds: Bonds, count: int) -> Any:
    """Pairs, (n, n), that are bonded to one and the same atom."""
    bonded = np.zeros((count, count), dtype=np.int64)
    for one, other in bonds:
        bonded[one, other] = bonded[other, one] = 1
    return bonded @ bonded > 0


def _owners(geometry: Geometry, ratios: FloatArray, bonds: Bonds) -> set[tuple[int, int]]:
    """Each hydrogen that is written at a heavy atom, with the heavy atom nearest to it."""
    heavy = np.flatnonzero(geometry.numbers != 1)
    hydrogens = {atom for pair in bonds if _joins_hydrogen(geometry, pair) for atom in pair} - set(
        heavy.tolist()
    )
    return {_pair(one, int(heavy[np.argmin(ratios[one, heavy])])) for one in hydrogens}


def _joins_hydrogen(geometry: Geometry, pair: tuple[int, int]) -> bool:
    """Whether one of the two is a hydrogen and the other is none."""
    return int((geometry.numbers[list(pair)] == 1).sum()) == 1


def _pairs(mask: Any) -> set[tuple[int, int]]:
    return {(int(one), int(other)) for one, other in zip(*np.nonzero(np.triu(mask)), strict=True)}


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _named(geometry: Geometry, pair: tuple[int, int]) -> str:
    from rdkit.Chem import GetPeriodicTable

    symbol = GetPeriodicTable().GetElementSymbol
    return "-".join(f"{symbol(int(geometry.numbers[atom]))}{atom + 1}" for atom in pair)
