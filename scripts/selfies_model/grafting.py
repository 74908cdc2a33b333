"""Acids made of a core: an acidic group, and up to two that draw electrons, for hydrogens."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from rdkit import Chem

HEADS: dict[str, float] = {
    "*S(=O)(=O)O": 3.0,
    "*S(=O)(=O)NC#N": 2.0,
    "*S(=O)(=O)NS(C)(=O)=O": 1.5,
    "*S(=O)(=O)NS(=O)(=O)c1ccccc1": 0.5,
    "*C(C#N)C#N": 1.5,
    "*C(=O)C(C#N)C#N": 0.8,
    "*S(=O)(=O)C(C#N)C#N": 1.5,
    "*S(=O)(=O)CC#N": 1.0,
    "*S(=O)(=O)CS(C)(=O)=O": 1.0,
    "*S(=O)(=O)C(C#N)S(C)(=O)=O": 1.0,
    "*C1=C(C#N)C(C#N)=C(C#N)C1C#N": 1.2,
    "*C1=C(C#N)C(C#N)C=C1C#N": 0.6,
    "*c1nn[nH]n1": 0.8,
    "*c1nc(C#N)n[nH]1": 0.5,
    "*c1[nH]c(C#N)c(C#N)n1": 0.6,
    "*S(=O)(=O)NC(C)=O": 0.4,
    "*C(=O)NS(C)(=O)=O": 0.5,
    "*P(=O)(O)O": 0.6,
    "*C(=O)O": 0.8,
}
"""Acidic group -> how often it is drawn; the strong ones more often than carboxylic acids."""

DRAWING = ("*C#N", "*S(C)(=O)=O", "*[N+](=O)[O-]", "*F", "*Cl", "*C(C)=O")
"""Groups that draw electrons. Fluorine goes on sp2 carbon alone."""

_HOW_MANY = (0.3, 0.45, 0.25)
"""Chance of no drawing group, one, two."""

_SP3_ATTACHED = "*F"


def grafted(core: str, generator: np.random.Generator) -> str | None:
    """SMILES of one acid on `core`; None where the core has too few hydrogens on carbon."""
    weights = np.array(list(HEADS.values()))
    head = list(HEADS)[generator.choice(len(HEADS), p=weights / weights.sum())]
    number = int(generator.choice(len(_HOW_MANY), p=_HOW_MANY))
    groups = [head, *(DRAWING[i] for i in generator.choice(len(DRAWING), size=number))]
    molecule = Chem.MolFromSmiles(core)
    for group in groups:
        flat = group == _SP3_ATTACHED
        places = [
            atom.GetIdx()
            for atom in molecule.GetAtoms()
            if atom.GetSymbol() == "C"
            and atom.GetTotalNumHs()
            and (not flat or atom.GetHybridization() == Chem.HybridizationType.SP2)
        ]
        if not places:
            return None
        molecule = _joined(molecule, int(generator.choice(places)), group)
    return str(Chem.MolToSmiles(molecule))


def _joined(molecule: Any, place: int, group: str) -> Any:
    """`molecule` with `group` in the place of a hydrogen of its atom `place`."""
    joined = Chem.RWMol(Chem.CombineMols(molecule, _group(group)))
    star = next(atom for atom in joined.GetAtoms() if atom.GetAtomicNum() == 0)
    (neighbour,) = star.GetNeighbors()
    joined.AddBond(place, neighbour.GetIdx(), Chem.BondType.SINGLE)
    joined.RemoveAtom(star.GetIdx())
    atom = joined.GetAtomWithIdx(place)
    if atom.GetNumExplicitHs():
        atom.SetNumExplicitHs(atom.GetNumExplicitHs() - 1)
    Chem.SanitizeMol(joined)
    return joined.GetMol()


@cache
def _group(smiles: str) -> Any:
    return Chem.MolFromSmiles(smiles)
