"""Acid strength by xTB: the order of known acids, the same each time, failures with reasons."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.molecules.acid import acid_of
from tertulia.discover.physics.acidity import LARGEST, compute_acidity
from tertulia.discover.physics.geometry import geometry_of_xyz


def computed(smiles: str, solvent: str = "acetonitrile") -> dict[str, Any]:
    """The task's values for an acid."""
    acid = acid_of(smiles)
    inputs = {"acid": acid.smiles, "anion": acid.anion, "solvent": solvent, "seed": 0}
    return compute_acidity(inputs)


def test_known_acids_stand_in_the_order_of_their_strength() -> None:
    energies = [
        computed(smiles)["deprotonation"]
        for smiles in (
            "N#CC1=C(C#N)C(C#N)=C(C#N)C1C#N",
            "OS(=O)(=O)C(F)(F)F",
            "OC(=O)C(F)(F)F",
            "CC(=O)O",
        )
    ]
    assert energies == sorted(energies)
    # The zero: the proton's own energy is left out.
    assert energies[1] == pytest.approx(97.1, abs=0.5)
    assert energies[3] == pytest.approx(131.0, abs=0.5)


def test_the_same_inputs_give_the_same_values_and_they_are_json() -> None:
    one, again = computed("CS(=O)(=O)O"), computed("CS(=O)(=O)O")
    assert json.dumps(one) == json.dumps(again)


def test_values_hold_energies_geometries_and_the_gap() -> None:
    values = computed("OC=O")
    assert values["deprotonation"] == pytest.approx(
        627.5094740631 * (values["anion_energy"] - values["acid_energy"]), abs=1e-3
    )
    assert len(geometry_of_xyz(values["acid_xyz"], charge=0).numbers) == 5
    assert len(geometry_of_xyz(values["anion_xyz"], charge=-1).numbers) == 4
    assert 2 < values["gap_ev"] < 10
    assert values["steps"] > 2
    assert values["force_fields"] == ["MMFF94", "MMFF94"]


def test_water_and_the_gas_phase_are_solvents_too() -> None:
    in_water, alone = computed("OC=O", "water"), computed("OC=O", "none")
    assert in_water["deprotonation"] + 30 < alone["deprotonation"]


def test_an_anion_that_falls_apart_fails_and_names_the_bond() -> None:
    with pytest.raises(CalculationFailed) as failure:
        computed("O=C(O)C([N+](=O)[O-])[N+](=O)[O-]")
    assert failure.value.reason == "connectivity-changed"
    assert failure.value.detail.startswith("anion: C2-C4 broken")


def test_what_is_too_large_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(CalculationFailed) as failure:
        computed("O=C(O)" + "C" * LARGEST)
    assert failure.value.reason == "too-large"
    assert str(LARGEST) in failure.value.detail
