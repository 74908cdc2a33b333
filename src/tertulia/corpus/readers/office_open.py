"""DOCX: headings, paragraphs and tables in their order; a row of a table is a line."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import whole_bytes
from tertulia.corpus.readers.block import Block, Blocks
from tertulia.corpus.readers.record import Record, framed, plain_language
from tertulia.corpus.readers.web_page import no_text_inside
from tertulia.corpus.readers.zip_archive import ZipArchive, encrypted
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a .docx with a password begins."""


_HEADING = re.compile(r"heading ([1-9])", re.I)
"""Word names its own styles in English, whatever language it shows them in."""


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """One raw row for a .docx file."""
    read = read_docx(whole_bytes(path), path)
    if not read.blocks:
        raise no_text_inside("a DOCX file", str(path))
    text = "\n".join(block.text for block in read.blocks)
    yield from framed([Record(text=text, language=read.language)])


def read_docx(data: bytes, path: Path) -> Blocks:
    """The blocks of a .docx file, none where it holds no text; `path` is named in errors.

    Raises DataError `corpus.damaged`, `corpus.encrypted` or `corpus.too-large`.
    """
    import docx

    if data.startswith(_COMPOUND_FILE):
        raise encrypted(str(path))
    ZipArchive(data, path)
    try:
        document = docx.Document(io.BytesIO(data))
        return Blocks(
            blocks=tuple(_blocks(document, _HeadingLevels())),
            language=plain_language(document.core_properties.language),
            title=document.core_properties.title.strip() or None,
        )
    # A hostile file can raise nearly anything inside the parser.
    except Exception as error:
        raise DataError(
            "corpus.damaged",
            f"a DOCX file cannot be read ({type(error).__name__}: {error})",
            where=str(path),
        ) from error


class _HeadingLevels:
    """Which level a paragraph's style makes it; each style is looked up once."""

    def __init__(self) -> None:
        self._known: dict[str | None, int | None] = {}

    def of(self, paragraph: Paragraph) -> int | None:
        style = paragraph._p.style
        if style not in self._known:
            self._known[style] = self._level(paragraph)
        return self._known[style]

    def _level(self, paragraph: Paragraph) -> int | None:
        named = paragraph.style.name if paragraph.style is not None else None
        if named == "Title":
            return 1
        found = _HEADING.fullmatch(named or "")
        return int(found[1]) if found else None


def _blocks(container: Document | _Cell, levels: _HeadingLevels) -> Iterator[Block]:
    from docx.table import Table

    for block in container.iter_inner_content():
        if isinstance(block, Table):
            yield from (Block(text=line, row=True) for line in _lines(block, levels))
        elif text := block.text.strip():
            yield Block(text=text, level=levels.of(block))


def _lines(table: Table, levels: _HeadingLevels) -> Iterator[str]:
    for row in table.rows:
        cells: list[_Cell] = []
        for cell in row.cells:
            # Merged cells are given once for each column that they cover.
            if all(cell._tc is not other._tc for other in cells):
                cells.append(cell)
        texts = [" ".join(block.text for block in _blocks(cell, levels)) for cell in cells]
        if any(texts):
            yield "\t".join(texts)
