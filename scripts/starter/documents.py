"""Turns the cleaned lines of a part into documents of a readable length."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scripts.starter.reading import Row

_PAGE_ENOUGH = 1_500
_PAGE_FULL = 4_000
_DOCUMENT_FULL = 8_000
_PARAGRAPH_FULL = 450
_LIST_LINES = 16
_LEAST = 40
"""Lengths in characters."""

_ENDS = re.compile(r"[.!?…:;][»”\")\]]*$")


@dataclass(frozen=True)
class Draft:
    """A document before the split."""

    id: str
    group: str
    """Documents of one group fall on the same side of the split."""
    text: str
    date: str | None = None
    url: str | None = None

    @property
    def size(self) -> int:
        """UTF-8 bytes of the text."""
        return len(self.text.encode("utf-8"))


def _is_heading(line: str) -> bool:
    return len(line) < 120 and not _ENDS.search(line)


def _pages(lines: list[str], enough: int, full: int) -> list[str]:
    """Cuts before a heading once a page holds `enough`, and anywhere at `full`."""
    pages: list[str] = []
    page: list[str] = []
    size = 0
    for line in lines:
        if page and (size >= full or (size >= enough and _is_heading(line))):
            pages.append("\n".join(page))
            page, size = [], 0
        page.append(line)
        size += len(line) + 1
    if page:
        pages.append("\n".join(page))
    return pages


def paragraphs(sentences: list[str]) -> list[str]:
    """Runs consecutive sentences together; a heading or an unfinished sentence keeps its line."""
    joined: list[str] = []
    open_paragraph = False
    for sentence in sentences:
        finished = bool(_ENDS.search(sentence))
        if finished and open_paragraph and len(joined[-1]) < _PARAGRAPH_FULL:
            joined[-1] += " " + sentence
        else:
            joined.append(sentence)
        open_paragraph = finished
    return joined


def from_row(row: Row, lines: list[str], group: str) -> list[Draft]:
    """The documents of one row that is a document itself; long ones are cut between lines."""
    text = "\n".join(lines)
    pages = [text] if len(text) <= _DOCUMENT_FULL else _pages(lines, _PAGE_FULL, _DOCUMENT_FULL)
    date = row.get("date") or _date_in(row["id"])
    return [
        Draft(row["id"] if len(pages) == 1 else f"{row['id']}#{n}", group, page, date)
        for n, page in enumerate(pages, start=1)
        if len(page) >= _LEAST
    ]


def from_pages(name: str, lines: list[str], *, group: str | None) -> list[Draft]:
    """Pages of ordered lines; without `group` each page is a group of its own."""
    pages = _pages(lines, _PAGE_ENOUGH, _PAGE_FULL)
    return [
        Draft(f"{name}#{n}", group or f"{name}#{n}", page)
        for n, page in enumerate(pages, start=1)
        if len(page) >= _LEAST
    ]


def from_sentences(name: str, lines: list[str]) -> list[Draft]:
    """Lists of sentences that do not follow from one another, one a line."""
    lists = [lines[at : at + _LIST_LINES] for at in range(0, len(lines), _LIST_LINES)]
    return [
        Draft(f"{name}/list#{n}", f"{name}/list#{n}", "\n".join(chosen))
        for n, chosen in enumerate(lists, start=1)
        if len("\n".join(chosen)) >= _LEAST
    ]


_DAYS = (
    re.compile(r"[_/](?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})-"),
    re.compile(r"PCAT-\d+-(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})"),
)


def _date_in(identifier: str) -> str | None:
    """The day that the file name of a parliament's session or of a blog's post carries."""
    for pattern in _DAYS:
        match = pattern.search(identifier)
        if match is not None:
            return f"{match['y']}-{int(match['m']):02}-{int(match['d']):02}"
    return None
