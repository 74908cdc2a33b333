"""ODT: headings, paragraphs, lists and tables in their order; a row of a table is a line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from tertulia.corpus.opening import whole_bytes
from tertulia.corpus.readers.block import Block, Blocks
from tertulia.corpus.readers.record import Record, framed, plain_language
from tertulia.corpus.readers.web_page import no_text_inside
from tertulia.corpus.readers.xml_events import attribute, elements, text_of
from tertulia.corpus.readers.zip_archive import ZipArchive, encrypted

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_NOT_TEXT = frozenset({"annotation", "tracked-changes", "sequence-decls", "forms", "note"})
_MAX_SPACES = 100


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """One raw row for an .odt file."""
    read = read_odt(whole_bytes(path), path)
    if not read.blocks:
        raise no_text_inside("an ODT file", str(path))
    text = "\n".join(block.text for block in read.blocks)
    yield from framed([Record(text=text, language=read.language, date=read.date)])


def read_odt(data: bytes, path: Path) -> Blocks:
    """The blocks of an .odt file, none where it holds no text; `path` is named in errors.

    Raises DataError `corpus.damaged`, `corpus.truncated`, `corpus.encrypted`, `corpus.too-large`.
    """
    archive = ZipArchive(data, path)
    where = str(path)
    names = archive.names()
    if "META-INF/manifest.xml" in names and b":encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise encrypted(where)
    bodies = _parts(archive, "content.xml", "body", where)
    blocks = tuple(block for body in bodies for block in _blocks(body))
    language = date = title = None
    if blocks and "meta.xml" in names:
        for meta in _parts(archive, "meta.xml", "meta", where):
            language = plain_language(text_of(meta.find(".//language")))
            date = text_of(meta.find(".//date")) or None
            title = text_of(meta.find(".//title")) or None
    return Blocks(blocks=blocks, language=language, title=title, date=date)


def _parts(archive: ZipArchive, name: str, wanted: str, where: str) -> list[Element]:
    data = archive.read(name)
    return list(elements(io.BytesIO(data), frozenset({wanted}), f"{where}, {name}"))


def _blocks(element: Element) -> Iterator[Block]:
    for child in element:
        if child.tag in _NOT_TEXT:
            continue
        if child.tag in ("p", "h"):
            if line := _inline(child).strip():
                yield Block(text=line, level=_level(child) if child.tag == "h" else None)
        elif child.tag == "table-row":
            cells = [
                " ".join(block.text for block in _blocks(cell))
                for cell in child
                if cell.tag == "table-cell"
            ]
            if any(cells):
                yield Block(text="\t".join(cells).rstrip(), row=True)
        else:
            yield from _blocks(child)


def _level(heading: Element) -> int:
    level = attribute(heading, "outline-level") or "1"
    return int(level) if level in set("123456789") else 1


def _inline(element: Element) -> str:
    """The text of a paragraph: spaces, tabs and line breaks are elements of their own."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "s":
            count = attribute(child, "c") or "1"
            pieces.append(" " * min(int(count[:9]) if count.isdecimal() else 1, _MAX_SPACES))
        elif child.tag == "tab":
            pieces.append("\t")
        elif child.tag == "line-break":
            pieces.append("\n")
        elif child.tag not in _NOT_TEXT:
            pieces.append(_inline(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
