"""Reading sources: formats, order, defaults, and errors that say where."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from tertulia.corpus.document import document_id
from tertulia.corpus.readers import read_source, source_files
from tertulia.errors import DataError
from tertulia.recipe.sources import ResolvedSource


def _rows(path: Path, **declared: str) -> list[dict[str, str | None]]:
    source = ResolvedSource(name="s", path=path, **declared)  # type: ignore[arg-type]
    return [row for frame in read_source(source) for row in frame.to_dicts()]


def _error(path: Path, **declared: str) -> DataError:
    with pytest.raises(DataError) as caught:
        _rows(path, **declared)
    return caught.value


def _line(**row: object) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


_TWO = _line(text="un") + b"\n" + _line(text="dous")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", _TWO),
        ("a.jsonl", b"\xef\xbb\xbf" + _TWO),
        ("a.jsonl", _TWO.replace(b"\n", b"\r\n")),
        ("a.ndjson", _TWO.removesuffix(b"\n")),
        ("a.jsonl.gz", gzip.compress(_TWO)),
        ("a.jsonl.zst", zstandard.compress(_TWO)),
        ("A.JSONL.ZST", zstandard.compress(_TWO[:20]) + zstandard.compress(_TWO[20:])),
    ],
)
def test_json_lines_are_read_compressed_or_not(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert [row["text"] for row in _rows(tmp_path / name)] == ["un", "dous"]


@pytest.mark.parametrize("name", ["nota.txt", "nota.txt.gz"])
def test_a_text_file_is_one_document(tmp_path: Path, name: str) -> None:
    data = b"Ola\n\nmundo"
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert [row["text"] for row in _rows(tmp_path / name)] == ["Ola\n\nmundo"]


def test_a_parquet_file_has_the_same_columns_as_json_lines(tmp_path: Path) -> None:
    table = pa.table({"cuerpo": ["hola", None], "language": ["es-PE", "es"], "year": [1, 2]})
    pq.write_table(table, tmp_path / "a.parquet")
    rows = _rows(tmp_path / "a.parquet", text_field="cuerpo")
    assert [(row["text"], row["language"]) for row in rows] == [("hola", "es-PE"), ("", "es")]


def test_a_folder_is_read_in_the_order_of_relative_paths(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", "B.txt", ".hidden.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "README.md").write_text("about", encoding="utf-8")
    assert [row["text"] for row in _rows(tmp_path)] == ["B.txt", "a/b/c.txt", "a/z.txt", "b.txt"]
    others = source_files(ResolvedSource(name="s", path=tmp_path))[1]
    assert [path.name for path in others] == ["README.md"]


def test_a_row_wins_over_what_the_source_declares(tmp_path: Path) -> None:
    own = {"language": "es-AR", "licence": "MIT", "source": "libro", "split": "unseen"}
    (tmp_path / "a.jsonl").write_bytes(_line(text="x", **own) + _line(text="y"))
    first, second = _rows(tmp_path / "a.jsonl", language="es", licence="CC0-1.0", split="held_out")
    assert {name: first[name] for name in own} == own
    assert second | {"id": ""} == {
        "id": "", "parent": None, "text": "y", "language": "es", "source": "s",
        "licence": "CC0-1.0", "url": None, "date": None, "split": "held_out",
        "reservation": None,
    }  # fmt: skip


def test_a_folder_named_as_a_split_decides_where_nothing_else_does(tmp_path: Path) -> None:
    for name in ("held_out/a.txt", "other/b.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert [row["split"] for row in _rows(tmp_path)] == ["held_out", "train"]
    assert [row["split"] for row in _rows(tmp_path, split="unseen")] == ["unseen", "unseen"]


def test_an_id_follows_from_source_and_native_id_or_place_and_not_from_the_text(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.jsonl").write_bytes(_line(text="x", id=7, language="gl") + _line(text="y"))
    rows = _rows(tmp_path)
    assert rows[0]["id"] == document_id("s", "7", "gl")
    assert rows[1]["id"] == document_id("s", "a.jsonl", "2")


def test_translations_that_share_an_id_are_different_documents(tmp_path: Path) -> None:
    rows = _line(text="x", id="d", language="gl") + _line(text="y", id="d", language="ca")
    (tmp_path / "a.jsonl").write_bytes(rows)
    assert len({row["id"] for row in _rows(tmp_path)}) == 2


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt", "a.jsonl.gz"])
def test_text_that_is_not_utf8_is_named_by_line_and_byte(tmp_path: Path, name: str) -> None:
    data = b'{"text": "ok"}\n{"text": "ma\xf1\xe1"}\n'
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    error = _error(tmp_path / name)
    assert error.code == "corpus.not-utf8"
    assert error.where == f"{tmp_path / name}, line 2, byte 13"


def test_half_a_surrogate_pair_is_not_text_either(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(rb'{"text": "\ud83d"}')
    assert _error(tmp_path / "a.jsonl").code == "corpus.not-utf8"


@pytest.mark.parametrize("suffix", ["gz", "zst"])
@pytest.mark.parametrize("keep", [0.0, 0.5, 0.9])
def test_a_truncated_file_is_not_a_shorter_one(tmp_path: Path, suffix: str, keep: float) -> None:
    data = b"".join(_line(text=f"documento {i * 7919}") for i in range(5000))
    packed = gzip.compress(data) if suffix == "gz" else zstandard.compress(data)
    path = tmp_path / f"a.jsonl.{suffix}"
    path.write_bytes(packed[: int(len(packed) * keep)])
    if suffix == "gz" and keep == 0:
        # gzip takes an empty file for an empty stream; the stage then finds no document.
        assert _rows(path) == []
    else:
        assert _error(path).code == "corpus.truncated"


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.parquet"])
def test_a_file_that_is_not_what_its_name_says_is_damaged(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"not compressed at all, nor a table, only words")
    assert _error(tmp_path / name).code == "corpus.damaged"


@pytest.mark.parametrize("line", [b'{"text": "x"', b"[1]", b'"x"', b"[" * 100_000])
def test_a_line_that_is_no_json_object_is_named(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(_line(text="ok") + line)
    error = _error(tmp_path / "a.jsonl")
    assert error.code == "corpus.not-json"
    assert error.where == f"{tmp_path / 'a.jsonl'}, line 2"


def test_a_missing_text_field_suggests_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(_line(texto="x", id="1"))
    error = _error(tmp_path / "a.jsonl")
    assert error.code == "corpus.no-text"
    assert "'texto'" in str(error)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"text": ["x"]}, "corpus.bad-field"),
        ({"text": "x", "licence": {"name": "MIT"}}, "corpus.bad-field"),
        ({"text": "x", "split": "test"}, "corpus.unknown-split"),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused(
    tmp_path: Path, row: dict[str, object], code: str
) -> None:
    (tmp_path / "a.jsonl").write_bytes(_line(**row))
    assert _error(tmp_path / "a.jsonl").code == code


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    assert _error(tmp_path / "none").code == "corpus.missing"


def test_batches_are_bounded_and_lose_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tertulia.corpus.readers.batches.BATCH_ROWS", 3)
    (tmp_path / "a.jsonl").write_bytes(b"".join(_line(text=str(i)) for i in range(8)))
    frames = list(read_source(ResolvedSource(name="s", path=tmp_path)))
    assert [len(frame) for frame in frames] == [3, 3, 2]
    assert [t for frame in frames for t in frame["text"]] == [str(i) for i in range(8)]
