"""Density functional theory on small pairs: known energies, stages that are kept, refusals."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from tertulia.campaign.workers import CalculationFailed
from tertulia.compute.task import order_for, perform
from tertulia.discover.physics import kohn_sham
from tertulia.discover.physics.dft import compute_dft
from tertulia.discover.physics.geometry import Geometry, embedded
from tertulia.discover.physics.kohn_sham import GroundState, Level
from tertulia.errors import MissingExtraError

SMALL = {"basis": "def2-svp", "grid": 0}


def pair(acid: str, anion: str) -> dict[str, Any]:
    return {
        "acid_xyz": embedded(acid, seed=1).conformers[0].xyz(),
        "anion_xyz": embedded(anion, seed=1).conformers[0].xyz(),
    }


@pytest.fixture(scope="module")
def formic() -> dict[str, Any]:
    return pair("OC=O", "[O-]C=O")


@pytest.fixture(scope="module")
def values(formic: dict[str, Any]) -> dict[str, Any]:
    return compute_dft({**formic, **SMALL})


def test_a_stronger_acid_gives_its_proton_for_less(values: dict[str, Any]) -> None:
    stronger = compute_dft({**pair("OS(=O)(=O)C", "[O-]S(=O)(=O)C"), **SMALL})
    # Without diffuse functions anions lie too high: measured gas-phase enthalpies of
    # deprotonation are 345 and 323 kcal/mol, some 8 below the electronic energies.
    assert 345 < values["deprotonation"] < 380
    assert 8 < values["deprotonation"] - stronger["deprotonation"] < 40
    assert values["anion_gap"] == pytest.approx(
        values["anion_lumo"] - values["anion_homo"], abs=2e-4
    )
    assert values["acid_functions"] == 3 * 14 + 2 * 5
    assert (values["functional"], values["dispersion"]) == ("pbe0", "none")


def test_diffuse_functions_hold_the_anions_electron(
    formic: dict[str, Any], values: dict[str, Any]
) -> None:
    compact = values
    diffuse = compute_dft({**formic, **SMALL, "basis": "def2-svpd"})
    assert diffuse["anion_homo"] < compact["anion_homo"]
    assert diffuse["deprotonation"] < compact["deprotonation"] - 5


def test_a_solvent_makes_it_easier() -> None:
    fluoride = {
        "acid_xyz": "2\n\nH 0.0 0.0 0.0\nF 0.0 0.0 0.917\n",
        "anion_xyz": "1\n\nF 0.0 0.0 0.0\n",
        **SMALL,
    }
    gas = compute_dft(fluoride)
    solvated = compute_dft({**fluoride, "solvent": "acetonitrile"})
    # Born's energy of a sphere of 1.5 Å is 108 kcal/mol.
    assert 70 < gas["deprotonation"] - solvated["deprotonation"] < 130
    assert solvated["anion_homo"] < gas["anion_homo"]
    assert solvated["bound"]


def test_a_kept_stage_is_not_done_again_and_changes_nothing(
    formic: dict[str, Any],
    values: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = values
    asked = {**formic, **SMALL, "folder": str(tmp_path / "stages")}
    assert compute_dft(asked) == plain
    kept = sorted(tmp_path.rglob("*.json"))
    assert len(kept) == 2
    # One stage is lost, as by a kill; only that is solved again.
    kept[0].unlink()
    solved: list[int] = []
    solve = kohn_sham.ground_state

    def noted(geometry: Geometry, level: Level) -> GroundState:
        solved.append(geometry.charge)
        return solve(geometry, level)

    monkeypatch.setattr("tertulia.discover.physics.dft.ground_state", noted)
    assert compute_dft(asked) == plain
    assert len(solved) == 1
    assert compute_dft({**asked, "grid": 1})["deprotonation"] != plain["deprotonation"]


def test_it_is_a_task_that_takes_and_gives_json(
    formic: dict[str, Any], values: dict[str, Any]
) -> None:
    name, version = order_for(compute_dft)
    told = json.loads(perform(name, version, json.dumps({**formic, **SMALL})))
    assert told == values


def test_what_does_not_converge_is_a_reason(
    formic: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kohn_sham, "_CYCLES", 1)
    with pytest.raises(CalculationFailed) as caught:
        compute_dft({**formic, **SMALL})
    assert caught.value.reason == "not-converged"
    assert caught.value.detail.startswith("acid: ")


def test_a_molecule_beyond_the_memory_is_a_reason(
    formic: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kohn_sham, "_MOST_FUNCTIONS", 20)
    with pytest.raises(CalculationFailed) as caught:
        compute_dft({**formic, **SMALL})
    assert caught.value.reason == "too-large"


def test_an_odd_electron_is_a_reason(formic: dict[str, Any]) -> None:
    with pytest.raises(CalculationFailed) as caught:
        compute_dft({**formic, "anion_xyz": formic["acid_xyz"], **SMALL})
    assert caught.value.reason == "open-shell"


@pytest.mark.parametrize("change", [{"functional": "pbe-0"}, {"solvent": "toluene"}])
def test_a_level_that_is_none_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="one of"):
        Level.of(change)


def test_without_pyscf_it_says_what_to_install(
    formic: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pyscf" else find(name)
    )
    with pytest.raises(MissingExtraError) as caught:
        compute_dft({**formic, **SMALL})
    assert caught.value.code == "discover.missing-extra"
    assert "tertulia[dft]" in str(caught.value)
