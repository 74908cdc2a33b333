"""The minimiser: it finds minima, says when it does not, and starts from a sound model Hessian."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics.geometry import FloatArray, Geometry, embedded
from tertulia.discover.physics.optimiser import GRADIENT_NORM, minimise
from tertulia.discover.physics.optimiser_hessian import model_hessian
from tertulia.discover.physics.xtb import BOHR, Surface, Xtb

MOLECULES = ("CCO", "C#N", "N#Cc1ccccc1", "OS(=O)(=O)C(F)(F)F", "C[N+](C)(C)C", "CC#CC")


def bonded_pair(positions: FloatArray) -> Surface:
    """Two atoms whose energy is (r - 2)², r in bohr."""
    along = positions[1] - positions[0]
    length = float(np.linalg.norm(along))
    pull = 2 * (length - 2.0) * along / length
    return Surface(energy=(length - 2.0) ** 2, gradient=np.array([-pull, pull]))


def test_the_minimum_of_a_known_surface_is_found() -> None:
    start = Geometry(
        numbers=np.array([6, 8]), positions=np.array([[0, 0, 0], [0.3, 0.9, 1.1]]), charge=0
    )
    found = minimise(bonded_pair, start)
    distance = np.linalg.norm(found.geometry.positions[1] - found.geometry.positions[0]) / BOHR
    assert abs(distance - 2.0) < 1e-3
    assert found.energy < 1e-6


def test_an_acid_ends_below_its_start_with_no_force_left() -> None:
    start = embedded("OS(=O)(=O)C(F)(F)F", seed=0).conformers[0]
    surface = Xtb(start, solvent="acetonitrile")
    found = minimise(surface, start)
    assert found.energy < surface(start.positions / BOHR).energy
    assert found.gradient_norm < GRADIENT_NORM
    again = surface(found.geometry.positions / BOHR)
    assert abs(again.energy - found.energy) < 1e-5
    assert np.linalg.norm(again.gradient) < 1.2 * GRADIENT_NORM


def test_a_start_at_the_minimum_is_left_in_place() -> None:
    start = embedded("CC(=O)[O-]", seed=0).conformers[0]
    surface = Xtb(start, solvent="water")
    first = minimise(surface, start)
    again = minimise(surface, first.geometry)
    assert again.steps <= 2
    assert abs(again.energy - first.energy) < 1e-5


def test_steps_that_do_not_suffice_are_a_failed_calculation() -> None:
    start = embedded("CCO", seed=0).conformers[0]
    with pytest.raises(CalculationFailed) as failure:
        minimise(Xtb(start, solvent=None), start, steps=1)
    assert failure.value.reason == "not-converged"


@pytest.mark.parametrize("smiles", MOLECULES)
def test_the_model_hessian_neither_resists_shifts_nor_turns_nor_has_hills(smiles: str) -> None:
    geometry = embedded(smiles, seed=0).conformers[0]
    positions = geometry.positions / BOHR
    hessian = model_hessian(geometry.numbers, positions)
    assert np.allclose(hessian, hessian.T)
    assert np.linalg.eigvalsh(hessian)[0] > -1e-9
    # Of an angle that is almost straight the model takes the bends of a straight one.
    straight = 2e-2 if "#" in smiles else 1e-9
    for axis in np.eye(3):
        shift = np.tile(axis, len(positions))
        turn = np.cross(axis, positions).ravel()
        assert np.abs(hessian @ shift).max() < 1e-9
        assert np.abs(hessian @ turn).max() < straight


def test_the_model_hessian_is_stiffest_along_bonds() -> None:
    geometry = embedded("C#N", seed=0).conformers[0]
    values = np.linalg.eigvalsh(model_hessian(geometry.numbers, geometry.positions / BOHR))
    # Five motions of the whole, two bends, two stretches.
    assert (values[:5] < 1e-9).all()
    assert (values[5:7] > 0.01).all()
    assert values[-1] > 0.5
