"""PDF: the text of all pages, page after page; a scan without text is told of, not guessed at."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import MAX_DOCUMENT_BYTES, too_large, whole_bytes
from tertulia.corpus.readers.record import Record, framed, has_lone_surrogate
from tertulia.corpus.readers.web_page import no_text_inside
from tertulia.corpus.readers.zip_archive import encrypted
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    from pypdf import PageObject, PdfReader

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_MAX_PAGES = 20_000


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """One raw row for a .pdf file."""
    data = whole_bytes(path)
    with parsing(str(path)):
        text = _text(data, path)
    if not text:
        raise no_text_inside("a PDF", str(path))
    yield from framed([Record(text=text)])


@contextmanager
def parsing(where: str) -> Iterator[None]:
    """Within it pypdf is silent, and what it raises is a DataError `corpus.damaged`."""
    # What pypdf mends on the way it tells nobody but us, and we tell only what is lost.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (DataError, KeyboardInterrupt):
        raise
    # A hostile file can raise nearly anything inside the parser.
    except Exception as error:
        raise DataError(
            "corpus.damaged",
            f"a PDF cannot be read ({type(error).__name__}: {error})",
            where=where,
        ) from error


def open_pdf(data: bytes, where: str) -> PdfReader:
    """A reader of a PDF that needs no password and has a bearable number of pages.

    Raises DataError `corpus.encrypted`, `corpus.too-large`, and within `parsing` `corpus.damaged`.
    """
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not _opened(reader):
        raise encrypted(where)
    if len(reader.pages) > _MAX_PAGES:
        raise too_large("a PDF", where)
    return reader


def page_text(page: PageObject, visitor: Callable[..., None] | None = None) -> str:
    """The text of a page, nothing for a scan; `visitor` is told each piece with its font."""
    # A form feed ends a page; in a text it is a line's end.
    text = page.extract_text(visitor_text=visitor).replace("\f", "\n").strip()
    if has_lone_surrogate(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _text(data: bytes, path: Path) -> str:
    pages: list[str] = []
    size = 0
    for page in open_pdf(data, str(path)).pages:
        text = page_text(page)
        size += len(text)
        if size > MAX_DOCUMENT_BYTES:
            raise too_large("a PDF", str(path))
        pages.append(text)
    return "\n".join(page for page in pages if page)


def _opened(reader: PdfReader) -> bool:
    """Whether it opens without a password, as files do that only forbid printing."""
    from pypdf.errors import DependencyError

    try:
        return bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):
        return False
