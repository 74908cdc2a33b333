"""The judge: all constraints speak, no failure hides another, and the brief has the last word."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tertulia.discover.constraints import labile
from tertulia.discover.constraints.anchors import ANCHORS, anchor_anions
from tertulia.discover.constraints.judge import CODES, CONSTRAINTS, Limits, Verdict, judge
from tertulia.discover.molecules.acid import acid_of, read_smiles
from tertulia.messages import LANGUAGES, reading

DINITROACETIC = "OC(=O)C([N+](=O)[O-])[N+](=O)[O-]"


def _forbidden(smiles: str, limits: Limits | None = None) -> list[str | None]:
    return [one.code for one in judge(acid_of(smiles), limits or Limits()) if not one.passed]


def test_every_constraint_says_something_in_their_order() -> None:
    said = [verdict.constraint for verdict in judge(acid_of(ANCHORS["tosylate"]), Limits())]
    assert list(dict.fromkeys(said)) == list(CONSTRAINTS)


def test_a_failure_hides_no_other() -> None:
    assert _forbidden(DINITROACETIC) == [
        "explosive-nitroalkyl",
        "explosive-polynitro",
        "explosive-oxygen-balance",
        "labile-decarboxylates",
    ]


@pytest.mark.parametrize(
    ("anchor", "codes"),
    [
        ("triflate", ["pfas-oecd-2021"]),
        ("nonaflate", ["pfas-oecd-2021", "carbon-fluorine"]),
        ("tosylate", []),
        ("pentacyanocyclopentadienide", []),
    ],
)
def test_of_the_anchors_only_the_pfas_are_forbidden(anchor: str, codes: list[str]) -> None:
    assert _forbidden(ANCHORS[anchor]) == codes


def test_anchors_are_written_as_candidates_are() -> None:
    assert anchor_anions() == {acid_of(smiles).anion for smiles in ANCHORS.values()}
    assert len(anchor_anions()) == len(ANCHORS)


@pytest.mark.parametrize(
    "smiles",
    [
        "N#CC(C#N)C#N",
        "N#CC1=C(C#N)C(C#N)C(C)=C1C#N",
        "O=S(=O)(NS(=O)(=O)c1ccccc1)c1ccccc1",
        "N#CNS(=O)(=O)c1ccccc1",
        "CC1(C)C2CCC1(CS(=O)(=O)O)C(=O)C2",
        "N#CC(C#N)S(=O)(=O)c1ccccc1",
        "O=[N+]([O-])c1ccc(S(=O)(=O)O)cc1",
        "N#Cc1[nH]nnc1C#N",
    ],
)
def test_the_chemistry_that_is_sought_passes(smiles: str) -> None:
    assert _forbidden(smiles) == []


def test_an_anchor_is_exempt_from_the_limit_of_accessibility() -> None:
    strict = Limits(accessibility=1.0)
    assert "accessibility" in _forbidden("CCS(=O)(=O)O", strict)
    assert "accessibility" not in _forbidden(ANCHORS["tosylate"], strict)


def test_the_brief_waives_a_code_or_a_constraint_and_the_finding_remains() -> None:
    limits = Limits(waived=("explosive", "labile-decarboxylates"))
    assert _forbidden(DINITROACETIC, limits) == []
    waived = [one for one in judge(acid_of(DINITROACETIC), limits) if one.waived]
    assert [one.code for one in waived] == _forbidden(DINITROACETIC)
    assert all(one.text.endswith("The brief allows it.") for one in waived)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"waived": ("explosives",)}, "no constraint and no code"),
        ({"elements": ("C", "Xx")}, "Xx is no chemical element"),
        ({"pfas": "oecd"}, "oecd-2021"),
        ({"min_heavy_atoms": 30, "max_heavy_atoms": 20}, "above max_heavy_atoms"),
        ({"accessibility": 11}, "less than or equal to 10"),
        ({"accessability": 4}, "Extra inputs"),
    ],
)
def test_limits_that_mean_nothing_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Limits(**changes)


def test_limits_are_the_briefs() -> None:
    assert _forbidden(ANCHORS["triflate"], Limits(pfas="eu-drinking-water")) == []
    assert _forbidden(ANCHORS["nonaflate"], Limits(pfas="none", carbon_fluorine=None)) == []
    assert "structure-elements" in _forbidden(ANCHORS["tosylate"], Limits(elements=("C", "H")))
    assert "structure-too-large" in _forbidden(ANCHORS["tosylate"], Limits(max_heavy_atoms=10))


def test_reasons_are_counted_with_ease() -> None:
    acids = [acid_of(smiles) for smiles in (*ANCHORS.values(), DINITROACETIC)]
    reasons = Counter(one.code for acid in acids for one in judge(acid, Limits()) if not one.passed)
    assert reasons["pfas-oecd-2021"] == 2
    assert reasons["explosive-polynitro"] == 1


def test_codes_are_unique_and_begin_with_their_constraint() -> None:
    assert len(set(CODES)) == len(CODES)
    assert set(CODES) & set(CONSTRAINTS) <= {"accessibility", "critical-elements"}
    assert all(code.startswith("labile-") for code in labile.CODES)


def test_every_finding_has_a_registered_code_and_a_whole_sentence_in_every_language() -> None:
    smiles = [
        *ANCHORS.values(),
        DINITROACETIC,
        "[13CH3]c1ccc(S(=O)(=O)O)cc1",
        "CC1CC1=C=C1CCCCCCCCC1C(O)(C#N)CS(=O)(=O)O",
        "CP(=O)(O)O",
        "Oc1ccc(O)cc1",
        "O=Cc1nnn[nH]1",
    ]
    said: list[Verdict] = [one for each in smiles for one in judge(acid_of(each), Limits())]
    assert {one.code for one in said} - {*CODES, None} == set()
    english = {one.text for one in said}
    for language in LANGUAGES:
        with reading(language):
            texts = {one.text for one in said}
        assert all(text and "{" not in text for text in texts), language
        assert texts == english if language == "en" else not texts & english, language


@given(st.sampled_from([*ANCHORS.values(), DINITROACETIC, "N#CC(C#N)C#N"]), st.integers(0, 10**6))
def test_however_a_molecule_is_written_the_judgement_is_the_same(smiles: str, seed: int) -> None:
    from rdkit import Chem

    molecule = read_smiles(smiles)
    order = list(range(molecule.GetNumAtoms()))
    random.Random(seed).shuffle(order)
    written = Chem.MolToSmiles(Chem.RenumberAtoms(molecule, order), canonical=False)
    assert judge(acid_of(written), Limits()) == judge(acid_of(smiles), Limits())
