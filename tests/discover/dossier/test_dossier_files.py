"""The dossier for programs, and how it is written: the same bytes each time, whole or not."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tertulia.discover.dossier.folder import write_dossier
from tertulia.discover.outcome import FILE, Outcome, read_outcome, write_outcome
from tertulia.errors import DataError, StoreError
from tertulia.messages import reading
from tests.discover.dossier.sample_campaign import HOSTILE, sample


def content(dossier: Path) -> dict[str, bytes]:
    """Every file, by its path."""
    return {
        path.relative_to(dossier).as_posix(): path.read_bytes()
        for path in sorted(dossier.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """The sample's dossier, for tests that only read it, and its outcome."""
    folder = tmp_path_factory.mktemp("campaign")
    outcome = sample(folder)
    return write_dossier(folder).parent, outcome


def document(dossier: Path) -> Any:
    """What `dossier.json` holds."""
    return json.loads((dossier / "dossier.json").read_text(encoding="utf-8"))


def test_the_same_outcome_gives_the_same_bytes(tmp_path: Path) -> None:
    sample(tmp_path)
    before = content(write_dossier(tmp_path).parent)
    assert content(write_dossier(tmp_path).parent) == before
    assert {path.name for path in tmp_path.iterdir()} == {FILE, "dossier", "results"}


def test_only_the_first_page_depends_on_the_reader(tmp_path: Path) -> None:
    sample(tmp_path)
    with reading("es"):
        spanish = content(write_dossier(tmp_path).parent)
    with reading("eu"):
        basque = content(write_dossier(tmp_path).parent)
    assert {name for name in spanish if spanish[name] != basque[name]} == {"index.html"}


def test_programs_find_everything_under_the_codes_names(written: tuple[Path, Outcome]) -> None:
    dossier, outcome = written
    told = document(dossier)
    assert told["schema"] == 1 and told["digest"] == outcome.digest
    assert [one["anion"] for one in told["finalists"]] == list(outcome.finalists)
    assert told["finalists"][0]["how"] == HOSTILE
    assert told["waiting_for_approval"] == [2, 3]
    assert told["anchors"]["triflate"]["acidity"]["standing"] == "calibrated"
    assert told["no_finalists"] == {"known-before": 1, "reference-not-excluded": 1}
    assert "ranked-family" in told["proxies"] and "dill-c" in told["to_be_checked"]


def test_nobody_is_lost_between_the_steps(written: tuple[Path, Outcome]) -> None:
    dossier, outcome = written
    told = document(dossier)
    funnel = told["funnel"]
    dropped = sum(
        sum(reasons.values()) for name, reasons in funnel["dropped"].items() if name != "search"
    )
    assert sum(funnel["proposed"].values()) - dropped == funnel["eligible"]
    assert sum(one["allowed"] for one in told["generators"]) == funnel["eligible"]
    calculated = sum(one["calculated"] for one in told["generators"])
    assert funnel["eligible"] - calculated - 3 == told["left_waiting"]
    validated = sum(one.validated for one in outcome.candidates)
    assert validated - sum(told["no_finalists"].values()) == len(outcome.finalists)


def test_intervals_are_held_against_what_was_computed(written: tuple[Path, Outcome]) -> None:
    told = document(written[0])
    assert told["coverage"] == [
        {"name": "acidity", "known": 1, "held": 1, "unknown": 0},
        {"name": "transparency", "known": 0, "held": 0, "unknown": 1},
    ]


def test_the_table_has_a_line_for_each_and_computes_nothing(tmp_path: Path) -> None:
    outcome = sample(tmp_path)
    # A code that a spreadsheet would take for a formula.
    first, *others = outcome.candidates
    check = first.checks[0].model_copy(update={"code": "=1+1"})
    risky = first.model_copy(update={"checks": (check, *first.checks[1:])})
    write_outcome(tmp_path, outcome.model_copy(update={"candidates": (risky, *others)}))
    text = (write_dossier(tmp_path).parent / "candidates.csv").read_bytes().decode()
    lines = list(csv.DictReader(io.StringIO(text)))
    assert len(lines) == len(outcome.anchors) + len(outcome.candidates)
    assert [one["place"] for one in lines if one["place"]] == ["1", "2", "3"]
    assert [one["reason"] for one in lines if one["status"] == "failed"] == ["no-such-reason"]
    found = next(one for one in lines if one["place"] == "1")
    assert float(found["pka_water_low"]) == pytest.approx(-7.35)
    assert float(found["ion_pair_binding_kcal_mol"]) == -21.37
    assert lines[len(outcome.anchors)]["codes"].startswith("'=1+1")


