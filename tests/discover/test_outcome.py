"""`campaign.json` is read as it was written, or refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from tertulia.discover.outcome import (
    FILE,
    Acidity,
    Candidate,
    Funnel,
    Interval,
    Outcome,
    Tier,
    read_outcome,
    write_outcome,
)
from tertulia.errors import DataError

PKA = Interval(value=-1.0, low=-2.0, high=0.0)
XTB = Tier(tier="xtb", record="0" * 64, done=True, values={"gap_ev": 1.5, "steps": 3})


def outcome(name: str = "sample") -> Outcome:
    """One candidate, which is the finalist."""
    one = Candidate(
        smiles="CS(=O)(=O)O",
        anion="CS(=O)(=O)[O-]",
        family="sulfonic",
        batch=1,
        generator="fragments",
        how="«ñ»",
        tiers=(XTB,),
        acidity=Acidity(pka=PKA, standing="ranked", stronger_than_reference=PKA),
    )
    return Outcome(
        name=name,
        key="0" * 64,
        brief={"name": name},
        versions={"numpy": "1"},
        objectives=("acidity",),
        reference="tosylate",
        anchors={},
        candidates=(one,),
        finalists=(one.anion,),
        funnel=Funnel(
            proposed={"fragments": 1},
            dropped={},
            eligible=1,
            calculated=1,
            failed={},
            validated=1,
        ),
        progress=((1, 0.25),),
    )


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = outcome()
    assert write_outcome(tmp_path, written) == tmp_path / FILE
    assert read_outcome(tmp_path) == written
    assert read_outcome(tmp_path).digest == written.digest != outcome("other").digest


def test_the_same_outcome_is_the_same_file(tmp_path: Path) -> None:
    write_outcome(tmp_path, outcome())
    first = (tmp_path / FILE).read_bytes()
    write_outcome(tmp_path, read_outcome(tmp_path))
    assert (tmp_path / FILE).read_bytes() == first and "«ñ»".encode() in first


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "damaged"),
        ("{", "damaged"),
        ("[]", "damaged"),
        ("null", "damaged"),
        ('"text"', "damaged"),
        ("{}", "damaged"),
        ('{"schema": 1}', "damaged"),
        ('{"schema": 2}', "schema"),
        ("\xff", "damaged"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError) as caught:
        read_outcome(tmp_path)
    assert caught.value.code == "discover.no-campaign" and says in caught.value.what


def test_a_folder_without_one_is_no_campaign(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DataError) as caught:
            read_outcome(folder)
        assert "there is no" in caught.value.what


def test_unknown_fields_are_damage(tmp_path: Path) -> None:
    write_outcome(tmp_path, outcome())
    told = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    (tmp_path / FILE).write_text(json.dumps({**told, "luck": 1}), encoding="utf-8")
    with pytest.raises(DataError):
        read_outcome(tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_number_is_not_a_number(value: float) -> None:
    with pytest.raises(ValidationError):
        Interval(value=value, low=0, high=1)


def test_a_candidate_knows_its_tiers() -> None:
    found = outcome().candidate("CS(=O)(=O)[O-]")
    assert found.tier("xtb") == XTB and found.tier("dft") is None and found.validated
    failed = XTB.model_copy(update={"done": False, "reason": "timed-out"})
    assert not found.model_copy(update={"tiers": (failed,)}).validated
    assert not found.model_copy(update={"tiers": ()}).validated
