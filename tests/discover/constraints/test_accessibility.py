"""Accessibility: RDKit's score, exempt anchors, and what happens without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.discover.constraints import accessibility
from tertulia.discover.constraints.accessibility import judge_accessibility
from tertulia.errors import DataError, MissingExtraError

HARD = "N#CC1=C2C(C#N)(C34CC3C4)OC2(C#N)SC1(C#N)P(=O)(O)O"


@pytest.mark.parametrize(
    ("smiles", "score"),
    [
        ("Cc1ccc(S(=O)(=O)[O-])cc1", 2.30),
        ("O=S(=O)([O-])C(F)(F)F", 3.08),
        ("N#Cc1c(C#N)c(C#N)[c-](C#N)c1C#N", 4.59),
        ("N#CC1=C(C#N)C(C#N)C(C#N)=C1C#N", 3.68),
    ],
)
def test_scores_of_anchors_are_those_that_were_measured(smiles: str, score: float) -> None:
    assert accessibility.accessibility(smiles) == pytest.approx(score, abs=0.005)


def test_what_is_hard_to_make_is_forbidden_and_the_sentence_says_by_how_much() -> None:
    (verdict,) = judge_accessibility(HARD, limit=4.6, exempt=False)
    assert (verdict.passed, verdict.code) == (False, "accessibility")
    score = accessibility.accessibility(HARD)
    assert score > 4.6
    assert f"{score:.2f}" in verdict.text and "4.60" in verdict.text


def test_what_is_exempt_passes_with_a_remark() -> None:
    (verdict,) = judge_accessibility(HARD, limit=4.6, exempt=True)
    assert (verdict.passed, verdict.code) == (True, "accessibility")


def test_what_is_easy_passes_without_a_word() -> None:
    (verdict,) = judge_accessibility("CCO", limit=4.6, exempt=False)
    assert (verdict.passed, verdict.code) == (True, None)


def test_what_is_no_molecule_is_refused() -> None:
    with pytest.raises(DataError, match="not a molecule"):
        accessibility.accessibility("not a molecule")


def test_an_rdkit_without_its_contrib_folder_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from rdkit import RDConfig

    monkeypatch.setattr(RDConfig, "RDContribDir", str(tmp_path))
    accessibility._scorer.cache_clear()
    try:
        with pytest.raises(MissingExtraError) as caught:
            accessibility.accessibility("CCCCCCCCCCCCCCCCCN")
        assert caught.value.code == "discover.no-accessibility-score"
    finally:
        accessibility._scorer.cache_clear()