def test_geometries_lie_beside_the_pages(written: tuple[Path, Outcome]) -> None:
    dossier, _ = written
    files = document(dossier)["finalists"][0]["files"]
    assert "files/candidate-01/xtb-anion.xyz" in files
    assert (dossier / files[0]).parent.name == "candidate-01"
    geometry = (dossier / "files/candidate-01/xtb-anion.xyz").read_text(encoding="utf-8")
    assert geometry.splitlines()[0] == "1" and "charge=-1" in geometry


def test_missing_records_are_said(tmp_path: Path) -> None:
    outcome = sample(tmp_path)
    for path in (tmp_path / "results" / "records").glob("*/*.json"):
        path.unlink()
    dossier = write_dossier(tmp_path).parent
    page = (dossier / "en" / "candidate-01.html").read_text(encoding="utf-8")
    assert "The record is missing from the campaign" in page and "--again" not in page
    assert "93.25 kcal/mol" in page
    assert document(dossier)["finalists"][0]["files"] == []
    assert outcome.finalists


def test_a_campaign_that_found_nothing_has_a_dossier_too(tmp_path: Path) -> None:
    outcome = sample(tmp_path)
    empty = outcome.model_copy(
        update={"candidates": (), "finalists": (), "anchors": {}, "progress": (), "approved": ()}
    )
    write_outcome(tmp_path, empty)
    dossier = write_dossier(tmp_path).parent
    text = (dossier / "en" / "index.html").read_text(encoding="utf-8")
    assert "No candidate became a finalist" in text and "There are too few batches" in text
    assert "None: there are no finalists." in text


def test_what_is_no_campaign_or_damaged_is_told_and_leaves_the_old_dossier(tmp_path: Path) -> None:
    with pytest.raises(DataError) as told:
        write_dossier(tmp_path)
    assert told.value.code == "discover.no-campaign"
    outcome = sample(tmp_path)
    before = content(write_dossier(tmp_path).parent)
    write_outcome(tmp_path, outcome.model_copy(update={"brief": {"kind": "cake"}}))
    with pytest.raises(DataError) as told:
        write_dossier(tmp_path)
    assert told.value.code == "discover.no-campaign"
    write_outcome(tmp_path, outcome)
    key = outcome.candidate(outcome.finalists[0]).tiers[0].record
    (tmp_path / "results" / "records" / key[:2] / f"{key}.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError) as damaged:
        write_dossier(tmp_path)
    assert damaged.value.code == "campaign.record-damaged"
    assert content(tmp_path / "dossier") == before
    assert {path.name for path in tmp_path.iterdir()} == {FILE, "dossier", "results"}


def test_changed_constraints_leave_the_recorded_words(tmp_path: Path) -> None:
    outcome = sample(tmp_path)
    one = outcome.candidate(outcome.finalists[0])
    check = one.checks[0].model_copy(update={"code": "structure-of-old", "text": "Of old."})
    changed = one.model_copy(update={"checks": (check, *one.checks[1:])})
    candidates = tuple(changed if two.anion == one.anion else two for two in outcome.candidates)
    write_outcome(tmp_path, outcome.model_copy(update={"candidates": candidates}))
    page = (write_dossier(tmp_path).parent / "es" / "candidate-01.html").read_text("utf-8")
    assert '<span lang="en">Of old.</span>' in page


def test_sixteen_finalists_take_seconds(tmp_path: Path) -> None:
    outcome = sample(tmp_path)
    first = outcome.candidate(outcome.finalists[0])
    many = tuple(
        first.model_copy(update={"anion": f"{'C' * length}S(=O)(=O)[O-]"})
        for length in range(1, 17)
    )
    write_outcome(
        tmp_path,
        outcome.model_copy(
            update={"candidates": many, "finalists": tuple(one.anion for one in many)}
        ),
    )
    began = time.process_time()
    write_dossier(tmp_path)
    assert time.process_time() - began < 20
    assert read_outcome(tmp_path).finalists[15] == many[15].anion


def test_what_a_killed_process_left_is_tidied_up(tmp_path: Path) -> None:
    sample(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()
    (tmp_path / f".dossier.{ended}.new").mkdir()
    running = tmp_path / f".dossier.{os.getppid()}.new"
    running.mkdir()
    write_dossier(tmp_path)
    assert {path.name for path in tmp_path.glob(".dossier.*")} == {running.name}
