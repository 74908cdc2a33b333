"""Ring strain: rings that can be drawn but not made, and those larger than the brief allows.

Bridgeheads follow Bredt's rule with Fawcett's number S, the atoms of a bicycle that are no
bridgeheads: below 8 its bridgehead bears no double bond (Fawcett, Chem. Rev. 1950; bicycles of
S = 7 have been made, none is a reagent). 1,2-cyclononadiene and cyclooctyne are the smallest of
their kinds that keep.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tertulia.discover.constraints.verdict import Term, Verdict, found, verdicts
from tertulia.messages import mark

NAME = "ring-strain"

_SMALLEST_ALKYNE = 8
_SMALLEST_ALLENE = 9
_SMALLEST_BREDT = 8

_FORBIDDEN = mark("A ring that cannot be made or does not keep: {ring}.")
_TOO_LARGE = mark("It has a ring of {size} atoms; at most {limit} are allowed.")
_RINGS = {
    "ring-alkyne": Term(mark("a triple bond in a small ring")),
    "ring-allene": Term(mark("two double bonds side by side in a small ring")),
    "ring-anti-bredt": Term(mark("a double bond at a bridgehead")),
    "ring-cyclobutadiene": Term(mark("cyclobutadiene")),
    "ring-cyclopropene": Term(mark("a double bond in a three-membered ring")),
    "ring-fused-small": Term(mark("small rings that share a bond")),
    "ring-propellane": Term(mark("three small rings that share a bond")),
}
CODES = (*_RINGS, "ring-too-large")


def judge_ring_strain(molecule: Any, *, ring_size: int) -> tuple[Verdict, ...]:
    """Of a molecule as RDKit reads it; `ring_size` counts the atoms of the largest allowed."""
    from rdkit import Chem

    rings = [frozenset(ring) for ring in molecule.GetRingInfo().AtomRings()]
    if not rings:
        return verdicts(NAME, ())
    kekulised = Chem.Mol(molecule)
    Chem.Kekulize(kekulised, clearAromaticFlags=True)
    codes = {*_unsaturated(kekulised), *_fused(kekulised), *_bridged(kekulised, rings)}
    findings = [found(NAME, code, _FORBIDDEN, ring=_RINGS[code]) for code in sorted(codes)]
    largest = max(map(len, rings))
    if largest > ring_size:
        findings.append(found(NAME, "ring-too-large", _TOO_LARGE, size=largest, limit=ring_size))
    return verdicts(NAME, findings)


def _unsaturated(molecule: Any) -> Iterator[str]:
    """Multiple bonds within small rings."""
    information = molecule.GetRingInfo()
    doubles: dict[tuple[int, ...], list[int]] = {}
    for bond in molecule.GetBonds():
        order = bond.GetBondTypeAsDouble()
        if order == 3 and 0 < information.MinBondRingSize(bond.GetIdx()) < _SMALLEST_ALKYNE:
            yield "ring-alkyne"
        if order == 2:
            for ring in information.BondMembers(bond.GetIdx()):
                atoms = tuple(information.AtomRings()[ring])
                doubles.setdefault(atoms, []).extend((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()))
    for ring, ends in doubles.items():
        if len(ring) == 3:
            yield "ring-cyclopropene"
        if len(ring) == 4 and len(ends) == 4:
            yield "ring-cyclobutadiene"
        # Sulfur and phosphorus bear two double bonds in a ring without being linear.
        twice = {end for end in ends if ends.count(end) > 1}
        if len(ring) < _SMALLEST_ALLENE and any(
            molecule.GetAtomWithIdx(end).GetSymbol() in ("C", "N") for end in twice
        ):
            yield "ring-allene"


def _fused(molecule: Any) -> Iterator[str]:
    """Bonds that rings of three or four atoms share, and those of three rings up to five."""
    information = molecule.GetRingInfo()
    for bond in molecule.GetBonds():
        sizes = information.BondRingSizes(bond.GetIdx())
        if sum(size <= 4 for size in sizes) > 1:
            yield "ring-fused-small"
        if sum(size <= 5 for size in sizes) > 2:
            yield "ring-propellane"


def _bridged(molecule: Any, rings: list[frozenset[int]]) -> Iterator[str]:
    """Bridgeheads are the atoms with three neighbours within a bicycle that shares two bonds."""
    for one, other in combinations(rings, 2):
        if len(one & other) < 3:
            continue
        bicycle = one | other
        heads = [
            atom
            for atom in (molecule.GetAtomWithIdx(index) for index in one & other)
            if sum(neighbour.GetIdx() in bicycle for neighbour in atom.GetNeighbors()) > 2
        ]
        small = len(bicycle) - len(heads) < _SMALLEST_BREDT
        if small and any(
            bond.GetBondTypeAsDouble() == 2 and atom.GetSymbol() in ("C", "N")
            for atom in heads
            for bond in atom.GetBonds()
        ):
            yield "ring-anti-bredt"
