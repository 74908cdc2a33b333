"""`tertulia tokenizer measure`: any tokenizer, any text."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
import zstandard
from typer.testing import CliRunner

from tertulia.cli.tokenizer_measure import tokenizer_measure
from tertulia.errors import DataError
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe

FIGURES = [
    "tokens_per_word", "tokens_per_bsc_word", "bytes_per_token", "vocabulary_used",
    "renyi_efficiency", "round_trip", "texts", "words", "bsc_words", "bytes", "tokens",
]  # fmt: skip
_LINES = ["La casa blanca.", "La casa gran, i l'avi."]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer")
    Tokenizer(train_bpe(["la casa blanca i la casa gran de l'avi"] * 9, 512)).save(folder)
    return folder


def _measured(*arguments: object) -> str:
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(tokenizer_measure)
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def _json(*arguments: object) -> Any:
    return json.loads(_measured(*arguments, "--json"))


def _files(folder: Path) -> list[Path]:
    """The same two texts in every format."""
    plain = "\n".join(_LINES) + "\n\n"
    rows = "".join(json.dumps({"text": line}) + "\n" for line in _LINES)
    (folder / "a.txt").write_text(plain, encoding="utf-8")
    (folder / "b.txt.gz").write_bytes(gzip.compress(plain.encode()))
    (folder / "c.jsonl").write_text(rows, encoding="utf-8")
    (folder / "d.jsonl.zst").write_bytes(zstandard.compress(rows.encode()))
    pq.write_table(pa.table({"text": [*_LINES, None]}), folder / "e.parquet")
    return sorted(folder.iterdir())


def test_every_format_gives_the_same_figures(tokenizer: Path, tmp_path: Path) -> None:
    result = _json(tokenizer, *_files(tmp_path))
    figures = list(result["files"].values())
    assert len(figures) == 5
    assert all(one == figures[0] for one in figures)
    assert list(figures[0]) == FIGURES
    assert figures[0]["texts"] == 2
    assert figures[0]["round_trip"] == 1.0


def test_the_document_says_what_was_measured(tokenizer: Path, tmp_path: Path) -> None:
    file = _files(tmp_path)[0]
    result = _json(tokenizer, file)
    assert list(result) == ["schema", "tokenizer", "kind", "vocabulary", "files"]
    assert (result["schema"], result["kind"]) == (1, "tokenizer.json")
    assert list(result["files"]) == [str(file)]


def test_parallel_files_are_compared(tokenizer: Path, tmp_path: Path) -> None:
    (tmp_path / "ca.txt").write_text("la casa\nl'avi\n", encoding="utf-8")
    (tmp_path / "eu.txt").write_text("etxea etxean\naitona\n", encoding="utf-8")
    files = sorted(tmp_path.iterdir())
    result = _json(tokenizer, *files, "--parallel")
    assert result["parity"] == max(result["tokens_over_fewest"].values()) > 1
    assert f"{result['parity']:.4g}" in _measured(tokenizer, *files, "--parallel")


def test_a_treebank_gives_its_sentences_and_its_endings(tokenizer: Path, tmp_path: Path) -> None:
    file = tmp_path / "ca.conllu"
    file.write_text(
        "# sent_id = 1\n# text = Cases grans\n"
        "1-2\tCases\t_\t_\n1\tCases\tcasa\tNOUN\n2\tgrans\tgran\tADJ\n2.1\tx\ty\tX\n\n",
        encoding="utf-8",
    )
    figures = _json(tokenizer, file)["files"][str(file)]
    assert (figures["texts"], figures["words"]) == (1, 2)
    assert figures["boundaries"]["words"] == 2
    assert set(figures["boundaries"]) == {"words", "divided", "agreement", "by_chance"}


def test_people_get_a_table(tokenizer: Path, tmp_path: Path) -> None:
    shown = _measured(tokenizer, _files(tmp_path)[0])
    assert "tokens per word" in shown
    assert "Rényi efficiency" in shown


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"\n \n", "tokenizer.no-text"),
        ("a.txt", b"\xff", "cli.not-utf8"),
        ("a.jsonl", b'{"body": "x"}\n', "corpus.bad-row"),
        ("a.jsonl", b"{\n", "corpus.bad-row"),
        ("a.parquet", b"PAR1", "corpus.damaged"),
        ("missing.txt", None, "corpus.unreadable"),
    ],
)
def test_a_file_without_text_says_why(
    tokenizer: Path, tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        _measured(tokenizer, tmp_path / name)
    assert caught.value.code == code
