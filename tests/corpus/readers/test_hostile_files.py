"""Hostile files: truncated, changed, swollen. They cost themselves and nothing else."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertulia.corpus import opening
from tertulia.corpus.readers.broken import REASONS, Broken
from tertulia.errors import DataError
from tests.corpus.readers import samples as made
from tests.corpus.readers.read import read, read_bytes
from tests.corpus.readers.samples import FIRST, samples

_SETTINGS = settings(
    max_examples=25, deadline=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_ACCIDENTS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=0, max_size=6)), max_size=4
)


def _reasons(told: list[Broken]) -> set[str]:
    return {event.reason for event in told if not event.expected}


def _read_among_others(name: str, content: bytes) -> tuple[list[str], list[Broken]]:
    """Texts of a folder with this file and a good one after it; the folder stays as it was."""
    with TemporaryDirectory() as temporary:
        outer = Path(temporary)
        folder = outer / "a" / "b"
        folder.mkdir(parents=True)
        (folder / name).write_bytes(content)
        (folder / "z.txt").write_text(FIRST, encoding="utf-8")
        before = sorted(outer.rglob("*"))
        try:
            rows, told = read(folder)
        finally:
            assert sorted(outer.rglob("*")) == before
            assert (folder / name).read_bytes() == content
        return [row["text"] for row in rows], told


@pytest.mark.parametrize("name", sorted(samples()))
@_SETTINGS
@given(keep=st.floats(0, 1))
def test_a_truncated_file_costs_itself(name: str, keep: float) -> None:
    whole = samples()[name]
    texts, told = _read_among_others(name, whole[: int(len(whole) * keep)])
    assert texts[-1] == FIRST
    assert _reasons(told) <= set(REASONS.values())


@pytest.mark.parametrize("name", sorted(samples()))
@_SETTINGS
@given(accidents=_ACCIDENTS)
def test_a_changed_file_costs_itself(name: str, accidents: list[tuple[float, bytes]]) -> None:
    content = bytearray(samples()[name])
    for place, put in accidents:
        at = int(place * len(content))
        content[at : at + len(put)] = put
    try:
        texts, told = _read_among_others(name, bytes(content))
    except DataError as error:
        # The name of the text's field is the user's to give, and here it may be gone.
        assert error.code in ("corpus.no-text", "corpus.unknown-split")
        return
    assert texts[-1] == FIRST
    assert _reasons(told) <= set(REASONS.values())


@pytest.mark.parametrize("name", sorted(samples()))
@_SETTINGS
@given(content=st.binary(max_size=300))
def test_a_file_of_anything_costs_itself(name: str, content: bytes) -> None:
    try:
        texts, told = _read_among_others(name, content)
    except DataError as error:
        assert error.code in ("corpus.no-text", "corpus.unknown-split")
        return
    assert texts[-1] == FIRST
    assert _reasons(told) <= set(REASONS.values())


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_rows_before_a_break_are_kept(tmp_path: Path, suffix: str) -> None:
    plain = made.json_lines(200_000)
    packed = gzip.compress(plain, 1) if suffix == "gz" else zstandard.compress(plain)
    rows, (told,) = read_bytes(tmp_path, f"a.jsonl.{suffix}", packed[: len(packed) // 2])
    assert told.reason == "file-truncated"
    assert 90_000 < len(rows) < 110_000
    assert [row["text"] for row in rows[:2]] == [f"{FIRST} 0", f"{FIRST} 1"]


def test_a_bad_line_costs_the_line(tmp_path: Path) -> None:
    lines = made.json_lines(2) + b'{"text": "ma\xf1"}\n[1]\n{"text": ["x"]}\n{"id": "x"}\n'
    rows, told = read_bytes(tmp_path, "a.jsonl", lines + made.json_lines(1))
    assert len(rows) == 3
    assert [event.where.partition(", byte")[0] for event in told] == [
        f"a.jsonl, line {number}" for number in (3, 4, 5, 6)
    ]
    assert {event.reason for event in told} == {"bad-row"}
    assert told[0].bytes == len(b'{"text": "ma\xf1"}')


def test_a_line_beyond_all_bounds_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tertulia.corpus.readers.json_lines.BLOCK_BYTES", 1 << 10)
    monkeypatch.setattr("tertulia.corpus.readers.json_lines.MAX_DOCUMENT_BYTES", 1 << 20)
    long = b'{"text": "' + b"x" * (3 << 20) + b'"}\n'
    content = made.json_lines(2) + long + made.json_lines(3) + long
    rows, told = read_bytes(tmp_path, "a.jsonl", content)
    assert [row["text"][-1] for row in rows] == ["0", "1", "0", "1", "2"]
    assert [(event.reason, event.where, event.bytes) for event in told] == [
        ("file-too-large", "a.jsonl, line 3", len(long)),
        ("file-too-large", "a.jsonl, line 7", len(long)),
    ]


def test_a_small_file_that_swells_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "FREE_BYTES", 1 << 20)
    bomb = zstandard.compress(b" " * (64 << 20), 19)
    assert len(bomb) < 10_000
    for name in ("a.txt.zst", "a.jsonl.zst", "a.html.zst", "a.xml.zst"):
        rows, (told,) = read_bytes(tmp_path, name, bomb)
        assert (rows, told.reason) == ([], "file-too-large")


@pytest.mark.parametrize("kind", ["docx", "odt", "epub"])
def test_an_archive_that_swells_is_not_unpacked(tmp_path: Path, kind: str) -> None:
    entries: dict[str, str | bytes] = {"content.xml": b" " * (40 << 20)}
    rows, (told,) = read_bytes(tmp_path, f"a.{kind}", made.zipped(entries))
    assert (rows, told.reason) == ([], "file-too-large")


def test_an_archive_of_very_many_entries_is_not_read(tmp_path: Path) -> None:
    entries: dict[str, str | bytes] = {f"{i}": b"" for i in range(10_001)}
    rows, (told,) = read_bytes(tmp_path, "a.epub", made.zipped(entries))
    assert (rows, told.reason) == ([], "file-too-large")


def test_names_that_lead_out_of_an_archive_lead_nowhere(tmp_path: Path) -> None:
    out = io.BytesIO(made.epub())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("../../outside.txt", "x")
        archive.writestr("/outside.txt", "x")
    rows, told = read_bytes(tmp_path / "in", "a.epub", out.getvalue())
    assert (len(rows), told) == (1, [])
    assert [path.name for path in tmp_path.rglob("outside*")] == []


_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xml", _LAUGHS + "<mediawiki><page><ns>0</ns><title>&c;</title></page></mediawiki>"),
        ("a.tmx", _LAUGHS + "<tmx><tu><tuv><seg>&b;&c;</seg></tuv></tu></tmx>"),
        ("a.odt", made.zipped({"content.xml": _LAUGHS + "<body><p>&b;&c;</p></body>"})),
    ],
)
def test_entities_are_not_expanded(tmp_path: Path, name: str, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    rows, (told,) = read_bytes(tmp_path, name, data)
    assert (rows, told.reason) == ([], "file-damaged")


def test_xml_without_end_in_depth_is_refused(tmp_path: Path) -> None:
    deep = b"<mediawiki><page>" + b"<a>" * 100_000
    rows, (told,) = read_bytes(tmp_path, "a.xml", deep)
    assert (rows, told.reason) == ([], "file-damaged")


def test_a_page_packed_into_a_record_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tertulia.corpus.readers.warc_record.MAX_RECORD_BYTES", 1 << 20)
    http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    bomb = made.warc_record(1, gzip.compress(b" " * (8 << 20)), http)
    rows, (told,) = read_bytes(tmp_path, "a.warc", bomb + made.warc_record(2, made.html()))
    assert (len(rows), told.reason) == (1, "file-too-large")


def test_a_panic_in_a_library_costs_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        """As pyo3 raises it."""

    def panic(*_: object) -> None:
        raise PanicException("unwrap")

    monkeypatch.setattr("tertulia.corpus.readers.web_page.read_page", panic)
    rows, (told,) = read_bytes(tmp_path, "a.html", made.html())
    assert (rows, told.reason) == ([], "file-damaged")


def test_an_archive_within_an_archive_is_not_opened(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(__file__, arcname="a.txt")
    assert read(tmp_path) == ([], [])
