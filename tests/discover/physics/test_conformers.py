"""Conformers: distinct minima, weighed as at 298 K, and what is lost on the way is counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics import conformers
from tertulia.discover.physics.acidity import compute_acidity
from tertulia.discover.physics.conformers import compute_conformers, ensemble, same, weights
from tertulia.discover.physics.geometry import Geometry
from tertulia.discover.physics.optimiser import Optimised, minimise
from tertulia.discover.physics.xtb import HARTREE_KCAL

FLEXIBLE = {"acid": "OC(=O)CCO", "anion": "[O-]C(=O)CCO", "solvent": "water", "seed": 0}


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    return compute_conformers(FLEXIBLE)


def test_a_flexible_acid_has_several_and_they_differ(values: dict[str, Any]) -> None:
    for of in ("acid", "anion"):
        energies = np.array(values[f"{of}_energies"])
        assert 2 <= values[f"{of}_conformers"] == len(energies) <= 5
        assert np.all(np.diff(energies) > 0)
        assert values[f"{of}_spread"] == pytest.approx(
            (energies[-1] - energies[0]) * HARTREE_KCAL, abs=1e-3
        )
        assert sum(values[f"{of}_weights"]) == pytest.approx(1, abs=1e-3)
        assert values[f"{of}_weights"] == sorted(values[f"{of}_weights"], reverse=True)


def test_the_mean_is_boltzmanns(values: dict[str, Any]) -> None:
    mean = {
        of: float(weights(np.array(values[f"{of}_energies"])) @ np.array(values[f"{of}_energies"]))
        for of in ("acid", "anion")
    }
    expected = (mean["anion"] - mean["acid"]) * HARTREE_KCAL
    assert values["deprotonation"] == pytest.approx(expected, abs=1e-3)
    assert values["deprotonation"] != values["lowest_deprotonation"]


def test_a_rigid_acid_has_one_and_agrees_with_the_cheaper_tier() -> None:
    rigid = {"acid": "OC=O", "anion": "[O-]C=O", "solvent": "acetonitrile", "seed": 3}
    values = compute_conformers({**rigid, "count": 2})
    assert values["anion_conformers"] == 1
    assert values["lowest_deprotonation"] == pytest.approx(
        compute_acidity(rigid)["deprotonation"], abs=0.1
    )


def test_a_seed_repeats_itself(values: dict[str, Any]) -> None:
    assert compute_conformers(FLEXIBLE) == values


def test_weights_follow_the_energies() -> None:
    found = weights(np.array([-5.0, -5.0 + 0.5924849 / HARTREE_KCAL]))
    np.testing.assert_allclose(found[1] / found[0], np.exp(-1), rtol=1e-6)


def test_a_turned_minimum_is_the_same_and_a_bent_one_is_another() -> None:
    places = np.array([[0.0, 0, 0], [1.2, 0, 0], [1.8, 1.1, 0.3], [0.2, -0.9, 1.4]])
    quarter = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])

    def minimum(positions: Any, energy: float) -> Optimised:
        geometry = Geometry(numbers=np.array([8, 6, 1, 9]), positions=positions, charge=0)
        return Optimised(geometry=geometry, energy=energy, gradient_norm=0.0, steps=1)

    one = minimum(places, -1.0)
    assert same(one, minimum(places @ quarter.T + 3.0, -1.001))
    bent = places.copy()
    bent[3] = [0.2, -0.9, -1.4]
    assert not same(one, minimum(bent, -1.001))


def test_starts_that_fail_are_counted_and_all_of_them_are_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def failing_first(*given: Any) -> Optimised:
        tried.append(given)
        if len(tried) == 1:
            raise CalculationFailed("not-converged", "as asked")
        return minimise(*given)

    monkeypatch.setattr(conformers, "minimise", failing_first)
    found = ensemble("OC(=O)CCO", solvent=None, seed=0, count=2, of="acid")
    assert found.lost == {"not-converged": 1}
    assert len(found.minima) + found.above == 2

    def failing(*_: Any) -> Optimised:
        raise CalculationFailed("not-converged", "as asked")

    monkeypatch.setattr(conformers, "minimise", failing)
    with pytest.raises(CalculationFailed) as caught:
        ensemble("OC=O", solvent=None, seed=0, count=2, of="acid")
    assert caught.value.reason == "not-converged"
    assert caught.value.detail == "acid: as asked"


def test_a_molecule_that_falls_apart_is_no_conformer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformers, "changes", lambda geometry, bonds: ("O1-H2 broken",))
    with pytest.raises(CalculationFailed) as caught:
        ensemble("OC=O", solvent=None, seed=0, count=2, of="acid")
    assert caught.value.reason == "connectivity-changed"
