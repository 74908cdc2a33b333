"""What each format gives: text, identity, language, reservation, and what is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.corpus.document import document_id
from tests.corpus.readers import samples as made
from tests.corpus.readers.read import read, read_bytes
from tests.corpus.readers.samples import FIRST, SECOND, samples


@pytest.mark.parametrize("name", sorted(samples()))
def test_every_format_gives_its_documents_and_tells_of_nothing_broken(
    tmp_path: Path, name: str
) -> None:
    rows, told = read_bytes(tmp_path, name, samples()[name])
    assert rows
    assert all(row["text"] and row["source"] == "s" and row["split"] == "train" for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)
    assert [event for event in told if not event.expected] == []


def test_a_page_is_its_article_with_its_language_and_address(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="https://example.org/rio">'
    (row,), _ = read_bytes(tmp_path, "a.html", made.html(head, lang="ca-ES-valencia"))
    assert row["text"] == f"O río\n\n{FIRST}\n\n{SECOND}"
    assert (row["language"], row["url"]) == ("ca-ES-valencia", "https://example.org/rio")
    assert row["reservation"] is None


@pytest.mark.parametrize(
    ("head", "reservation"),
    [
        ('<meta name="robots" content="noindex, NoAI">', "noai"),
        ('<META NAME="Robots" CONTENT="index,follow">', None),
        ('<meta name="tdm-reservation" content="1">', "tdm-reservation: 1"),
        ('<meta name="tdm-reservation" content="0">', "tdm-reservation: 0"),
        ('<meta name="robots" content="noai"><meta name="tdm-reservation" content="1">',
         "noai, tdm-reservation: 1"),
    ],
)  # fmt: skip
def test_an_authors_reservation_is_kept(tmp_path: Path, head: str, reservation: str) -> None:
    (row,), _ = read_bytes(tmp_path, "a.html", made.html(head))
    assert row["reservation"] == reservation


def test_an_old_page_is_read_in_the_encoding_that_it_states(tmp_path: Path) -> None:
    page = made.html().decode().replace("utf-8", "iso-8859-1").encode("latin-1")
    (row,), _ = read_bytes(tmp_path, "a.htm", page)
    assert FIRST in row["text"]


def test_pages_of_a_pdf_follow_each_other_line_by_line(tmp_path: Path) -> None:
    (row,), _ = read_bytes(tmp_path, "a.pdf", made.pdf("un (dous)", "", "tres"))
    assert row["text"] == "un (dous)\ntres"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", made.pdf(""), "file-no-text"),
        ("a.pdf", made.encrypted_pdf(), "file-encrypted"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file-encrypted"),
        ("a.epub", made.epub(locked="OEBPS/dous.xhtml"), "file-encrypted"),
        ("a.epub", made.epub(package="../../etc/passwd"), "file-damaged"),
        ("a.html", b"", "file-no-text"),
        ("a.xml", b"<rss><channel/></rss>", "file-damaged"),
        ("a.tmx", b"<xliff/>", "file-damaged"),
        ("a.warc", b"no archive at all\n", "file-damaged"),
        ("a.csv", b"text,id\n\"a\n", "file-damaged"),
    ],
)  # fmt: skip
def test_a_file_without_text_to_be_had_costs_itself(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / "z.txt").write_text(FIRST, encoding="utf-8")
    (tmp_path / name).write_bytes(content)
    rows, (told,) = read(tmp_path)
    assert [row["text"] for row in rows] == [FIRST]
    assert (told.path, told.reason, told.bytes) == (name, reason, len(content))
    assert str(tmp_path) not in told.where + told.detail


def test_a_book_whose_fonts_alone_are_locked_is_open(tmp_path: Path) -> None:
    (row,), _ = read_bytes(tmp_path, "a.epub", made.epub(locked="fonts/a.otf"))
    assert row["text"] == f"{FIRST}\n\n{SECOND}"
    assert (row["language"], row["date"]) == ("gl", "1998")


def test_office_files_keep_the_order_of_headings_paragraphs_and_tables(tmp_path: Path) -> None:
    (docx,), _ = read_bytes(tmp_path, "a.docx", made.docx())
    (odt,), _ = read_bytes(tmp_path, "a.odt", made.odt())
    assert docx["text"] == f"O río\n{FIRST}\nmes\tcaudal\nxaneiro\talto\n{SECOND}"
    assert odt["text"] == f"O río\nLeva  auga\tfría\nmes\tcaudal\nxaneiro\talto\n{SECOND}"
    assert docx["language"] == odt["language"] == "gl-ES"


def test_a_web_archive_gives_pages_and_counts_the_rest(tmp_path: Path) -> None:
    rows, told = read_bytes(tmp_path, "a.warc", made.warc())
    assert [(row["url"], row["reservation"]) for row in rows] == [
        ("https://example.org/1", None),
        ("https://example.org/4", "noai"),
    ]
    assert rows[0]["id"] == document_id("s", "urn:uuid:0000-1", "gl")
    assert rows[0]["date"] == "2024-05-01T10:00:00Z"
    assert [(event.reason, event.detail) for event in told] == [
        ("warc-no-page", "image/png"),
        ("warc-no-page", "HTTP status 404"),
    ]


def test_a_record_that_is_broken_costs_itself(tmp_path: Path) -> None:
    http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    archive = made.warc_record(1, b"\x1f\x8b no gzip", http) + made.warc_record(2, made.html())
    rows, (told,) = read_bytes(tmp_path, "a.warc", archive)
    assert [row["url"] for row in rows] == ["https://example.org/2"]
    assert (told.reason, told.where) == ("bad-row", "a.warc, record urn:uuid:0000-1")


def test_a_dump_gives_articles_without_markup_and_counts_redirects(tmp_path: Path) -> None:
    (row,), told = read_bytes(tmp_path, "a.xml.bz2", samples()["a.xml.bz2"])
    assert row["text"] == f"Río Miño\n\n{FIRST} a cidade\nHistoria\n{SECOND}"
    assert row["id"] == document_id("s", "glwiki:7", "gl")
    assert row["url"] == "https://gl.wikipedia.org/wiki/R%C3%ADo_Mi%C3%B1o"
    assert [event.reason for event in told] == ["wiki-redirect", "wiki-namespace"]


@pytest.mark.parametrize("name", ["a.po", "a.tmx"])
def test_translations_share_a_parent_and_have_languages(tmp_path: Path, name: str) -> None:
    rows, _ = read_bytes(tmp_path, name, samples()[name], language="es")
    first, second = rows[:2]
    assert first["parent"] == second["parent"] is not None
    assert first["language"] == "en" and str(second["language"]).startswith("gl")
    assert first["id"] != second["id"]


def test_a_catalogue_gives_checked_translations_only(tmp_path: Path) -> None:
    rows, told = read_bytes(tmp_path, "a.po", made.PO)
    assert [row["text"] for row in rows] == [
        "The river runs", 'O río corre "ben"\n', "one %d", "many %d", "un %d", SECOND,
    ]  # fmt: skip
    assert [event.reason for event in told] == ["po-fuzzy", "po-untranslated"]


def test_a_treebank_gives_documents_of_sentences(tmp_path: Path) -> None:
    rows, _ = read_bytes(tmp_path, "a.conllu", made.CONLLU)
    assert [row["text"] for row in rows] == ["Leva auga.\ndo río.", "Fin."]
    assert rows[0]["id"] == document_id("s", "conto", "")


def test_a_table_with_semicolons_is_a_table(tmp_path: Path) -> None:
    content = 'corpo;data\n"a;b";2020\nc\n'.encode("utf-8-sig")
    rows, (told,) = read_bytes(tmp_path, "a.csv", content, text_field="corpo")
    assert [(row["text"], row["date"]) for row in rows] == [("a;b", None)]
    assert (told.reason, told.where) == ("bad-row", "a.csv, row 2")


def test_the_hugging_face_layout_has_splits_and_a_card(tmp_path: Path) -> None:
    for name in ("train-00000-of-00001", "validation-00000-of-00001", "test-00000-of-00001"):
        path = tmp_path / "data" / f"{name}.parquet"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made.parquet())
    (tmp_path / "README.md").write_text("A card", encoding="utf-8")
    (tmp_path / "data" / "notes.md").write_text("Notas", encoding="utf-8")
    rows, _ = read(tmp_path)
    # In the order of paths: notes, test, train, validation.
    assert [row["split"] for row in rows] == [
        "train", *["held_out"] * 2, *["train"] * 2, *["held_out"] * 2,
    ]  # fmt: skip
