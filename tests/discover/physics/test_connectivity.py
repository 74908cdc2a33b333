"""A geometry that is another molecule is found: bonds that broke, that were made, moved protons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics.connectivity import bonds_of, changes, require_unchanged
from tertulia.discover.physics.geometry import Embedded, Geometry, embedded

ANIONS = (
    "O=S(=O)([O-])C(F)(F)F",
    "Cc1ccc(cc1)S(=O)(=O)[O-]",
    "N#Cc1c(C#N)c(C#N)[c-](C#N)c1C#N",
    "O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F",
    "O=C([O-])C12CC(C1)C2",
    "O=C([O-])c1ccccc1I",
)


def moved(molecule: Embedded, atom: int, to: np.ndarray) -> Geometry:
    """Its geometry with one atom elsewhere, Å."""
    geometry = molecule.conformers[0]
    positions = geometry.positions.copy()
    positions[atom] = to
    return replace(geometry, positions=positions)


@pytest.mark.parametrize("smiles", ANIONS)
def test_a_molecule_as_it_is_written_has_not_changed(smiles: str) -> None:
    molecule = embedded(smiles, seed=0)
    assert changes(molecule.conformers[0], bonds_of(molecule.molecule)) == ()


def test_a_lost_group_is_a_broken_bond_that_is_named() -> None:
    molecule = embedded("CCl", seed=0)
    carbon, chlorine = molecule.conformers[0].positions[:2]
    away = moved(molecule, 1, carbon + 2.0 * (chlorine - carbon))
    assert changes(away, bonds_of(molecule.molecule)) == ("C1-Cl2 broken",)
    with pytest.raises(CalculationFailed) as failure:
        require_unchanged(away, bonds_of(molecule.molecule), of="anion")
    assert failure.value.reason == "connectivity-changed"
    assert failure.value.detail == "anion: C1-Cl2 broken"


def test_a_proton_that_went_over_is_found_though_its_old_place_is_near() -> None:
    acid = embedded("OC(=O)C(=O)[O-]", seed=0)
    bonds = bonds_of(acid.molecule)
    geometry = acid.conformers[0]
    proton = next(
        other for one, other in sorted(bonds) if one == 0 and geometry.numbers[other] == 1
    )
    others = [atom for atom in np.flatnonzero(geometry.numbers == 8) if atom != 0]
    near = min(others, key=lambda atom: np.linalg.norm(geometry.positions[atom]))
    between = geometry.positions[0] - geometry.positions[near]
    over = moved(acid, proton, geometry.positions[near] + between / np.linalg.norm(between))
    assert f"H{proton + 1}" in " ".join(changes(over, bonds))
    assert any(change.endswith("made") for change in changes(over, bonds))


def test_a_hydrogen_bond_is_no_bond() -> None:
    salicylate = embedded("O=C([O-])c1ccccc1O", seed=0)
    geometry = salicylate.conformers[0]
    bonds = bonds_of(salicylate.molecule)
    oxygen = geometry.numbers.tolist().index(8)
    proton = max(other for one, other in bonds if geometry.numbers[other] == 1 and one > 8)
    owner = next(one for one, other in bonds if other == proton)
    along = geometry.positions[oxygen] - geometry.positions[owner]
    short = moved(
        salicylate, proton, geometry.positions[owner] + 1.05 * along / np.linalg.norm(along)
    )
    assert not any("made" in change for change in changes(short, bonds))


def test_two_atoms_that_came_together_are_a_bond_made() -> None:
    molecule = embedded("CCCCC", seed=0)
    geometry = molecule.conformers[0]
    first, second = geometry.positions[:2]
    sideways = np.cross(second - first, [0.3, 0.5, 0.8])
    near = moved(molecule, 4, first + 1.5 * sideways / np.linalg.norm(sideways))
    assert "C1-C5 made" in changes(near, bonds_of(molecule.molecule))
