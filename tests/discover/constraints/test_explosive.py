"""Explosive motifs: what is known to explode is forbidden, what merely holds nitrogen is not."""

from __future__ import annotations

import pytest

from tertulia.discover.constraints.explosive import judge_explosive, oxygen_balance
from tertulia.discover.constraints.verdict import Verdict
from tertulia.discover.molecules.acid import read_smiles

TNT = "Cc1c([N+](=O)[O-])cc([N+](=O)[O-])cc1[N+](=O)[O-]"


def _judged(smiles: str) -> tuple[Verdict, ...]:
    return judge_explosive(read_smiles(smiles), nitro_groups=1, oxygen_balance_limit=-74.0)


def _forbidden(smiles: str) -> set[str | None]:
    return {verdict.code for verdict in _judged(smiles) if not verdict.passed}


def _remarks(smiles: str) -> set[str | None]:
    return {verdict.code for verdict in _judged(smiles) if verdict.passed and verdict.code}


@pytest.mark.parametrize(
    ("smiles", "code"),
    [
        ("[N-]=[N+]=Nc1ccccc1", "explosive-azide"),
        ("Cc1ccc(S(=O)(=O)N=[N+]=[N-])cc1", "explosive-azide"),
        ("CC(C)(C#N)N=NC(C)(C)C#N", "explosive-azo"),
        ("CCOC(=O)C=[N+]=[N-]", "explosive-diazo"),
        ("N#[N+]c1ccccc1", "explosive-diazonium"),
        ("C#[N+][O-]", "explosive-fulminate"),
        ("Cc1no[n+]([O-])c1C", "explosive-furoxan"),
        ("C#CI", "explosive-haloalkyne"),
        ("OCl(=O)(=O)=O", "explosive-halogen-oxide"),
        ("CC(C)(C)OCl", "explosive-hypohalite"),
        ("O=C1CCC(=O)N1Cl", "explosive-n-halogen"),
        ("CN[N+](=O)[O-]", "explosive-n-nitro"),
        ("CO[N+](=O)[O-]", "explosive-nitrate-ester"),
        ("CN(C)N=Nc1ccccc1", "explosive-nitrogen-chain"),
        ("c1cnnnc1", "explosive-nitrogen-chain"),
        ("n1nnn[nH]1", "explosive-nitrogen-chain"),
        ("CCC[N+](=O)[O-]", "explosive-nitroalkyl"),
        ("CC=[N+]([O-])O", "explosive-nitroalkyl"),
        ("O=Nc1ccccc1", "explosive-nitroso"),
        ("CC(=O)OO", "explosive-peroxide"),
        ("CC#CC#CC", "explosive-polyyne"),
        (TNT, "explosive-polynitro"),
        ("O=[N+]([O-])c1nnn[nH]1", "explosive-azole"),
        ("c1(nnn[nH]1)-c1nnn[nH]1", "explosive-azole"),
        ("O=[N+]([O-])c1ccc(S(=O)(=O)O)o1", "explosive-oxygen-balance"),
    ],
)
def test_what_can_explode_is_forbidden_by_its_code(smiles: str, code: str) -> None:
    assert code in _forbidden(smiles)


def test_the_dinitroacetic_acid_that_once_led_a_ranking_is_forbidden_four_times_over() -> None:
    assert _forbidden("OC(=O)C([N+](=O)[O-])[N+](=O)[O-]") == {
        "explosive-nitroalkyl",
        "explosive-oxygen-balance",
        "explosive-polynitro",
    }


@pytest.mark.parametrize(
    "smiles",
    [
        "N#CC1=C(C#N)C(C#N)C(C#N)=C1C#N",
        "N#CC(C#N)C#N",
        "c1c[nH]nn1",
        "c1ccc2[nH]nnc2c1",
        "N#Cc1[nH]nnc1C#N",
        "O=S(=O)(NS(=O)(=O)c1ccccc1)c1ccccc1",
        "O=S(=O)(O)c1ccc(N=Nc2ccccc2)cc1",
    ],
)
def test_cyano_groups_sulfonimides_triazoles_and_aromatic_azo_groups_are_none(smiles: str) -> None:
    (verdict,) = _judged(smiles)
    assert (verdict.passed, verdict.code) == (True, None)


def test_a_tetrazole_passes_with_a_remark() -> None:
    assert _forbidden("N#Cc1nnn[nH]1") == set()
    assert _remarks("N#Cc1nnn[nH]1") == {"explosive-tetrazole"}


def test_one_aromatic_nitro_group_asks_for_calorimetry_unless_little_of_the_molecule() -> None:
    assert _remarks("O=[N+]([O-])c1ccc(S(=O)(=O)O)cc1") == {"explosive-screening"}
    assert _remarks("O=[N+]([O-])c1ccc(CCCCCCCCCC)cc1") == set()
    assert _forbidden("O=[N+]([O-])c1ccc(S(=O)(=O)O)cc1") == set()


@pytest.mark.parametrize(
    ("smiles", "balance"),
    [
        (TNT, -73.97),
        ("C(C(CO[N+](=O)[O-])(CO[N+](=O)[O-])CO[N+](=O)[O-])O[N+](=O)[O-]", -10.12),
        ("C(CO[N+](=O)[O-])O[N+](=O)[O-]", 0.0),
        ("C[N+](=O)[O-]", -39.3),
    ],
)
def test_oxygen_balances_are_those_of_the_handbooks(smiles: str, balance: float) -> None:
    assert oxygen_balance(read_smiles(smiles)) == pytest.approx(balance, abs=0.05)


def test_the_brief_may_allow_more_nitro_groups() -> None:
    dinitro = read_smiles("O=[N+]([O-])c1cc([N+](=O)[O-])cc(S(=O)(=O)O)c1")
    found = judge_explosive(dinitro, nitro_groups=2, oxygen_balance_limit=0.0)
    assert [verdict.code for verdict in found] == ["explosive-screening"]
