"""Reads a file of any known format; what runs in the child process of `isolation`."""

from __future__ import annotations

from pathlib import Path

from tertulia.corpus.readers.extras import require_extra
from tertulia.errors import DataError
from tertulia.serve.knowledge.formats import recognised, unknown
from tertulia.serve.knowledge.structured_text import Structure

_FOREIGN = 0.01
"""Share of characters that no encoding explains, above which a text is none."""


def read_structure(path: Path, name: str) -> Structure:
    """The text and structure of the file at `path`, which its user calls `name`.

    Raises DataError `knowledge.unknown-format`, `knowledge.no-text`, or as the readers of the
    corpus do; MissingExtraError `corpus.missing-extra`. Errors name the file by `name`.
    """
    data = path.read_bytes()
    kind = recognised(data, name)
    structure = _read(data, name, kind)
    if not structure.text:
        pages = len(structure.empty_pages)
        raise DataError(
            "knowledge.no-text",
            f"a file holds no text on its {pages} pages, which are most likely scanned"
            if pages
            else "a file holds no text",
            where=name,
            remedy="Recognise its text with an OCR program first" if pages else None,
        )
    if structure.encoding and structure.text.count("\ufffd") > _FOREIGN * len(structure.text):
        raise unknown(name, "no text in an encoding that is known")
    return structure


def _read(data: bytes, name: str, kind: str) -> Structure:
    # A reader is imported only where its format is met: some want packages that are optional.
    require_extra(kind)
    if kind == "pdf":
        from tertulia.serve.knowledge.pdf_text import read_pdf

        return read_pdf(data, name)
    if kind == "docx" or kind == "odt":
        from tertulia.serve.knowledge.office_text import read_office

        return read_office(data, name, "docx" if kind == "docx" else "odt")
    if kind == "html":
        from tertulia.serve.knowledge.html_text import read_html

        return read_html(data, name)
    from tertulia.serve.knowledge.plain_text import read_markdown, read_text

    return read_markdown(data, name) if kind == "markdown" else read_text(data, name)
