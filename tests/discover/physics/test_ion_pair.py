"""The ion pair with triphenylsulfonium: placed in contact, bound, its ions whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics import ion_pair
from tertulia.discover.physics.connectivity import changes
from tertulia.discover.physics.geometry import Geometry, geometry_of_xyz
from tertulia.discover.physics.ion_pair import TRIPHENYLSULFONIUM, compute_ion_pair, placements
from tertulia.discover.physics.xtb import HARTREE_KCAL

ASKED = {"anion": "[O-]C=O", "solvent": "acetonitrile", "seed": 0, "placements": 6, "optimised": 1}
FORMATE = Geometry(
    numbers=np.array([8, 6, 8, 1]),
    positions=np.array([[1.1, -0.4, 0], [0, 0.2, 0], [-1.1, -0.4, 0], [0, 1.3, 0.0]]),
    charge=-1,
)
SULFONIUM = Geometry(
    numbers=np.array([16, 6, 6, 6]),
    positions=np.array([[0, 0, 0.5], [1.7, 0, 0], [-0.85, 1.47, 0], [-0.85, -1.47, 0]]),
    charge=1,
)


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    return compute_ion_pair(ASKED)


def test_it_is_bound_and_its_ions_are_whole(values: dict[str, Any]) -> None:
    assert -60 < values["binding"] < -5
    apart = values["cation_energy"] + values["anion_energy"]
    expected = (values["pair_energy"] - apart) * HARTREE_KCAL
    assert values["binding"] == pytest.approx(expected, abs=1e-3)
    assert values["gap_ev"] > 0.5
    pair = geometry_of_xyz(values["pair_xyz"], charge=0)
    assert len(pair.numbers) == 34 + 4
    sulfur = pair.positions[np.flatnonzero(pair.numbers[:34] == 16)[0]]
    heavy = 34 + np.flatnonzero(pair.numbers[34:] > 1)
    nearest = np.linalg.norm(pair.positions[heavy] - sulfur, axis=1).min()
    assert values["sulfur_distance"] == pytest.approx(nearest, abs=1e-3)
    assert values["nearest_atom"] in {"O", "C"}
    assert TRIPHENYLSULFONIUM in values["pair_xyz"].splitlines()[1]


def test_placements_touch_without_overlap_on_all_sides() -> None:
    found = placements(SULFONIUM, FORMATE, count=40, seed=5)
    radii = {1: 1.2, 6: 1.7, 8: 1.55, 16: 1.8}
    sides = []
    for geometry in found:
        assert geometry.charge == 0
        cation, anion = geometry.positions[:4], geometry.positions[4:]
        reach = np.array(
            [[radii[a] + radii[b] for b in FORMATE.numbers] for a in SULFONIUM.numbers]
        )
        nearest = np.linalg.norm(cation[:, None] - anion[None], axis=2) / reach
        assert nearest.min() == pytest.approx(0.92, abs=0.02)
        inside = np.linalg.norm(anion[:, None] - anion[None], axis=2)
        given = np.linalg.norm(FORMATE.positions[:, None] - FORMATE.positions[None], axis=2)
        np.testing.assert_allclose(inside, given, atol=1e-9)
        sides.append(anion.mean(axis=0)[2] > 0)
    assert 5 < sum(sides) < 35


def test_a_seed_repeats_itself_and_another_does_not() -> None:
    one, again, other = (
        placements(SULFONIUM, FORMATE, count=2, seed=seed)[1].positions for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)


def test_a_pair_without_a_minimum_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ion_pair, "_STEPS", 1)
    with pytest.raises(CalculationFailed) as caught:
        compute_ion_pair({**ASKED, "placements": 2})
    assert caught.value.reason == "not-converged"


def test_ions_that_react_are_no_pair(values: dict[str, Any]) -> None:
    pair = geometry_of_xyz(values["pair_xyz"], charge=0)
    bonds = ion_pair._bonds("[O-]C=O")
    assert changes(pair, bonds) == ()
    # The anion's first oxygen is put where it would bond to the sulfur.
    sulfur = int(np.flatnonzero(pair.numbers[:34] == 16)[0])
    away = pair.positions[34] - pair.positions[sulfur]
    moved = pair.positions.copy()
    moved[34:] -= away * (1 - 1.7 / np.linalg.norm(away))
    reacted = Geometry(numbers=pair.numbers, positions=moved, charge=0)
    assert f"S{sulfur + 1}-O35 made" in changes(reacted, bonds)


def test_an_anion_too_large_is_refused() -> None:
    with pytest.raises(CalculationFailed) as caught:
        compute_ion_pair({**ASKED, "anion": "[O-]C(=O)" + "C" * 30})
    assert caught.value.reason == "too-large"
