"""What the dear tiers would cost, said before a person lets them run."""

from __future__ import annotations

from tertulia.discover.molecules.acid import acid_of, read_smiles

_FUNCTIONS = {1: 8, 5: 20, 6: 20, 7: 20, 8: 23, 9: 23, 14: 24, 15: 24, 16: 27, 17: 27}
"""Basis functions of def2-SVPD by atomic number."""
_FUNCTIONS_OF_OTHERS = 41
_TOSYLATE = 292
"""Basis functions at which the seconds of density functional theory are told."""
_SCF, _SCF_POWER = 27.0, 2.8
_STATE, _STATE_POWER = 5.5, 3.8
_MINIMAL_SHARE = 0.1
_CATION_ATOMS = 34
_PAIR, _PAIR_ATOMS, _PAIR_POWER = 18.0, 42, 1.7
_MINIMUM, _MINIMUM_ATOMS = 0.15, 20
_MOST_MINIMA = 5


def costs(smiles: str, *, states: int = 10) -> dict[str, float]:
    """CPU seconds, one thread, that each tier is expected to take for an acid or its anion.

    Of defaults: conformers (up to five of acid and anion), ion_pair, dft (PBE0/def2-SVPD, both),
    excitations_ris and excitations_tda (`states` of the anion, its orbitals included). Rough: from
    `benchmarks/validation_tiers` by powers of the number of atoms or basis functions; another
    machine, or electrons that are slow to converge, can make it twice or half as much.

    Raises DataError `discover.smiles-unreadable` and `discover.not-an-acid`.
    """
    from rdkit import Chem
    from rdkit.Chem.rdMolDescriptors import CalcNumRotatableBonds

    acid = acid_of(smiles)
    molecule = Chem.AddHs(read_smiles(acid.anion))
    atoms = int(molecule.GetNumAtoms())
    minima = min(_MOST_MINIMA, 1 + 2 * int(CalcNumRotatableBonds(molecule)))
    relative = basis_functions(acid.anion) / _TOSYLATE
    scf = _SCF * relative**_SCF_POWER
    response = _STATE * states * relative**_STATE_POWER
    found = {
        "conformers": 2 * minima * _MINIMUM * (atoms / _MINIMUM_ATOMS) ** 2,
        "ion_pair": _PAIR * ((_CATION_ATOMS + atoms) / _PAIR_ATOMS) ** _PAIR_POWER,
        "dft": 2 * scf,
        "excitations_ris": scf * (1 + _MINIMAL_SHARE),
        "excitations_tda": scf * (1 + _MINIMAL_SHARE) + response,
    }
    return {tier: round(seconds, 2) for tier, seconds in found.items()}


def basis_functions(smiles: str) -> int:
    """How many functions def2-SVPD has for a molecule with all its hydrogens."""
    from rdkit import Chem

    molecule = Chem.AddHs(read_smiles(smiles))
    return sum(
        _FUNCTIONS.get(atom.GetAtomicNum(), _FUNCTIONS_OF_OTHERS) for atom in molecule.GetAtoms()
    )
