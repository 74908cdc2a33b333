"""Crossover of two acids: the part of one that holds its acid head with a part of the other.

After J. H. Jensen, Chem. Sci. 10, 3567 (2019): both are cut at a single bond outside rings, or both
at two bonds of a ring, and two parts are joined. Of the first parent the part with the acid head is
kept, of the second one without, so that most children have one head.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tertulia.discover.generators.acid_graph import AcidGraph

_RING_SHARE = 0.3
"""How often rings are cut where both have one."""
_SMALLEST = 2
"""Heavy atoms of a part; smaller ones are a matter of mutation."""


def cross(
    first: AcidGraph, second: AcidGraph, generator: np.random.Generator
) -> tuple[str, Any | None]:
    """How it was cut, and a child that is not sanitised; None where the parents cannot be cut."""
    rings = bool(_ring_cuts(first)) and bool(_ring_cuts(second))
    if rings and generator.random() < _RING_SHARE:
        name, cuts = "ring crossover", (_ring_cuts(first), _ring_cuts(second))
    else:
        name, cuts = "chain crossover", (_chain_cuts(first), _chain_cuts(second))
    if not all(cuts):
        return name, None
    cut = cuts[0][int(generator.integers(len(cuts[0])))]
    alike = [one for one in cuts[1] if _orders(second, one) == _orders(first, cut)] or cuts[1]
    kept = _parts(first, cut, with_head=True)
    taken = _parts(second, alike[int(generator.integers(len(alike)))], with_head=False)
    if not kept or not taken:
        return name, None
    return name, _joined(
        kept[int(generator.integers(len(kept)))],
        taken[int(generator.integers(len(taken)))],
        generator,
    )


def _chain_cuts(graph: AcidGraph) -> list[tuple[int, ...]]:
    """Single bonds outside rings and heads."""
    from rdkit import Chem

    return [
        (bond.GetIdx(),)
        for bond in graph.molecule.GetBonds()
        if bond.GetBondType() == Chem.BondType.SINGLE
        and not bond.IsInRing()
        and not graph.in_head(bond)
        and not bond.GetBeginAtom().GetFormalCharge() + bond.GetEndAtom().GetFormalCharge()
    ]


def _ring_cuts(graph: AcidGraph) -> list[tuple[int, ...]]:
    """Pairs of bonds of one ring, outside the head, that share no atom with another ring."""
    bonds = graph.molecule.GetRingInfo().BondRings()
    often = [bond for ring in bonds for bond in ring]
    cuts: list[tuple[int, ...]] = []
    for ring in bonds:
        own = [
            bond
            for bond in ring
            if often.count(bond) == 1 and not graph.in_head(graph.molecule.GetBondWithIdx(bond))
        ]
        cuts += [
            (one, other)
            for place, one in enumerate(own)
            for other in own[place + 1 :]
            if not _touch(graph.molecule, one, other)
        ]
    return cuts


def _orders(graph: AcidGraph, cut: tuple[int, ...]) -> list[float]:
    """Orders of the bonds of a cut: where both parents' are alike, an aromatic ring stays one."""
    return sorted(graph.molecule.GetBondWithIdx(bond).GetBondTypeAsDouble() for bond in cut)


def _touch(molecule: Any, one: int, other: int) -> bool:
    ends = [molecule.GetBondWithIdx(bond) for bond in (one, other)]
    first, second = ({bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()} for bond in ends)
    return bool(first & second)


def _parts(graph: AcidGraph, cut: tuple[int, ...], *, with_head: bool) -> list[Any]:
    """What the cut leaves on that side of it; a dummy atom stands at each end of a cut bond."""
    from rdkit import Chem

    pieces = Chem.FragmentOnBonds(graph.molecule, cut, addDummies=True)
    atoms: list[tuple[int, ...]] = []
    parts = Chem.GetMolFrags(pieces, asMols=True, sanitizeFrags=False, fragsMolAtomMapping=atoms)
    if len(parts) != 2:
        return []
    return [
        part
        for part, indices in zip(parts, atoms, strict=True)
        if (bool(graph.head & set(indices)) is with_head)
        and part.GetNumAtoms() - len(cut) >= (1 if with_head else _SMALLEST)
    ]


def _joined(kept: Any, taken: Any, generator: np.random.Generator) -> Any | None:
    """Both with bonds instead of their dummy atoms, in one of the two ways where a ring was cut."""
    from rdkit import Chem

    editable = Chem.RWMol(Chem.CombineMols(kept, taken))
    dummies = [atom.GetIdx() for atom in editable.GetAtoms() if not atom.GetAtomicNum()]
    ours = [at for at in dummies if at < kept.GetNumAtoms()]
    theirs = [at for at in dummies if at >= kept.GetNumAtoms()]
    turned = [_order(editable, at) for at in reversed(theirs)]
    if generator.random() < 0.5 or turned == [_order(editable, at) for at in ours]:
        theirs.reverse()
    for one, other in zip(ours, theirs, strict=True):
        begin, end = (editable.GetAtomWithIdx(at).GetNeighbors()[0].GetIdx() for at in (one, other))
        orders = {_order(editable, one), _order(editable, other)}
        if editable.GetBondBetweenAtoms(begin, end):
            return None
        # The lower of two orders leaves no atom with more bonds than it has.
        editable.AddBond(begin, end, min(orders))
    for at in sorted(dummies, reverse=True):
        editable.RemoveAtom(at)
    return editable


def _order(molecule: Any, dummy: int) -> Any:
    return molecule.GetAtomWithIdx(dummy).GetBonds()[0].GetBondType()
