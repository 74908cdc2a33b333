"""Excited states against PySCF's own, the minimal response beside the exact one, absorption."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics import excitations
from tertulia.discover.physics.excitations import absorptivity, compute_excitations
from tertulia.discover.physics.geometry import Geometry, embedded
from tertulia.discover.physics.kohn_sham import Level, ground_state, solved
from tertulia.discover.physics.response import Orbitals, exact_response
from tertulia.discover.physics.slater_radii import slater_radius

SMALL = {"basis": "def2-svp", "grid": 0, "states": 3}


@pytest.fixture(scope="module")
def formaldehyde() -> Geometry:
    return embedded("C=O", seed=1).conformers[0]


@pytest.fixture(scope="module")
def asked(formaldehyde: Geometry) -> dict[str, Any]:
    return {"xyz": formaldehyde.xyz(), "charge": 0, "method": "tda", **SMALL}


@pytest.mark.parametrize("functional", ["pbe0", "b3lyp", "pbe"])
def test_the_exact_response_is_pyscfs(formaldehyde: Geometry, functional: str) -> None:
    from pyscf import tdscf

    level = Level(functional=functional, basis="def2-svp", grid=1)
    field = solved(formaldehyde, level, ground_state(formaldehyde, level))
    orbitals = Orbitals(field)
    random = np.random.Generator(np.random.PCG64(3))
    vectors = random.standard_normal((2, *orbitals.gaps.shape))
    theirs, _ = tdscf.TDA(field).gen_vind(field)
    expected = theirs(vectors.reshape(2, -1)).reshape(vectors.shape)
    ours = exact_response(field, orbitals, grid=1)(vectors)
    np.testing.assert_allclose(ours, expected, atol=1e-10)


@pytest.fixture(scope="module")
def values(asked: dict[str, Any]) -> dict[str, Any]:
    return compute_excitations(asked)


def test_formaldehyde_absorbs_weakly_near_300_nm(values: dict[str, Any]) -> None:
    first, *others = values["states"]
    # Measured: n→π* near 3.9 to 4.1 eV, forbidden.
    assert first["ev"] == pytest.approx(4.0, abs=0.3)
    assert first["nm"] == pytest.approx(1239.842 / first["ev"], abs=0.1)
    assert first["strength"] < 1e-3
    assert all(state["ev"] > first["ev"] for state in others)
    assert values["highest_ev"] == values["states"][-1]["ev"]


def test_the_minimal_response_is_near_the_exact_one(
    asked: dict[str, Any], values: dict[str, Any]
) -> None:
    exact = values["states"]
    minimal = compute_excitations({**asked, "method": "ris"})["states"]
    assert minimal != exact
    for one, other in zip(minimal, exact, strict=True):
        assert one["ev"] == pytest.approx(other["ev"], abs=0.3)


def test_an_anion_is_told_where_its_electron_leaves() -> None:
    mesylate = embedded("CS(=O)(=O)[O-]", seed=1).conformers[0]
    values = compute_excitations(
        {"xyz": mesylate.xyz(), "charge": -1, "method": "ris", **SMALL, "states": 12}
    )
    assert len(values["states"]) == 12
    assert 0 < values["bound_below_ev"] < values["states"][0]["ev"]
    assert values["absorptivity_193"] > values["absorptivity_248"] >= 0


def test_a_kept_stage_changes_nothing(
    asked: dict[str, Any], values: dict[str, Any], tmp_path: Path
) -> None:
    plain = values
    kept = {**asked, "folder": str(tmp_path)}
    assert compute_excitations(kept) == plain
    (lost,) = tmp_path.glob("excitations-*.json")
    lost.unlink()
    assert compute_excitations(kept) == plain
    assert {path.name.split("-")[0] for path in tmp_path.iterdir()} == {"orbitals", "excitations"}


def test_a_band_has_the_area_of_its_strength() -> None:
    states = [{"ev": 5.0, "strength": 0.3}]
    lines = 1239.8419843 / np.linspace(2.0, 8.0, 2001)
    area = sum(absorptivity(states, line) for line in lines) * (6.0 / 2000) * 8065.544
    # f = 4.319e-9 ∫ε dν̃ (L/(mol·cm), cm⁻¹).
    assert 4.319e-9 * area == pytest.approx(0.3, rel=1e-3)


def test_a_shift_moves_the_band_and_not_the_states(
    asked: dict[str, Any], values: dict[str, Any]
) -> None:
    states = [{"ev": 7.0, "strength": 0.5}]
    line = 1239.8419843 / 6.3
    top = absorptivity(states, line, shift=-0.7)
    assert absorptivity(states, line) == pytest.approx(
        top * math.exp(-((0.7 / 0.4) ** 2)), rel=1e-3
    )
    shifted = compute_excitations({**asked, "shift_ev": -0.7})
    assert shifted["states"] == values["states"]


def test_states_that_are_not_found_are_a_reason(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excitations, "_RESIDUAL", 1e-40)
    with pytest.raises(CalculationFailed) as caught:
        compute_excitations({**asked, "method": "ris"})
    assert caught.value.reason == "not-converged"


@pytest.mark.parametrize(
    ("symbol", "angstrom"), [("H", 0.5292), ("C", 0.6513), ("S", 0.8739), ("I", 1.1141)]
)
def test_radii_by_slaters_rules_are_the_published_ones(symbol: str, angstrom: float) -> None:
    assert slater_radius(symbol) * 0.529177 == pytest.approx(angstrom, abs=1e-4)


@pytest.mark.parametrize("symbol", ["Fe", "Pd", "Cs"])
def test_other_elements_have_none(symbol: str) -> None:
    with pytest.raises(ValueError, match="no main-group element"):
        slater_radius(symbol)
