"""Molar mass: what fractions by mass are reckoned from."""

from __future__ import annotations

from typing import Any


def molar_mass(molecule: Any) -> float:
    """In g/mol, of natural isotopes, hydrogens that are not written as atoms counted too."""
    from rdkit import Chem

    hydrogen = Chem.GetPeriodicTable().GetAtomicWeight(1)
    return float(
        sum(atom.GetMass() + hydrogen * atom.GetTotalNumHs() for atom in molecule.GetAtoms())
    )
