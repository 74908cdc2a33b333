"""Extraction: every format gives its text, headings and pages at their right places."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.errors import DataError
from tertulia.serve.knowledge import pdf_text
from tertulia.serve.knowledge.document import Extract
from tertulia.serve.knowledge.extract import as_extract, extract
from tertulia.serve.knowledge.reading import read_structure
from tertulia.serve.knowledge.structured_text import StructuredText
from tests.corpus.readers import samples
from tests.fixtures.pdf_files import pdf_of_lines, with_outline

SENTENCE = "A ribeira leva auga todo o ano, e os muíños moen de noite."


def _extract(tmp_path: Path, data: bytes, name: str) -> Extract:
    path = tmp_path / "file"
    path.write_bytes(data)
    return as_extract(read_structure(path, name), name)


def _headings(found: Extract) -> list[tuple[int, str]]:
    return [(head.level, found.text[head.start : head.end]) for head in found.headings]


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.html", "a.md"])
def test_headings_stand_where_they_are_told(name: str, tmp_path: Path) -> None:
    found = _extract(tmp_path, samples.samples()[name], name)
    assert _headings(found) == [(1, "O río")]
    assert found.title == "O río"
    assert found.language == "gl"
    assert found.pages == ()


@pytest.mark.parametrize("name", ["a.docx", "a.odt"])
def test_a_row_of_a_table_is_a_line(name: str, tmp_path: Path) -> None:
    found = _extract(tmp_path, samples.samples()[name], name)
    assert "\n\nmes\tcaudal\nxaneiro\talto\n\n" in found.text


def test_a_pdf_keeps_its_pages_and_tells_the_empty_ones(tmp_path: Path) -> None:
    data = samples.pdf("Primeira folla", "", "Terceira (folla)")
    found = _extract(tmp_path, data, "actas.pdf")
    shown = {page.number: found.text[page.start : page.end] for page in found.pages}
    assert shown == {1: "Primeira folla", 2: "", 3: "Terceira (folla)"}
    assert found.empty_pages == (2,)
    assert found.title == "actas"


def test_headings_of_a_pdf_come_from_its_outline(tmp_path: Path) -> None:
    lines = [(12.0, "Capítulo 1"), (12.0, "Da auga"), (12.0, SENTENCE), (12.0, "Sección")]
    data = with_outline(
        pdf_of_lines(lines, lines),
        [("Capítulo 1 Da auga", 1, 0), ("SECCIÓN", 2, 1), ("Non está", 1, 0)],
        title="Ordenanza da auga",
    )
    found = _extract(tmp_path, data, "x.pdf")
    assert _headings(found) == [(1, "Capítulo 1 Da auga"), (2, "Sección")]
    assert found.headings[1].start > found.pages[1].start
    assert found.title == "Ordenanza da auga"


def test_without_an_outline_large_letters_are_headings(tmp_path: Path) -> None:
    text = [(10.0, SENTENCE)] * 12
    data = pdf_of_lines(
        [(20.0, "Ordenanza"), *text, (14.0, "Artigo 1. O río"), *text],
        [(14.0, "Artigo 2. A ponte e"), (14.0, "o muíño"), *text],
    )
    found = _extract(tmp_path, data, "x.pdf")
    assert _headings(found) == [
        (1, "Ordenanza"), (2, "Artigo 1. O río"), (2, "Artigo 2. A ponte e o muíño"),
    ]  # fmt: skip


def test_a_broken_page_or_outline_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = with_outline(samples.pdf("Primeira folla", "Segunda folla"), [("Primeira", 1, 0)])
    broken = data.replace(b"/Type /Outlines", b"/Type /Outline ", 1)
    broken = broken.replace(b"/First ", b"/Fixst ").replace(b"/Title (Primeira)", b"/Title 5 0 R")
    assert _extract(tmp_path, broken, "x.pdf").text == "Primeira folla\n\nSegunda folla"
    real = pdf_text.page_text
    monkeypatch.setattr(
        pdf_text,
        "page_text",
        lambda page, visitor: real(page, visitor) if page.page_number else 1 / 0,
    )
    found = _extract(tmp_path, samples.pdf("Primeira", "Segunda"), "x.pdf")
    assert (found.text, found.empty_pages) == ("Segunda", (1,))
    with pytest.raises(DataError) as refused:
        _extract(tmp_path, samples.pdf("Primeira"), "x.pdf")
    assert refused.value.code == "corpus.damaged"


def test_a_title_that_a_program_wrote_is_none(tmp_path: Path) -> None:
    data = with_outline(samples.pdf("Un texto calquera"), [], title="Microsoft Word - acta.docx")
    assert _extract(tmp_path, data, "pleno.pdf").title == "pleno"


def test_a_page_says_its_main_part_with_lists_and_tables(tmp_path: Path) -> None:
    body = (
        "<p>Un <b>texto</b> &lt;con&gt; <a href='x'>ligazón</a>.</p><script>alert('x')</script>"
        "<ul><li>pan<li>viño</ul><h3>Caudais</h3>"
        "<table><tr><th>mes</th><th>caudal</th></tr><tr><td>xaneiro</td><td>alto</td></tr></table>"
    )
    found = _extract(tmp_path, samples.html(body=body), "a.html")
    assert found.text == (
        "O río\n\nUn texto <con> ligazón.\n\n• pan\n• viño\n\nCaudais\n\nmes\tcaudal\nxaneiro\talto"
    )
    assert _headings(found) == [(1, "O río"), (3, "Caudais")]


def test_markdown_keeps_code_and_reads_both_kinds_of_headings(tmp_path: Path) -> None:
    text = (
        "Título\n======\n\n```\n# non é\n```\n## Sub ##\ntexto\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    found = _extract(tmp_path, text.encode(), "a.md")
    assert _headings(found) == [(1, "Título"), (2, "Sub")]
    assert found.text == "Título\n\n```\n# non é\n```\n\nSub\n\ntexto\n\na\tb\n1\t2"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", []), ("utf-8-sig", []), ("utf-16", []), ("cp1252", ["windows-1252"])],
)
def test_encodings_of_plain_text(encoding: str, told: list[str], tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes((SENTENCE + " «Ñ»").encode(encoding))
    guesses: list[str] = []
    assert extract(path, "a.txt", on_guess=guesses.append).text == SENTENCE + " «Ñ»"
    assert guesses == told


def test_content_decides_over_the_name(tmp_path: Path) -> None:
    assert _extract(tmp_path, samples.pdf("Folla"), "a.txt").pages
    assert _headings(_extract(tmp_path, samples.docx(), "a.pdf")) == [(1, "O río")]
    assert _headings(_extract(tmp_path, samples.html(), "a.txt")) == [(1, "O río")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"only text"), ("a.docx", b"only text"), ("a.txt", bytes(range(256)) * 40),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0"), ("a.zip", samples.zipped({"x": "y"})),
        ("a.epub", samples.epub()), ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600),
        ("a.txt", rb"{\rtf1 hola}"),
    ],
)  # fmt: skip
def test_what_is_no_known_format_is_refused(name: str, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        _extract(tmp_path, data, name)
    assert refused.value.code == "knowledge.unknown-format"
    assert refused.value.where == name


def test_a_scan_is_told_apart_from_an_encrypted_file(tmp_path: Path) -> None:
    with pytest.raises(DataError) as scan:
        _extract(tmp_path, samples.pdf("", ""), "a.pdf")
    assert (scan.value.code, "2 pages" in scan.value.what) == ("knowledge.no-text", True)
    for data, name in ((samples.encrypted_pdf(), "a.pdf"),
                       (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx")):  # fmt: skip
        with pytest.raises(DataError) as locked:
            _extract(tmp_path, data, name)
        assert locked.value.code == "corpus.encrypted"


_ODD = st.text(
    alphabet=st.one_of(
        st.sampled_from("e\u0301n\u0303 \n\r\t\u00ad\u200b\ufeff\x00\x0c\u0344\u1100\u1161a."),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
)


@given(st.lists(st.tuples(st.sampled_from(["heading", "paragraph", "row", "page"]), _ODD)))
def test_places_are_right_in_the_normalised_text(given_pieces: list[tuple[str, str]]) -> None:
    out = StructuredText("x")
    headings = []
    for number, (kind, text) in enumerate(given_pieces):
        if kind == "heading":
            out.heading(number % 4, text)
            headings.append(text)
        elif kind == "page":
            out.page(number)
        else:
            getattr(out, kind)(text)
    found = out.finish()
    assert unicodedata.is_normalized("NFC", found.text)
    assert found.text == found.text.strip()
    shown = [found.text[head.start : head.end] for head in found.headings]
    assert all(text and "\n" not in text for text in shown)
    visible = "".join("".join(shown).split())
    cleaned = unicodedata.normalize("NFC", "".join("".join(headings).split()))
    # Control characters and soft hyphens are left out; nothing else is.
    assert len(visible) <= len(cleaned)
    at = 0
    for page in found.pages:
        assert at <= page.start <= page.end <= len(found.text)
        at = page.end
        assert (page.start == page.end) == (page.number in found.empty_pages)
