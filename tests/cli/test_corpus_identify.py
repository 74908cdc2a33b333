"""`tertulia corpus identify` answers every line, whatever the lines hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tertulia.cli.corpus_identify import corpus_identify
from tertulia.errors import DataError

APP = typer.Typer()
APP.command()(corpus_identify)

SPANISH = "Los vecinos hablaron ayer por la tarde de las obras de la plaza."
BASQUE = "Auzokoek atzo arratsaldean plazako obrei buruz hitz egin zuten."


def _lines(output: str) -> list[list[str]]:
    return [line.split("\t") for line in output.splitlines()]


def test_each_line_of_standard_input_gets_a_tag_and_a_confidence() -> None:
    done = CliRunner().invoke(APP, [], input=f"{SPANISH}\n{BASQUE}\n\n123\n")
    assert done.exit_code == 0
    answers = _lines(done.stdout)
    assert [answer[0] for answer in answers] == ["es", "eu", "und", "und"]
    assert all(0 <= float(answer[1]) <= 1 for answer in answers)


def test_a_file_and_standard_input_are_answered_alike(tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text(f"{SPANISH}\n{BASQUE}", encoding="utf-8")
    from_file = CliRunner().invoke(APP, [str(file)])
    assert from_file.stdout == CliRunner().invoke(APP, ["-"], input=file.read_bytes()).stdout


def test_bytes_that_are_not_utf8_are_answered_too() -> None:
    raw = SPANISH.encode() + b"\n\xff\xfe\x00\n" + "Está bien, mañana".encode("latin-1") + b"\n"
    done = CliRunner().invoke(APP, [], input=raw)
    assert done.exit_code == 0
    assert len(_lines(done.stdout)) == 3


def test_json_is_one_object_for_each_line() -> None:
    done = CliRunner().invoke(APP, ["--json"], input=f"{SPANISH}\n")
    answer = json.loads(done.stdout)
    assert answer["schema"] == 1
    assert answer["language"] == "es"


def test_documents_are_rows_with_an_id() -> None:
    rows = [{"id": "a/1", "text": SPANISH}, {"text": BASQUE}]
    text = "\n".join(json.dumps(row) for row in rows)
    done = CliRunner().invoke(APP, ["--documents"], input=text)
    assert [answer[:2] for answer in _lines(done.stdout)] == [["a/1", "es"], ["2", "eu"]]


def test_rows_that_are_no_documents_are_named_and_the_others_answered() -> None:
    rows = ["{", "[1]", json.dumps({"text": 3}), json.dumps({"id": 7, "text": SPANISH}), ""]
    done = CliRunner().invoke(APP, ["--documents"], input="\n".join([*rows, "[" * 100_000]))
    assert [answer[:2] for answer in _lines(done.stdout)] == [["7", "es"]]
    assert isinstance(done.exception, DataError)
    assert done.exception.code == "corpus.bad-row"
    assert done.stderr.count("\n") == 4


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    done = CliRunner().invoke(APP, [str(tmp_path / "none.txt")])
    assert isinstance(done.exception, DataError)
    assert done.exception.code == "cli.no-file"


def test_a_reader_that_goes_away_is_left_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: str) -> int:
        raise BrokenPipeError

    monkeypatch.setattr("tertulia.cli.corpus_identify.sys.stdout.write", gone, raising=False)
    # The program's outcome turns it into a quiet end.
    with pytest.raises(BrokenPipeError):
        from tertulia.cli import corpus_identify as module

        module._write([{"language": "es", "confidence": 1.0}], json=False)
