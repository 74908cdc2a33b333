"""An acid as a graph that can be edited, with the atoms of its acid head that must stay."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tertulia.discover.molecules.acid import acid_of, read_smiles
from tertulia.discover.molecules.families import FAMILIES, pattern

_ENDS_IN_ITS_CORE = frozenset({"sulfonic", "sulfuric-ester"})
"""Families whose pattern ends with an atom of the core, which may be exchanged."""


@dataclass(frozen=True, kw_only=True)
class AcidGraph:
    """An RDKit molecule with localised bonds, without stereochemistry; not to be edited in place.

    `head` are the atoms of the group that gives the proton and of what acidifies it directly;
    `site` is the one that gives it.
    """

    molecule: Any
    head: frozenset[int]
    site: int

    @property
    def free(self) -> tuple[int, ...]:
        """Atoms that may be changed or taken away: outside the head and without a charge."""
        return tuple(
            atom.GetIdx()
            for atom in self.molecule.GetAtoms()
            if atom.GetIdx() not in self.head and not atom.GetFormalCharge()
        )

    @property
    def open(self) -> tuple[int, ...]:
        """Carbon and nitrogen atoms with a hydrogen to spare; the site keeps its last one."""
        return tuple(
            atom.GetIdx()
            for atom in self.molecule.GetAtoms()
            if atom.GetSymbol() in {"C", "N"}
            and atom.GetTotalNumHs() > (atom.GetIdx() == self.site)
        )

    def in_head(self, bond: Any) -> bool:
        """Whether a bond lies within the head."""
        return {bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()} <= self.head


@lru_cache(maxsize=4096)
def read_graph(smiles: str) -> AcidGraph:
    """The graph of an acid; raises what `acid_of` raises."""
    from rdkit import Chem

    acid = acid_of(smiles)
    molecule = read_smiles(acid.smiles)
    [family] = [one for one in FAMILIES if one.name == acid.family]
    head = next(
        match
        for match in molecule.GetSubstructMatches(pattern(family.smarts), uniquify=False)
        if match[0] == acid.site
    )
    if acid.family in _ENDS_IN_ITS_CORE:
        head = head[:-1]
    Chem.RemoveStereochemistry(molecule)
    return AcidGraph(molecule=localised(molecule), head=frozenset(head), site=acid.site)


def localised(molecule: Any) -> Any:
    """With single and double bonds for aromatic ones, and hydrogens that follow from them."""
    from rdkit import Chem

    Chem.Kekulize(molecule, clearAromaticFlags=True)
    for atom in molecule.GetAtoms():
        if not atom.GetFormalCharge():
            # As [nH] writes it, the count would outlive the change of a bond.
            atom.SetNoImplicit(False)
            atom.SetNumExplicitHs(0)
        atom.SetAtomMapNum(0)
    molecule.UpdatePropertyCache(strict=False)
    return molecule
