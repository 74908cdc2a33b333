"""A document's text as it is put together: paragraphs, headings, rows and pages at their places.

Every piece is brought into NFC before its place is taken, and pieces are parted by line breaks,
over which nothing composes: the places are right in the text that is stored.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tertulia.errors import DataError
from tertulia.serve.knowledge.document import Heading, Page

MAX_CHARACTERS = 20_000_000
"""Of one document, about ten thousand pages."""

_LEVELS = 9
_CONTROL: dict[int, str | None] = {
    code: None for code in (*range(9), *range(14, 32), 127, *range(0x80, 0xA0), 0xFEFF)
}
_CONTROL |= {0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_SOFT_HYPHEN = re.compile("\u00ad\n?")
_EMPTY_LINES = re.compile(r"\n{3,}")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What was read of a file; places are as in `Extract`."""

    text: str
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    empty_pages: tuple[int, ...] = ()
    title: str | None = None
    """What the file says of itself."""
    encoding: str | None = None
    """The encoding that was guessed, where the file does not tell."""


class StructuredText:
    """Takes the pieces of a document in their order."""

    def __init__(self, name: str) -> None:
        """`name` of the file is told in errors."""
        self._name = name
        self._pieces: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._pages: list[Page] = []
        self._page: int | None = None
        self._page_start: int | None = None
        self._after_row = False

    def heading(self, level: int, text: str) -> None:
        """A heading of `level` from 1; one line whatever it holds."""
        text = " ".join(clean(text).split())
        if text:
            start = self._add(text, "\n\n")
            level = min(max(level, 1), _LEVELS)
            self._headings.append(Heading(level=level, start=start, end=start + len(text)))

    def paragraph(self, text: str) -> None:
        """A paragraph, or several with empty lines between them."""
        if text := clean(text):
            self._add(text, "\n\n")

    def row(self, text: str) -> None:
        """A row of a table or an item of a list: a line after the one before."""
        if text := clean(text).replace("\n", " "):
            self._add(text, "\n" if self._after_row else "\n\n")
            self._after_row = True

    def page(self, number: int) -> None:
        """What comes next stands on this page."""
        self._end_page()
        self._page = number

    def finish(self, *, title: str | None = None, encoding: str | None = None) -> Structure:
        """All of it, once everything was given."""
        self._end_page()
        return Structure(
            text="".join(self._pieces),
            pages=tuple(self._pages),
            headings=tuple(self._headings),
            empty_pages=tuple(page.number for page in self._pages if page.start == page.end),
            title=" ".join(clean(title or "").split()) or None,
            encoding=encoding,
        )

    def _add(self, text: str, gap: str) -> int:
        if self._pieces:
            self._pieces.append(gap)
            self._length += len(gap)
        start = self._length
        if self._page_start is None:
            self._page_start = start
        self._pieces.append(text)
        self._length += len(text)
        self._after_row = False
        if self._length > MAX_CHARACTERS:
            raise DataError(
                "corpus.too-large",
                f"a document holds more than {MAX_CHARACTERS} characters",
                where=self._name,
                remedy="Split it",
            )
        return start

    def _end_page(self) -> None:
        if self._page is not None:
            start = self._length if self._page_start is None else self._page_start
            self._pages.append(Page(number=self._page, start=start, end=self._length))
        self._page = self._page_start = None


def clean(text: str) -> str:
    """`text` in NFC, lines ended by line feeds, without control characters and idle spaces."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)
    text = _SURROGATE.sub("\ufffd", _SOFT_HYPHEN.sub("", text))
    text = _EMPTY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n")))
    return unicodedata.normalize("NFC", text.strip())
