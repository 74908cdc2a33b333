"""The page of a document: the passage marked, everything escaped, nothing that runs."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from tertulia.serve.database.open_database import SqlDatabase, open_database
from tertulia.serve.database.records import Collection, Document, Reader
from tertulia.serve.knowledge.document import Extract, Heading, Page, Span
from tertulia.serve.knowledge.indexing import Indexer
from tertulia.serve.knowledge.originals import Originals
from tertulia.serve.pages.document_page import (
    CONTENT_SECURITY_POLICY,
    document_page,
    document_router,
    wanted_language,
)
from tertulia.serve.pages.document_parts import parts, pieces
from tests.corpus.readers import samples
from tests.serve.hashed_embedder import HashedEmbedder

OWNER = Reader(tenant="concello", user="uxia")
TEXT = 'O <río>\n\nA "auga" & <script>alert(1)</script> leva.\n\nSegunda folla'
DOCUMENT = Document(
    id="doc/1", collection="vs_1", file="f", name="a<b>.pdf", sha256="x", state="ready", created=1
)
EXTRACT = Extract(
    text=TEXT,
    title="O <río>",
    language="gl",
    pages=(
        Page(number=1, start=0, end=TEXT.index("\n\nSegunda")),
        Page(number=2, start=TEXT.index("Segunda"), end=len(TEXT)),
        Page(number=3, start=len(TEXT), end=len(TEXT)),
    ),
    headings=(Heading(level=1, start=0, end=7),),
    empty_pages=(3,),
)


class _Marks(HTMLParser):
    """The text within marks, and the names of all elements."""

    def __init__(self) -> None:
        super().__init__()
        self.marked, self.elements, self._inside = "", list[str](), False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.append(tag)
        self._inside |= tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._inside &= tag != "mark"

    def handle_data(self, data: str) -> None:
        self.marked += data if self._inside else ""


def _read(html: str) -> _Marks:
    reader = _Marks()
    reader.feed(html)
    return reader


def test_the_passage_is_marked_over_headings_and_paragraphs() -> None:
    html = document_page(DOCUMENT, EXTRACT, Span(start=2, end=TEXT.index(" leva")))
    assert _read(html).marked == '<río>A "auga" & <script>alert(1)</script>'
    assert html.count('id="passage"') == 1
    assert '<main lang="gl">' in html and '<html lang="en">' in html


def test_what_a_document_says_never_becomes_markup() -> None:
    elements = _read(document_page(DOCUMENT, EXTRACT, Span(start=0, end=99))).elements
    assert "script" not in elements and "b" not in elements and "río" not in elements
    assert elements.count("h1") == 1 and elements.count("h2") == 1


def test_pages_are_linked_and_the_original_opens_at_its_page() -> None:
    html = document_page(DOCUMENT, EXTRACT, Span(start=TEXT.index("folla"), end=len(TEXT)))
    assert _read(html).marked == "folla"
    assert "Page 2" in html
    assert re.findall('href="([^"]*)"', html) == [
        "/documents/doc%2F1?part=0", "/documents/doc%2F1?part=2",
        "/documents/doc%2F1/original#page=2",
    ]  # fmt: skip


def test_a_page_without_text_says_so() -> None:
    html = document_page(DOCUMENT, EXTRACT, part=2)
    assert "This page holds no text; it was most likely scanned." in html
    assert _read(html).marked == ""


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    style = re.search("<style>(.*?)</style>", document_page(DOCUMENT, EXTRACT), re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'; ")


@given(st.text(alphabet="ab \n.", max_size=20), st.integers(0, 2000))
def test_all_of_a_long_text_is_in_its_parts(seed: str, repeats: int) -> None:
    text = (seed * repeats).strip()
    extract = Extract(text=text, title="x", language=None)
    shown = parts(extract)
    assert "".join(text[part.start : part.end] for part in shown) == text
    visible = "".join(
        run.text for part in shown for piece in pieces(extract, part, None) for run in piece.runs
    )
    assert visible.split() == text.split() or "".join(visible.split()) == "".join(text.split())


def test_an_endless_page_is_shown_in_stretches() -> None:
    text = "auga\n\n" * 50_000
    pages = (Page(number=1, start=0, end=9), Page(number=2, start=9, end=len(text)))
    shown = parts(Extract(text=text, title="t", language=None, pages=pages))
    assert [part.number for part in shown] == [1] + [2] * (len(shown) - 1)
    assert "".join(text[part.start : part.end] for part in shown) == text
    assert max(part.end - part.start for part in shown) <= 60_000


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("ca-ES-valencia,ca;q=0.9", "ca@valencia"), ("fr-FR,eu;q=0.8", "eu"), ("gl", "gl"),
        ("fr, de", None), ("", None), ("es-AR", "es"),
    ],
)  # fmt: skip
def test_the_language_is_the_browsers(accepted: str, wanted: str | None) -> None:
    assert wanted_language(accepted) == wanted


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlDatabase]:
    opened = open_database(tmp_path / "tertulia.db")
    opened.add_collection(
        Collection(
            id="vs_1", tenant="concello", owner="uxia", name="x", created=1, embedder="hashed-words"
        )
    )
    yield opened
    opened.close()


def _client(database: SqlDatabase, originals: Originals, reader: Reader) -> TestClient:
    app = FastAPI()
    app.include_router(document_router(database, originals, lambda: reader))
    return TestClient(app)


def _index(database: SqlDatabase, originals: Originals, name: str, data: bytes) -> None:
    stored = originals.put(io.BytesIO(data), 1 << 20)
    database.add_document(
        Document(
            id=name,
            collection="vs_1",
            file="f",
            name=f"cartafol/{name}",
            sha256=stored.sha256,
            state="queued",
            created=1,
        )
    )
    assert Indexer(database, originals, HashedEmbedder()).index_next()


def test_the_router_serves_the_page_and_the_original(database: SqlDatabase, tmp_path: Path) -> None:
    originals = Originals(tmp_path / "originals", reserve=0)
    _index(database, originals, "a.pdf", samples.pdf("Primeira folla", "Segunda folla"))
    _index(database, originals, "a.html", samples.html())
    client = _client(database, originals, OWNER)
    page = client.get("/documents/a.pdf?start=16&end=23", headers={"Accept-Language": "gl"})
    assert page.status_code == 200
    assert _read(page.text).marked == "Segunda"
    assert '<html lang="gl">' in page.text
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    original = client.get("/documents/a.pdf/original")
    assert original.content == samples.pdf("Primeira folla", "Segunda folla")
    assert original.headers["content-type"] == "application/pdf"
    assert original.headers["content-disposition"] == 'inline; filename="a.pdf"'
    html = client.get("/documents/a.html/original")
    assert html.headers["content-type"] == "application/octet-stream"
    assert html.headers["content-disposition"].startswith("attachment")
    assert html.headers["x-content-type-options"] == "nosniff"
    for odd in ("?start=999999999", "?part=99", "?start=5&end=2", ""):
        assert client.get(f"/documents/a.html{odd}").status_code == 200


def test_who_may_not_see_a_document_finds_none(database: SqlDatabase, tmp_path: Path) -> None:
    originals = Originals(tmp_path / "originals", reserve=0)
    _index(database, originals, "a.html", samples.html())
    client = _client(database, originals, Reader(tenant="concello", user="outra"))
    assert client.get("/documents/a.html").status_code == 404
    assert client.get("/documents/a.html/original").status_code == 404
