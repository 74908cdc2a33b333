"""PFAS: each definition says of known molecules what its wording says."""

from __future__ import annotations

import pytest

from tertulia.discover.constraints.pfas import (
    Definition,
    carbon_fluorine_bonds,
    fully_fluorinated_carbons,
    is_pfas,
    judge_pfas,
)
from tertulia.discover.molecules.acid import read_smiles


@pytest.mark.parametrize(
    ("smiles", "is_one"),
    [
        ("OS(=O)(=O)C(F)(F)F", True),
        ("O=S(=O)(NS(=O)(=O)C(F)(F)F)C(F)(F)F", True),
        ("FC(F)(F)c1ccccc1", True),
        ("CC(F)(F)C", True),
        ("FC(F)(F)F", True),
        ("COC(F)(F)F", True),
        ("CC(F)F", False),
        ("CC(F)(F)Cl", False),
        ("FC(F)(Br)C(F)(F)I", False),
        ("[2H]C(F)(F)C", False),
        ("FC(F)=C(F)C(F)=C(F)F", False),
        ("Fc1c(F)c(F)c2c(F)c(F)c(F)c(F)c2c1F", False),
        ("O=S(=O)(F)NS(=O)(=O)F", False),
        ("FS(F)(F)(F)(F)c1ccccc1", False),
    ],
)
def test_the_oecd_asks_for_a_saturated_carbon_with_two_fluorines_and_no_other_halogen_or_h(
    smiles: str, is_one: bool
) -> None:
    assert is_pfas(read_smiles(smiles), "oecd-2021") is is_one


@pytest.mark.parametrize(
    "smiles",
    [
        "COC(F)(F)F",
        "FC(F)(F)Oc1ccccc1",
        "CN(C)C(F)(F)F",
        "NC(F)(F)F",
        "COC(F)(F)OC",
        "CC(F)(F)OC",
        "c1ccc2c(c1)OC(F)(F)O2",
        "CC(=O)OC(F)(F)SC",
    ],
)
def test_reach_spares_what_was_found_to_degrade_but_the_oecd_does_not(smiles: str) -> None:
    molecule = read_smiles(smiles)
    assert is_pfas(molecule, "oecd-2021")
    assert not is_pfas(molecule, "eu-reach")


@pytest.mark.parametrize(
    "smiles",
    [
        "OS(=O)(=O)C(F)(F)F",
        "FC(F)(F)c1ccccc1",
        "FC(F)(F)OC(F)(F)F",
        "CC(F)(F)C",
        "CSC(F)(F)F",
        "FC(F)(F)OC(C)C",
        "COC(F)(F)C(F)(F)F",
        "FC(F)(F)OCC(F)(F)F",
    ],
)
def test_reach_keeps_whatever_holds_one_carbon_of_no_exempted_kind(smiles: str) -> None:
    assert is_pfas(read_smiles(smiles), "eu-reach")


@pytest.mark.parametrize(
    ("smiles", "is_one"),
    [
        ("OS(=O)(=O)C(F)(F)C(F)(F)C(F)(F)C(F)(F)F", True),
        ("FC(F)(F)C(F)(C(F)(F)F)OC", True),
        ("FC(F)(F)OC(F)(F)C(=O)O", True),
        ("OC(=O)C(F)(F)C(F)(F)F", False),
        ("OS(=O)(=O)C(F)(F)F", False),
        ("FC(F)(F)CCC(F)(F)F", False),
    ],
)
def test_the_drinking_water_directive_asks_for_three_carbons_or_an_ether(
    smiles: str, is_one: bool
) -> None:
    assert is_pfas(read_smiles(smiles), "eu-drinking-water") is is_one


def test_every_carbon_and_every_bond_to_fluorine_is_counted() -> None:
    molecule = read_smiles("OS(=O)(=O)C(F)(F)C(F)(F)c1ccc(F)cc1")
    assert len(fully_fluorinated_carbons(molecule)) == 2
    assert carbon_fluorine_bonds(molecule) == 5


@pytest.mark.parametrize("definition", ["eu-drinking-water", "none"])
def test_what_only_the_oecd_calls_a_pfas_passes_with_a_remark(definition: Definition) -> None:
    (verdict,) = judge_pfas(read_smiles("OS(=O)(=O)C(F)(F)F"), definition, None)
    assert verdict.passed
    assert verdict.code == "pfas-oecd-2021"


def test_bonds_beyond_the_limit_are_a_finding_of_their_own() -> None:
    pentafluorophenyl = read_smiles("OS(=O)(=O)c1c(F)c(F)c(F)c(F)c1F")
    (verdict,) = judge_pfas(pentafluorophenyl, "oecd-2021", 3)
    assert (verdict.passed, verdict.code) == (False, "carbon-fluorine")
    assert verdict.text == "Carbon-fluorine bonds: 5; allowed: 3."
    (verdict,) = judge_pfas(pentafluorophenyl, "oecd-2021", 5)
    assert (verdict.passed, verdict.code) == (True, None)
