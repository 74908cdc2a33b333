"""DOCX: headings, paragraphs and tables in their order; a row of a table is a line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import whole_bytes
from tertulia.corpus.readers.record import Record, framed, plain_language
from tertulia.corpus.readers.web_page import no_text_inside
from tertulia.corpus.readers.zip_archive import ZipArchive, encrypted
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    from docx.document import Document
    from docx.table import Table, _Cell

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a .docx with a password begins."""


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """One raw row for a .docx file."""
    import docx

    data = whole_bytes(path)
    if data.startswith(_COMPOUND_FILE):
        raise encrypted(str(path))
    ZipArchive(data, path)
    try:
        document = docx.Document(io.BytesIO(data))
        text = "\n".join(_blocks(document))
        language = plain_language(document.core_properties.language)
    # A hostile file can raise nearly anything inside the parser.
    except Exception as error:
        raise DataError(
            "corpus.damaged",
            f"a DOCX file cannot be read ({type(error).__name__}: {error})",
            where=str(path),
        ) from error
    if not text:
        raise no_text_inside("a DOCX file", str(path))
    yield from framed([Record(text=text, language=language)])


def _blocks(container: Document | _Cell) -> Iterator[str]:
    from docx.table import Table

    for block in container.iter_inner_content():
        if isinstance(block, Table):
            yield from _lines(block)
        elif text := block.text.strip():
            yield text


def _lines(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells: list[_Cell] = []
        for cell in row.cells:
            # Merged cells are given once for each column that they cover.
            if all(cell._tc is not other._tc for other in cells):
                cells.append(cell)
        texts = [" ".join(_blocks(cell)) for cell in cells]
        if any(texts):
            yield "\t".join(texts)
