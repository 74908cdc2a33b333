"""GFN2-xTB through tblite: its own numbers, a gradient that fits, one thread, honest refusals."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics.geometry import Geometry
from tertulia.discover.physics.xtb import BOHR, Xtb

# Water, Å; slightly bent out of its minimum.
WATER = Geometry(
    numbers=np.array([8, 1, 1]),
    positions=np.array([[0.0, 0.0, 0.0], [0.97, 0.0, 0.0], [-0.25, 0.94, 0.0]]),
    charge=0,
)


def test_the_energy_is_tblites_to_a_millionth_of_a_hartree() -> None:
    from tblite.interface import Calculator

    calculator = Calculator("GFN2-xTB", WATER.numbers, WATER.positions / BOHR)
    calculator.set("verbosity", 0)
    calculator.add("alpb-solvation", "acetonitrile")
    plain = calculator.singlepoint().get("energy")
    ours = Xtb(WATER, solvent="acetonitrile")(WATER.positions / BOHR).energy
    assert abs(ours - plain) < 1e-6


def test_the_gradient_is_the_energys_slope() -> None:
    surface, start = Xtb(WATER, solvent=None), WATER.positions / BOHR
    gradient = surface(start).gradient
    step = np.zeros((3, 3))
    step[1, 0] = 1e-3
    slope = (surface(start + step).energy - surface(start - step).energy) / 2e-3
    assert abs(slope - gradient[1, 0]) < 1e-4


def test_a_solvent_lowers_the_energy_of_an_anion_far_more_than_a_neutral_molecules() -> None:
    hydroxide = Geometry(numbers=WATER.numbers[:2], positions=WATER.positions[:2], charge=-1)
    lowered = {
        geometry.charge: Xtb(geometry, solvent=None)(geometry.positions / BOHR).energy
        - Xtb(geometry, solvent="water")(geometry.positions / BOHR).energy
        for geometry in (WATER, hydroxide)
    }
    assert lowered[-1] > 5 * lowered[0] > 0


def test_the_gap_is_in_electronvolts_and_of_the_last_geometry() -> None:
    surface = Xtb(WATER, solvent=None)
    surface(WATER.positions / BOHR)
    assert 12 < surface.gap_ev() < 17
    assert surface.calls == 1


def test_an_unknown_solvent_is_a_failed_calculation_with_tblites_words() -> None:
    with pytest.raises(CalculationFailed) as failure:
        Xtb(WATER, solvent="soup")
    assert failure.value.reason == "not-converged"
    assert "soup" in failure.value.detail


def test_libraries_are_held_to_one_thread() -> None:
    import threadpoolctl

    Xtb(WATER, solvent=None)
    assert {pool["num_threads"] for pool in threadpoolctl.threadpool_info()} == {1}
