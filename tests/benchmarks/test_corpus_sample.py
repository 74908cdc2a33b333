"""The text of the corpus benchmark: the same for all, in the same proportions, copies planted."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zstandard

from benchmarks.corpus_peers.sample import (
    LONGEST,
    SHORTEST,
    Document,
    choose,
    documents,
    near_copy,
    part,
    write_sample,
)


def _document(language: str, number: int, size: int = 1000) -> Document:
    return Document(identity=f"{language}{number}", language=language, text="a" * size)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    entries = []
    for name, unit, text in (
        ("book", "document", "Una línea más.\n" * 5000),
        ("note", "document", "corta"),
        ("sentence", "sentence", "x" * 500),
    ):
        path = tmp_path / f"{name}.jsonl.zst"
        path.write_bytes(zstandard.compress((json.dumps({"text": text}) + "\n").encode()))
        entries.append({"path": path.name, "language": "es", "unit": unit})
    (tmp_path / "CATALOG.json").write_text(json.dumps(entries))
    return tmp_path


def test_long_documents_are_cut_after_a_line_and_short_ones_left_out(corpus: Path) -> None:
    pieces = documents(corpus)["es"]
    assert {piece.identity.partition("#")[0] for piece in pieces} == {"book.jsonl.zst"}
    assert all(SHORTEST <= len(piece.text) <= LONGEST for piece in pieces)
    assert all(piece.text.startswith("Una") and piece.text.endswith("más.") for piece in pieces)
    assert sum(piece.text.count("línea") for piece in pieces) == 5000


def test_two_readings_give_the_same_order(corpus: Path) -> None:
    assert documents(corpus) == documents(corpus)


def test_a_near_copy_is_similar_enough_to_be_found_and_not_equal() -> None:
    text = " ".join(f"w{number}" for number in range(1000))

    def shingles(of: str) -> set[tuple[str, ...]]:
        words = of.split(" ")
        return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}

    first, second = shingles(text), shingles(near_copy(text))
    assert 0.88 < len(first & second) / len(first | second) < 0.95


def test_a_language_with_little_text_gives_all_and_the_others_share_the_rest() -> None:
    found = {
        "es": [_document("es", number) for number in range(100)],
        "gl": [_document("gl", number) for number in range(100)],
        "eu": [_document("eu", number) for number in range(5)],
    }
    chosen = choose(found, 65_000)
    assert {language: len(rows) for language, rows in chosen.items()} == {
        "es": 30,
        "gl": 30,
        "eu": 5,
    }
    assert {language: len(rows) for language, rows in part(chosen, 0.2).items()} == {
        "es": 6,
        "gl": 6,
        "eu": 1,
    }


def test_both_forms_hold_the_same_documents(tmp_path: Path) -> None:
    words = " ".join(f"palabra{number}" for number in range(200))
    rows = [Document(identity=f"d{n}", language="es", text=f"{n} {words}") for n in range(41)]
    sample = write_sample({"es": rows}, tmp_path)
    assert (sample.documents, sample.copies) == (44, 3)
    lines = [
        json.loads(line)["text"]
        for path in sample.json_lines.rglob("*.jsonl.zst")
        for line in io.StringIO(zstandard.decompress(path.read_bytes()).decode())
    ]
    tables = [pq.read_table(path) for path in sample.parquet.glob("*.parquet")]
    assert sorted(lines) == sorted(text for t in tables for text in t["text"].to_pylist())
    numbers = sorted(number for t in tables for number in t["int_id_column"].to_pylist())
    assert numbers == list(range(44))
    assert sample.size == sum(len(line.encode()) for line in lines)
