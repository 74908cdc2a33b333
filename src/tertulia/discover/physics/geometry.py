"""A molecule's first geometry: from SMILES by distance geometry and a force field, with a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tertulia.campaign.workers import CalculationFailed

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NO_GEOMETRY = "no-geometry"
CONFORMERS = 12
_FORCE_FIELD_STEPS = 500
_SAME_ENERGY = 0.02
"""kcal/mol between two conformers that are taken to be one."""


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Atoms in space: `numbers` (n) are atomic numbers, `positions` (n, 3) in Å, `charge` in e."""

    numbers: IntArray
    positions: FloatArray
    charge: int

    def xyz(self, comment: str = "") -> str:
        """The XYZ file of it, positions in Å to six decimals."""
        from rdkit.Chem import GetPeriodicTable

        symbol = GetPeriodicTable().GetElementSymbol
        lines = [str(len(self.numbers)), comment.replace("\n", " ")]
        for number, (x, y, z) in zip(self.numbers, self.positions, strict=True):
            lines.append(f"{symbol(int(number)):2} {x:14.6f} {y:14.6f} {z:14.6f}")
        return "\n".join(lines) + "\n"


def geometry_of_xyz(text: str, *, charge: int) -> Geometry:
    """The geometry that an XYZ file holds; `charge` in e, since the file does not say it."""
    from rdkit.Chem import GetPeriodicTable

    number = GetPeriodicTable().GetAtomicNumber
    lines = text.splitlines()
    rows = [line.split() for line in lines[2 : 2 + int(lines[0])]]
    return Geometry(
        numbers=np.array([number(row[0]) for row in rows], dtype=np.int64),
        positions=np.array([[float(x) for x in row[1:4]] for row in rows]),
        charge=charge,
    )


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """A molecule with all its hydrogens and its conformers, the lowest by force field first.

    Atoms of `conformers` stand in the order of `molecule`. `strain` are the force field's energies
    above the lowest, in kcal/mol; `force_field` is MMFF94, or UFF where MMFF94 lacks a parameter.
    """

    molecule: Any
    conformers: tuple[Geometry, ...]
    strain: tuple[float, ...]
    force_field: str


def embedded(smiles: str, *, seed: int, conformers: int = CONFORMERS) -> Embedded:
    """Conformers by ETKDGv3, relaxed by MMFF94 or UFF; those of one energy are one conformer.

    At most `conformers` come back: a rigid molecule has fewer. Trap: `seed` 0 makes all conformers
    alike, since RDKit multiplies it by a conformer's number; any molecule then has one. Sources:
    Wang and others, J. Chem. Inf. Model. 2020, 60, 2044 (ETKDGv3); Halgren, J. Comput. Chem. 1996,
    17, 490 (MMFF94); Rappé and others, J. Am. Chem. Soc. 1992, 114, 10024 (UFF). Raises
    CalculationFailed `no-geometry`.
    """
    from rdkit import Chem, rdBase

    from tertulia.discover.molecules.acid import read_smiles

    molecule = Chem.AddHs(read_smiles(smiles))
    with rdBase.BlockLogs():
        _place(molecule, seed=seed, conformers=conformers)
        force_field, energies = _relaxed(molecule)
    kept = _distinct(energies)
    return Embedded(
        molecule=molecule,
        conformers=tuple(geometry_of(molecule, conformer=one) for one in kept),
        strain=tuple(energies[one] - energies[kept[0]] for one in kept),
        force_field=force_field,
    )


def _distinct(energies: dict[int, float]) -> list[int]:
    """Conformers from the lowest up, of those with one energy the first."""
    kept: list[int] = []
    for one in sorted(energies, key=lambda conformer: (energies[conformer], conformer)):
        if not kept or energies[one] - energies[kept[-1]] > _SAME_ENERGY:
            kept.append(one)
    return kept


def geometry_of(molecule: Any, *, conformer: int = -1) -> Geometry:
    """The geometry of one conformer of RDKit's `molecule`, hydrogens being atoms of it."""
    return Geometry(
        numbers=np.array([atom.GetAtomicNum() for atom in molecule.GetAtoms()], dtype=np.int64),
        positions=np.array(molecule.GetConformer(conformer).GetPositions()),
        charge=sum(atom.GetFormalCharge() for atom in molecule.GetAtoms()),
    )


def _place(molecule: Any, *, seed: int, conformers: int) -> None:
    from rdkit.Chem import rdDistGeom

    # RDKit's own annotations call every attribute of it an EmbedParameters.
    parameters: Any = rdDistGeom.ETKDGv3()
    parameters.randomSeed = seed
    parameters.numThreads = 1
    # Cages and crowded rings are often found from random coordinates alone.
    for parameters.useRandomCoords in (False, True):
        if len(rdDistGeom.EmbedMultipleConfs(molecule, conformers, parameters)):
            return
    raise CalculationFailed(NO_GEOMETRY, "distance geometry finds no place for its atoms")


def _relaxed(molecule: Any) -> tuple[str, dict[int, float]]:
    """The force field's name and its energies in kcal/mol by conformer, all relaxed in place."""
    from rdkit.Chem import rdForceFieldHelpers as fields

    relax: Any
    if fields.MMFFHasAllMoleculeParams(molecule):
        name, relax = "MMFF94", fields.MMFFOptimizeMoleculeConfs
    elif fields.UFFHasAllMoleculeParams(molecule):
        name, relax = "UFF", fields.UFFOptimizeMoleculeConfs
    else:
        raise CalculationFailed(NO_GEOMETRY, "no force field has parameters for it")
    found = relax(molecule, numThreads=1, maxIters=_FORCE_FIELD_STEPS)
    conformers = [conformer.GetId() for conformer in molecule.GetConformers()]
    return name, {
        conformer: float(energy) for conformer, (_, energy) in zip(conformers, found, strict=True)
    }
