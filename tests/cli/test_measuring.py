"""`tertulia evaluate text`: figures, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tertulia.cli import main

TEXT_FIELDS = [
    "schema", "model", "file", "bits_per_byte", "comparable", "bits", "bytes", "tokens", "context",
]  # fmt: skip


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """A model folder whose measure is what the test puts into the returned dictionary."""
    result = {
        "schema": 1, "bits_per_byte": 2.34567, "comparable": True, "bits": 10.0, "bytes": 4,
        "tokens": 3, "context": 256,
    }  # fmt: skip
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "config.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "tertulia.evaluate.text.bits_per_byte_of_text", lambda folder, text: dict(result, text=text)
    )
    return result


def test_a_text_is_measured(
    model: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("Bo día")
    assert main(["evaluate", "text", "tiny", "a.txt"]) == 0
    assert capsys.readouterr().out == "2.3457 bits per byte\n"


def test_line_ends_count_as_they_are(
    model: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_bytes(b"um\r\ndous\n")
    assert main(["evaluate", "text", "tiny", "a.txt", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document.pop("text") == "um\r\ndous\n"
    assert list(document) == TEXT_FIELDS


def test_a_text_that_does_not_round_trip_has_no_figure(
    model: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.update(comparable=False, bits_per_byte=None, bits=None)
    (tmp_path / "a.txt").write_text("x")
    assert main(["evaluate", "text", "tiny", "a.txt"]) == 0
    assert capsys.readouterr().out.startswith("Not comparable")


@pytest.mark.parametrize(("content", "code"), [(None, "cli.no-file"), (b"caf\xe9", "cli.not-utf8")])
def test_a_file_that_is_no_text_is_the_users_mistake(
    content: bytes | None,
    code: str,
    model: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if content is not None:
        (tmp_path / "a.txt").write_bytes(content)
    assert main(["evaluate", "text", "tiny", "a.txt"]) == 2
    assert f"error[{code}]" in capsys.readouterr().err
