"""`tertulia corpus inspect` and `explain`: for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tertulia.cli.corpus_explain import corpus_explain
from tertulia.cli.corpus_inspect import corpus_inspect
from tertulia.errors import DataError
from tests.corpus.finished_corpus import IDS, OPTED_OUT, make_run

EXPLAIN_FIELDS = ["schema", "run", "id", "origin", "steps", "attributes", "cluster", "segments",
                  "result"]  # fmt: skip


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_run(tmp_path / "runs" / "first")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "runs"


def _call(*arguments: str) -> str:
    app = typer.Typer()
    app.command("inspect")(corpus_inspect)
    app.command("explain")(corpus_explain)
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def _json(*arguments: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_call(*arguments, "--json"))
    return content


def test_documents_are_shown_with_their_beginnings() -> None:
    shown = _call("inspect", "first", "--search", "casa")
    assert IDS["kept"] in shown and "train · es · CC-BY-4.0" in shown and "<b>casa</b>" in shown
    assert IDS["held"] not in shown
    assert IDS["region"] in _call("inspect", "--language", "es-AR")


def test_an_id_stays_on_one_line_however_narrow_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = _call("inspect", "--split", "held_out")
    assert IDS["held"] in shown


def test_drops_are_shown_with_their_reason() -> None:
    shown = _call("inspect", "--reason", "*")
    for words in (OPTED_OUT, "opted-out", "web/b.pdf", "near-duplicate"):
        assert words in shown
    assert OPTED_OUT not in _call("inspect", "--reason", "near-*")
    assert _call("inspect", "--reason", "unheard-of") == "Nothing fits.\n"


def test_programs_get_rows() -> None:
    document = _json("inspect", "--limit", "1")
    assert list(document) == ["schema", "run", "documents"]
    assert document["documents"][0]["attributes"]["quality.words"] == 180
    assert [row["reason"] for row in _json("inspect", "--reason", "too-*")["dropped"]] == [
        "too-short"
    ]


def test_a_document_s_way_is_told() -> None:
    shown = _call("explain", IDS["copy"], "first")
    assert f"near-duplicates: dropped, near-duplicate (kept instead: {IDS['kept']})" in shown
    assert "It is not in the corpus." in shown and "0.93" in shown
    kept = _call("explain", IDS["kept"])
    assert "https://example.org/a" in kept and "It is in train/es.parquet." in kept
    assert "setting min_words" in _call("explain", IDS["poor"])


def test_programs_get_the_way_too() -> None:
    told = _json("explain", IDS["poor"])
    assert list(told) == EXPLAIN_FIELDS
    assert told["result"] is None


def test_a_wrong_id_or_run_is_a_mistake_and_no_fault() -> None:
    with pytest.raises(DataError, match="nearest"):
        _call("explain", "web/unheard")
    with pytest.raises(DataError, match="first"):
        _call("inspect", "second")
