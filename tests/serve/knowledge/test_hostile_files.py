"""Hostile files: refused or bounded with a reason, and the server goes on."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from random import Random

import pytest

from tertulia.errors import TertuliaError
from tertulia.serve.knowledge import isolation
from tertulia.serve.knowledge.chunk import chunk
from tertulia.serve.knowledge.extract import extract
from tertulia.serve.knowledge.isolation import Limits, read_isolated
from tests.corpus.readers import samples

QUICK = Limits(cpu_seconds=20, seconds=30)
REASONS = {
    "knowledge.unreadable", "knowledge.unknown-format", "knowledge.no-text", "corpus.damaged",
    "corpus.truncated", "corpus.too-large", "corpus.encrypted",
}  # fmt: skip


def _outcome(path: Path, name: str, limits: Limits = QUICK) -> str:
    try:
        found = extract(path, name, limits=limits)
    except TertuliaError as error:
        assert error.where == name
        assert str(path) not in str(error)
        return error.code
    chunk(found)
    return "read"


def _refused(tmp_path: Path, name: str, data: bytes, limits: Limits = QUICK) -> str:
    path = tmp_path / "file"
    path.write_bytes(data)
    return _outcome(path, name, limits)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.odt", "a.html"])
def test_damaged_files_are_read_or_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    whole, random = samples.samples()[name], Random(name)
    outcomes = set()
    for _ in range(20):
        data = bytearray(
            whole[: random.randrange(1, len(whole))] if random.random() < 0.4 else whole
        )
        for _ in range(random.randrange(1, 30)):
            data[random.randrange(len(data))] = random.randrange(256)
        outcomes.add(_refused(tmp_path, name, bytes(data)))
    assert outcomes <= REASONS | {"read"}


def test_random_bytes_are_refused_whatever_they_are_called(tmp_path: Path) -> None:
    random = Random(7)
    for head, name in ((b"", "a.txt"), (b"%PDF-1.7\n", "a.pdf"), (b"PK\x03\x04", "a.docx")):
        assert _refused(tmp_path, name, head + random.randbytes(5000)) in REASONS


def _bomb(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/manifest.xml", "<m/>")
        with archive.open(name, "w", force_zip64=True) as entry:
            for _ in range(300):
                entry.write(bytes(1 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("inside", "name"), [("word/document.xml", "a.docx"), ("content.xml", "a.odt")]
)
def test_a_zip_bomb_is_refused(inside: str, name: str, tmp_path: Path) -> None:
    assert _refused(tmp_path, name, _bomb(inside)) == "corpus.too-large"


def test_entities_and_files_outside_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("contrasinal")
    with zipfile.ZipFile(io.BytesIO(samples.docx())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts["word/document.xml"]
    head = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}">]>'.encode()
    at = body.index(b"<w:document")
    parts["word/document.xml"] = body[:at] + head + body[at:].replace(b"xaneiro", b"&a;")
    path = tmp_path / "file"
    path.write_bytes(samples.zipped(parts))
    try:
        assert "contrasinal" not in extract(path, "a.docx", limits=QUICK).text
    except TertuliaError as error:
        assert error.code in REASONS
    odt = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><office:body xmlns:office="o">&a;</office:body>'
    data = samples.zipped({"META-INF/manifest.xml": "<m/>", "content.xml": odt})
    assert _refused(tmp_path, "a.odt", data) == "corpus.damaged"


def test_path_names_in_an_archive_write_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(samples.docx())) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    parts |= {"../../../tmp/evil": b"x", "/etc/evil": b"x"}
    before = sorted(tmp_path.parent.rglob("*"))
    assert _refused(tmp_path, "../../a.docx", samples.zipped(parts)) == "read"
    after = [path for path in sorted(tmp_path.parent.rglob("*")) if path != tmp_path / "file"]
    assert after == before


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td"])
def test_deep_html_is_bounded(tag: str, tmp_path: Path) -> None:
    data = b"<html><body>" + f"<{tag}>".encode() * 50_000 + b"texto"
    start = time.monotonic()
    assert _refused(tmp_path, "a.html", data) in REASONS | {"read"}
    assert time.monotonic() - start < QUICK.seconds


def test_one_line_of_fifty_megabytes_is_refused(tmp_path: Path) -> None:
    assert _refused(tmp_path, "a.txt", b"palabra " * (50_000_000 // 8)) == "corpus.too-large"


def test_one_word_of_a_megabyte_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a" * 1_000_000)
    found = extract(path, "a.txt", limits=QUICK)
    assert sum(len(each.text) for each in chunk(found)) == 1_000_000


def test_too_much_memory_computing_or_time_is_told(
    tmp_path: Path,
) -> None:
    path = tmp_path / "file"
    path.write_bytes(samples.html(body="<p>" + "palabra " * 2_000_000))
    with pytest.raises(TertuliaError) as memory:
        read_isolated(path, "a.html", Limits(memory=200 << 20, seconds=30))
    assert memory.value.code in ("knowledge.unreadable", "corpus.damaged")
    with pytest.raises(TertuliaError) as slow:
        read_isolated(path, "a.html", Limits(seconds=0.001))
    assert (slow.value.code, "longer than" in slow.value.what) == ("knowledge.unreadable", True)
    with pytest.raises(TertuliaError) as computing:
        read_isolated(path, "a.html", Limits(cpu_seconds=0))
    assert computing.value.code == "knowledge.unreadable"
    assert _outcome(path, "a.html") == "read"


def test_what_a_child_answers_is_checked() -> None:
    answer = {"text": "abc", "pages": [[1, 0, 9]], "headings": [], "empty_pages": [],
              "title": None, "encoding": None}  # fmt: skip
    with pytest.raises(TertuliaError) as refused:
        isolation._checked(answer, "a.pdf")
    assert refused.value.code == "knowledge.unreadable"


def test_no_child_is_left_behind(tmp_path: Path) -> None:
    import multiprocessing

    _refused(tmp_path, "a.txt", b"ola")
    assert multiprocessing.active_children() == []
