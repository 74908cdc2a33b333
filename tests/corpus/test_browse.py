"""A corpus can be looked into, and every document that was read has a story."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from tertulia.corpus.browse import BuiltCorpus, Wanted, find_corpus, listed
from tertulia.corpus.explanation import explain
from tertulia.errors import DataError
from tests.corpus.finished_corpus import IDS, OPTED_OUT, make_run


@pytest.fixture
def built(tmp_path: Path) -> BuiltCorpus:
    make_run(tmp_path / "runs" / "first")
    return find_corpus("first", tmp_path / "runs")


def _names(built: BuiltCorpus, **wanted: object) -> list[str]:
    back = {value: name for name, value in IDS.items()}
    rows = listed(built, Wanted(**wanted))  # type: ignore[arg-type]
    return [back.get(row["id"], str(row["id"])) for row in rows]


def test_a_run_is_found_by_name_by_folder_and_as_the_newest(
    built: BuiltCorpus, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    assert find_corpus(None, runs) == find_corpus(str(runs / "first"), tmp_path / "x") == built
    assert built.documents is not None


def test_a_wrong_run_is_told_which_there_are(built: BuiltCorpus, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Name one of these runs: first") as caught:
        find_corpus("frist", tmp_path / "runs")
    assert caught.value.code == "corpus.no-such-run"
    with pytest.raises(DataError, match="no run has a finished corpus"):
        find_corpus(None, tmp_path / "nothing")


def test_documents_are_listed_by_what_they_are(built: BuiltCorpus) -> None:
    assert _names(built) == ["kept", "region", "held"]
    assert _names(built, language="ca") == ["held"]
    assert _names(built, language="es") == ["kept", "region"]
    assert _names(built, language="es-AR") == ["region"]
    assert _names(built, split="held_out") == ["held"]
    assert _names(built, source="help") == ["held"]
    assert _names(built, search="BUENOS aires") == ["region"]
    assert _names(built, search="<b>") == ["kept"]
    assert _names(built, limit=1) == ["kept"]
    assert _names(built, source="nothing") == []


def test_a_listed_document_has_its_attributes(built: BuiltCorpus) -> None:
    (row,) = listed(built, Wanted(search="<b>"))
    assert row["attributes"]["quality.words"] == 180
    assert row["attributes"]["licence.stated"] == "CC-BY 4.0"
    assert row["url"] == "https://example.org/a" and row["bytes"] > len(row["text"])


def test_drops_are_listed_by_reason_each_once(built: BuiltCorpus) -> None:
    assert _names(built, reason="*") == ["None", OPTED_OUT, "poor", "copy"]
    assert _names(built, reason="near-*") == ["copy"]
    assert _names(built, reason="*", search="b.pdf") == ["None"]
    assert _names(built, reason="*", limit=2) == ["None", OPTED_OUT]
    assert _names(built, reason="*", language="ca") == []


def test_a_kept_document_is_followed_to_its_file(built: BuiltCorpus) -> None:
    told = explain(built, IDS["kept"])
    assert told["origin"]["url"] == "https://example.org/a"
    assert told["result"] == {"split": "train", "language": "es", "file": "train/es.parquet"}
    assert {step["outcome"] for step in told["steps"]} == {"passed"}
    quality = next(step for step in told["steps"] if step["step"] == "quality")
    assert quality["attributes"] == {"quality.words": 180, "quality.ratio": 0.123456}
    assert told["attributes"] == {"personal-data.email": 2, "personal-data.replaced": 2}
    assert [row["id"] for row in told["cluster"]] == [IDS["kept"], IDS["copy"]]


def test_a_dropped_document_is_told_why_by_what_and_for_whom(built: BuiltCorpus) -> None:
    told = explain(built, IDS["poor"])
    step = next(step for step in told["steps"] if step["outcome"] == "dropped")
    assert (step["step"], step["reason"]) == ("quality-decision", "too-short")
    assert step["settings"] == {"min_words": 5}
    assert step["attributes"]["quality.words"] == 4
    assert told["steps"][-1]["outcome"] == "not-reached"
    assert told["result"] is None
    copy = explain(built, IDS["copy"])["steps"][-1]
    assert (copy["reason"], copy["kept_by"]) == ("near-duplicate", IDS["kept"])


def test_a_document_dropped_while_reading_is_known_by_its_id(built: BuiltCorpus) -> None:
    told = explain(built, OPTED_OUT)
    outcomes = {step["step"]: step["outcome"] for step in told["steps"]}
    assert outcomes["read"] == "passed" and outcomes["opt-out"] == "dropped"
    assert outcomes["licence"] == "not-reached"
    assert told["origin"]["source"] == "web"


def test_a_segment_names_its_document_and_the_document_its_segments(built: BuiltCorpus) -> None:
    parent = explain(built, IDS["region"])["origin"]["parent"]
    whole = explain(built, parent)
    assert (whole["segments"], whole["steps"]) == ([IDS["region"]], [])


def test_the_beginning_of_an_id_is_enough_if_it_is_one_document_s(built: BuiltCorpus) -> None:
    assert explain(built, IDS["held"][:10])["id"] == IDS["held"]
    assert explain(built, "help/")["id"] == IDS["held"]
    with pytest.raises(DataError, match="beginning of several ids"):
        explain(built, "web/")


@pytest.mark.parametrize("name", ["web/zzz", "", "zzz", "0"])
def test_a_wrong_id_is_told_the_nearest_ones(built: BuiltCorpus, name: str) -> None:
    with pytest.raises(DataError, match=r"nearest ones are (web|help)/") as caught:
        explain(built, name)
    assert caught.value.code == "corpus.no-such-document"


def test_without_the_documents_artifact_the_corpus_still_answers(
    built: BuiltCorpus, tmp_path: Path
) -> None:
    assert built.documents is not None
    shutil.rmtree(built.documents)
    left = find_corpus("first", tmp_path / "runs")
    assert left.documents is None
    assert explain(left, IDS["kept"])["result"]["split"] == "train"
    assert explain(left, IDS["copy"])["steps"][-1]["outcome"] == "dropped"
    assert _names(left, reason="*") == ["None", OPTED_OUT, "poor", "copy"]


def test_a_corpus_without_clusters_or_manifest_answers_too(built: BuiltCorpus) -> None:
    (built.corpus / "clusters.parquet").unlink()
    (built.corpus / "manifest.json").unlink()
    told = explain(built, IDS["poor"])
    assert told["cluster"] == []
    assert [s["settings"] for s in told["steps"] if s["outcome"] == "dropped"] == [{}]
    assert pl.read_parquet(built.corpus / "train" / "es.parquet").height == 2
