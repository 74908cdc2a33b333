"""MediaWiki dumps: the plain text of articles; redirects and other namespaces are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from tertulia.corpus.opening import open_bytes
from tertulia.corpus.readers.record import Record, framed, plain_language
from tertulia.corpus.readers.wikitext import plain_text
from tertulia.corpus.readers.xml_events import elements, text_of
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_ARTICLES = "0"


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """Raw frames of an .xml or .xml.bz2 dump."""
    yield from framed(_records(path, report))


def _records(path: Path, report: Report) -> Iterator[Record]:
    wiki, base, found = "", "", False
    with open_bytes(path) as stream:
        for element in elements(stream, frozenset({"siteinfo", "page"}), str(path)):
            found = True
            if element.tag == "siteinfo":
                wiki, base = text_of(element.find("dbname")), text_of(element.find("base"))
                continue
            record = _article(element, wiki, base, report)
            if record is not None:
                yield record
    if not found:
        raise DataError("corpus.damaged", "an XML file is no MediaWiki dump", where=str(path))


def _article(page: Element, wiki: str, base: str, report: Report) -> Record | None:
    number, title = text_of(page.find("id")), text_of(page.find("title"))
    revision = page.find("revision")
    markup = revision.find("text") if revision is not None else None
    source = (markup.text or "") if markup is not None else ""
    passed = None
    if text_of(page.find("ns")) != _ARTICLES:
        passed = "wiki-namespace"
    elif page.find("redirect") is not None:
        passed = "wiki-redirect"
    elif revision is not None and text_of(revision.find("model")) not in ("", "wikitext"):
        passed = "wiki-no-article"
    if passed is not None:
        report.passed_over(passed, f"page {number}", title, len(source.encode()))
        return None
    text = plain_text(source)
    return Record(
        text=f"{title}\n\n{text}" if title and text else text,
        part=number,
        id=f"{wiki}:{number}" if wiki and number else None,
        language=plain_language(_language_of(base)),
        date=text_of(revision.find("timestamp")) or None if revision is not None else None,
        url=_address(base, title),
    )


def _language_of(base: str) -> str | None:
    """`gl` of `https://gl.wikipedia.org/wiki/Portada`; None where the host says none."""
    host = base.partition("://")[2].partition("/")[0].split(".")
    return host[0] if len(host) > 2 and host[1].startswith("wiki") else None


def _address(base: str, title: str) -> str | None:
    from urllib.parse import quote

    folder = base.rpartition("/")[0]
    return f"{folder}/{quote(title.replace(' ', '_'))}" if folder and title else None
