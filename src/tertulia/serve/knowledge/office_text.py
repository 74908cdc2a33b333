"""DOCX and ODT: headings, paragraphs and rows of tables."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tertulia.corpus.readers.office_open import read_docx
from tertulia.corpus.readers.open_document import read_odt
from tertulia.serve.knowledge.structured_text import Structure, StructuredText


def read_office(data: bytes, name: str, kind: Literal["docx", "odt"]) -> Structure:
    """The structure of a file. Raises DataError as the readers of the corpus do."""
    read = (read_docx if kind == "docx" else read_odt)(data, Path(name))
    out = StructuredText(name)
    for block in read.blocks:
        if block.level is not None:
            out.heading(block.level, block.text)
        elif block.row:
            out.row(block.text)
        else:
            out.paragraph(block.text)
    return out.finish(title=read.title)
