"""EPUB: a book is a document, its chapters in the order of the spine."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from tertulia.corpus.opening import whole_bytes
from tertulia.corpus.readers.record import Record, framed, plain_language
from tertulia.corpus.readers.web_page import no_text_inside, read_page
from tertulia.corpus.readers.xml_events import attribute, elements, text_of
from tertulia.corpus.readers.zip_archive import ZipArchive, encrypted
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """One raw row for an .epub file; a chapter that cannot be read costs itself."""
    archive = ZipArchive(whole_bytes(path), path)
    where = str(path)
    package_name = _package_name(archive, where)
    package = _one(archive, package_name, "package", where)
    names = _spine(package, posixpath.dirname(package_name))
    if not _locked(archive, where).isdisjoint(names):
        raise encrypted(where)
    chapters = []
    reservation = None
    for name in names:
        try:
            page = read_page(archive.read(name), f"{where}, {name}", whole=True)
        except DataError as error:
            report.row(DataError("corpus.bad-row", error.what, where=f"{where}, {name}"), 0)
            continue
        chapters.append(page.text)
        reservation = reservation or page.reservation
    text = "\n\n".join(chapter for chapter in chapters if chapter)
    if not text:
        raise no_text_inside("an EPUB", where)
    language = plain_language(text_of(package.find(".//language")))
    date = text_of(package.find(".//date")) or None
    yield from framed([Record(text=text, language=language, date=date, reservation=reservation)])


def _one(archive: ZipArchive, name: str, wanted: str, where: str) -> Element:
    data = archive.read(name)
    found = list(elements(io.BytesIO(data), frozenset({wanted}), f"{where}, {name}"))
    if not found:
        raise DataError("corpus.damaged", f"{name} has no element '{wanted}'", where=where)
    return found[0]


def _package_name(archive: ZipArchive, where: str) -> str:
    return attribute(_one(archive, _CONTAINER, "rootfile", where), "full-path") or ""


def _spine(package: Element, folder: str) -> list[str]:
    """Names of the chapters within the archive, each once."""
    names = {
        attribute(item, "id"): posixpath.normpath(
            posixpath.join(folder, unquote(attribute(item, "href") or ""))
        )
        for item in package.iter("item")
        if "html" in (attribute(item, "media-type") or "")
    }
    wanted = [names.get(attribute(item, "idref")) for item in package.iter("itemref")]
    return list(dict.fromkeys(name for name in wanted if name is not None))


def _locked(archive: ZipArchive, where: str) -> set[str]:
    """Names of entries that are encrypted; fonts often are in books that are open."""
    if _ENCRYPTION not in archive.names():
        return set()
    found = _one(archive, _ENCRYPTION, "encryption", where)
    return {unquote(attribute(item, "URI") or "") for item in found.iter("CipherReference")}
