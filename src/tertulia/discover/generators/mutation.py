"""Mutations of an acid: a small random change of its graph outside the acid head.

After J. H. Jensen, Chem. Sci. 10, 3567 (2019): append, insert, delete and change an atom, change
the order of a bond, close and open a ring; a swap of whole groups, by which chemists vary acids, is
added. Each returns an unsanitised molecule, or None where the acid offers no place for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import numpy as np

from tertulia.discover.generators.acid_graph import AcidGraph, localised
from tertulia.discover.generators.building_blocks import ON_ALKYL, ON_AROMATIC, ON_VINYL

Mutation = Callable[[AcidGraph, np.random.Generator], Any | None]
_Item = TypeVar("_Item")

GROUPS = tuple(dict.fromkeys((*ON_AROMATIC, *ON_VINYL, *ON_ALKYL)))
"""What groups are swapped for: those that fragment assembly fills its slots with."""
_LARGEST_SWAPPED = 8
_RING_SIZES = (5, 6)
_VALENCES = {"C": 4, "N": 3, "O": 2, "S": 2, "F": 1, "Cl": 1}
"""Of the elements that atoms are changed to; sulfones come with groups."""


def mutate(graph: AcidGraph, generator: np.random.Generator) -> tuple[str, Any | None]:
    """One mutation at random by the weights below: its name and what it made."""
    names = list(_WEIGHTED)
    weights = np.array([_WEIGHTED[name][0] for name in names])
    name = names[int(generator.choice(len(names), p=weights / weights.sum()))]
    return name, _WEIGHTED[name][1](graph, generator)


def append_atom(graph: AcidGraph, generator: np.random.Generator) -> Any | None:
    """One more atom instead of a hydrogen."""
    if (at := _one_of(graph.open, generator)) is None:
        return None
    elements = list(_VALENCES)
    editable = _copy(graph)
    added = editable.AddAtom(_atom(elements[int(generator.integers(len(elements)))]))
    editable.AddBond(at, added, _single())
    return editable


def insert_atom(graph: AcidGraph, generator: np.random.Generator) -> Any | None:
    """A carbon, nitrogen, oxygen or sulfur between two atoms that a single bond joins."""
    bond = _one_of(_free_bonds(graph, order=1), generator)
    if bond is None:
        return None
    editable = _copy(graph)
    first, second = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
    editable.RemoveBond(first, second)
    between = editable.AddAtom(_atom("CNOS"[int(generator.integers(4))]))
    editable.AddBond(first, between, _single())
    editable.AddBond(between, second, _single())
    return editable


def delete_atom(graph: AcidGraph, generator: np.random.Generator) -> Any | None:
    """Without an atom of one or two neighbours; the two are joined."""
    small = [at for at in graph.free if graph.molecule.GetAtomWithIdx(at).GetDegree() in (1, 2)]
    if (at := _one_of(small, generator)) is None:
        return None
    neighbours = [one.GetIdx() for one in graph.molecule.GetAtomWithIdx(at).GetNeighbors()]
    if len(neighbours) == 2 and graph.molecule.GetBondBetweenAtoms(*neighbours):
        return None
    editable = _copy(graph)
    if len(neighbours) == 2:
        editable.AddBond(*neighbours, _single())
    editable.RemoveAtom(at)
    return editable


def change_atom(graph: AcidGraph, generator: np.random.Generator) -> Any | None:
    """Another element that has room for the same bonds."""
    if (at := _one_of(graph.free, generator)) is None:
        return None
    editable = _copy(graph)
    atom = editable.GetAtomWithIdx(at)
    bonds = sum(bond.GetBondTypeAsDouble() for bond in atom.GetBonds())
    others = [
        element
        for element, valence in _VALENCES.items()
        if valence >= bonds and element != atom.GetSymbol()
    ]
    if (element := _one_of(others, generator)) is None:
        return None
    editable.ReplaceAtom(at, _atom(element))
    return editable


def change_bond(graph: AcidGraph, generator: np.random.Generator) -> Any | None:
    """A bond one order higher or lower."""
    from rdkit import Chem

    orders = (Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE)
    if (bond := _one_of(_free_bonds(graph), generator)) is None:
        return None
    order = int(bond.GetBondTypeAsDouble())
    wanted = {1: 2, 2: int(generator.choice((1, 3))), 3: 2}[order]
    ends = (bond.GetBeginAtom(), bond.GetEndAtom())
    if any(end.GetTotalNumHs() - (end.GetIdx() == graph.site) < wanted - order for end in ends):
        return None
    editable = _copy(graph)
    found = editable.GetBondBetweenAtoms(ends[0].GetIdx(), ends[1].GetIdx())
    found.SetBondType(orders[wanted - 1])
    return editable


def close_ring(graph: AcidGraph, generator: np.random.Generator) -> Any | None:
    """A ring of five or six by a bond between two atoms with a hydrogen each."""
    from rdkit import Chem

    distances = Chem.GetDistanceMatrix(graph.molecule)
    pairs = [
        (first, second)
        for first in graph.open
        for second in graph.open
        if first < second and distances[first][second] + 1 in _RING_SIZES
    ]
    if (pair := _one_of(pairs, generator)) is None:
        return None
    editable = _copy(graph)
    editable.AddBond(*pair, _single())
    return editable


def open_ring(graph: AcidGraph, generator: np.random.Generator) -> Any | None:
    """Without a single bond of a ring."""
    rings = [bond for bond in _free_bonds(graph, order=1) if bond.IsInRing()]
    if (bond := _one_of(rings, generator)) is None:
        return None
    editable = _copy(graph)
    editable.RemoveBond(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
    return editable


def add_group(graph: AcidGraph, generator: np.random.Generator) -> Any | None:
    """A group instead of a hydrogen on carbon."""
    carbons = [at for at in graph.open if graph.molecule.GetAtomWithIdx(at).GetSymbol() == "C"]
    if (at := _one_of(carbons, generator)) is None:
        return None
    return _with_group(_copy(graph), at, generator)


def swap_group(graph: AcidGraph, generator: np.random.Generator) -> Any | None:
    """A group in the place of another, which hangs by a single bond and holds no acid head."""
    from rdkit import Chem

    swappable = [
        (stays, goes)
        for bond in graph.molecule.GetBonds()
        if bond.GetBondType() == Chem.BondType.SINGLE and not bond.IsInRing()
        for stays, goes in (_ends(bond), _ends(bond)[::-1])
        if len(side := _side(graph.molecule, stays, goes)) <= _LARGEST_SWAPPED
        and not side & graph.head
    ]
    if (chosen := _one_of(swappable, generator)) is None:
        return None
    stays, goes = chosen
    leaving = _side(graph.molecule, stays, goes)
    editable = _copy(graph)
    for at in sorted(leaving, reverse=True):
        editable.RemoveAtom(at)
    return _with_group(editable, stays - sum(at < stays for at in leaving), generator)


_WEIGHTED: dict[str, tuple[float, Mutation]] = {
    "swap a group": (0.30, swap_group),
    "add a group": (0.15, add_group),
    "change an atom": (0.15, change_atom),
    "append an atom": (0.10, append_atom),
    "insert an atom": (0.07, insert_atom),
    "delete an atom": (0.10, delete_atom),
    "change a bond": (0.05, change_bond),
    "close a ring": (0.04, close_ring),
    "open a ring": (0.04, open_ring),
}


def _with_group(editable: Any, at: int, generator: np.random.Generator) -> Any:
    group = _group(GROUPS[generator.integers(len(GROUPS))])
    first = editable.GetNumAtoms()
    editable.InsertMol(group)
    editable.AddBond(at, first, _single())
    return editable


@cache
def _group(smiles: str) -> Any:
    from rdkit import Chem

    return localised(Chem.MolFromSmiles(smiles))


def _side(molecule: Any, stays: int, goes: int) -> frozenset[int]:
    """The atoms beyond the bond from `stays` to `goes`, which is in no ring."""
    found, waiting = {goes}, [goes]
    while waiting:
        for neighbour in molecule.GetAtomWithIdx(waiting.pop()).GetNeighbors():
            if (at := neighbour.GetIdx()) not in found and at != stays:
                found.add(at)
                waiting.append(at)
    return frozenset(found)


def _ends(bond: Any) -> tuple[int, int]:
    return bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()


def _free_bonds(graph: AcidGraph, order: int | None = None) -> list[Any]:
    """Bonds outside the head between neutral atoms."""
    return [
        bond
        for bond in graph.molecule.GetBonds()
        if not graph.in_head(bond)
        and not any(end.GetFormalCharge() for end in (bond.GetBeginAtom(), bond.GetEndAtom()))
        and order in (None, int(bond.GetBondTypeAsDouble()))
    ]


def _one_of(items: Sequence[_Item], generator: np.random.Generator) -> _Item | None:
    return items[int(generator.integers(len(items)))] if items else None


def _copy(graph: AcidGraph) -> Any:
    from rdkit import Chem

    return Chem.RWMol(graph.molecule)


def _atom(element: str) -> Any:
    from rdkit import Chem

    return Chem.Atom(element)


def _single() -> Any:
    from rdkit import Chem

    return Chem.BondType.SINGLE
