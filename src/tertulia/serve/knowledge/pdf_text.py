"""PDF: text page by page; headings by the outline, or else by the size of the letters."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tertulia.corpus.opening import too_large
from tertulia.corpus.readers.pdf import open_pdf, page_text, parsing
from tertulia.serve.knowledge.structured_text import MAX_CHARACTERS, Structure, StructuredText

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_MAX_OUTLINE = 5000
_MAX_WORDS = 40
"""Of a heading."""
_LARGER = 1.15
"""A heading's letters against those of most text."""
_LEVELS = 4
_MAX_HEADING_SHARE = 0.2
"""Of all characters: where more stand out, size says nothing about structure."""
_MAX_REPEATS = 3
"""The same large line on more pages is a running title."""
_PROGRAM = re.compile(r"microsoft (?:word|powerpoint) - ", re.I)
_FILE_NAME = re.compile(r".*\.[a-z]{2,5}", re.I)


@dataclass
class _PageText:
    text: str
    sizes: dict[int, float] = field(default_factory=dict)
    """Size of the letters of each line, where all of a line have one."""
    headings: list[tuple[int, int, int]] = field(default_factory=list)
    """Level, start and end in `text`."""


def read_pdf(data: bytes, name: str) -> Structure:
    """The structure of a PDF. Raises DataError as `corpus.readers.pdf` does."""
    with parsing(name):
        reader = open_pdf(data, name)
        pages = _read_pages(reader, name)
        if not _headings_of_outline(reader, pages):
            _headings_by_size(pages)
        title = _title(reader)
    out = StructuredText(name)
    for number, read in enumerate(pages, start=1):
        out.page(number)
        at = 0
        for level, start, end in sorted(read.headings, key=lambda heading: heading[1]):
            if start >= at:
                out.paragraph(read.text[at:start])
                out.heading(level, read.text[start:end])
                at = end
        out.paragraph(read.text[at:])
    return out.finish(title=title)


def _read_pages(reader: PdfReader, name: str) -> list[_PageText]:
    """All pages; one that cannot be read has no text and is told with the empty ones."""
    pages: list[_PageText] = []
    size, failed = 0, 0
    for page in reader.pages:
        try:
            pages.append(_read_page(page))
        except MemoryError:
            raise
        # A hostile file can raise nearly anything inside the parser.
        except Exception:
            failed += 1
            if failed == len(reader.pages):
                raise
            pages.append(_PageText(""))
        size += len(pages[-1].text)
        if size > MAX_CHARACTERS:
            raise too_large("a PDF", name)
    return pages


def _read_page(page: PageObject) -> _PageText:
    pieces: list[tuple[str, float]] = []

    def told(text: str, user: Any, matrix: Any, font: object, size: float) -> None:
        scale = math.hypot(matrix[2], matrix[3]) * math.hypot(user[2], user[3])
        pieces.append((text, round(2 * size * scale) / 2))

    read = _PageText(page_text(page, told))
    sized = [(line, size) for line, size in _sized_lines(pieces) if line]
    lines = [number for number, line in enumerate(read.text.split("\n")) if line.strip()]
    if len(sized) == len(lines):
        read.sizes = {
            number: size for number, (_, size) in zip(lines, sized, strict=True) if size is not None
        }
    return read


def _sized_lines(pieces: list[tuple[str, float]]) -> Iterator[tuple[str, float | None]]:
    line: list[str] = []
    sizes: set[float] = set()
    for text, size in (*pieces, ("\n", 0.0)):
        for at, part in enumerate(re.split("[\n\f]", text)):
            if at:
                yield "".join(line).strip(), sizes.pop() if len(sizes) == 1 else None
                line, sizes = [], set()
            if part.strip():
                sizes.add(size)
            line.append(part)


def _headings_of_outline(reader: PdfReader, pages: list[_PageText]) -> bool:
    """Marks the outline's titles where they stand on their pages; False if none was found."""
    found = False
    for level, title, number in _outline(reader):
        words = title.split()[:_MAX_WORDS]
        if not words or not 0 <= number < len(pages):
            continue
        page = pages[number]
        pattern = r"^[^\S\n]*(" + r"\s+".join(map(re.escape, words)) + ")"
        for match in re.finditer(pattern, page.text, re.I | re.M):
            if all(match.end(1) <= start or end <= match.start(1)
                   for _, start, end in page.headings):  # fmt: skip
                page.headings.append((level, match.start(1), match.end(1)))
                found = True
                break
    return found


def _outline(reader: PdfReader) -> list[tuple[int, str, int]]:
    """(level, title, page from 0) of the entries; none where the outline is broken."""
    try:
        return _entries(reader, reader.outline)
    except MemoryError:
        raise
    # A document without headings is better than none.
    except Exception:
        return []


def _entries(reader: PdfReader, items: Any) -> list[tuple[int, str, int]]:
    entries: list[tuple[int, str, int]] = []
    stack = [(items, 0, 1)]
    while stack and len(entries) < _MAX_OUTLINE:
        items, at, level = stack.pop()
        if at >= len(items):
            continue
        stack.append((items, at + 1, level))
        item = items[at]
        if isinstance(item, list):
            stack.append((item, 0, level + 1))
        else:
            number = reader.get_destination_page_number(item)
            entries.append((level, str(item.title or ""), -1 if number is None else number))
    return entries


def _headings_by_size(pages: list[_PageText]) -> None:
    characters: Counter[float] = Counter()
    repeats: Counter[str] = Counter()
    for page in pages:
        lines = page.text.split("\n")
        for number, size in page.sizes.items():
            characters[size] += len(lines[number])
        repeats.update({line.strip() for line in lines})
    if not characters:
        return
    body = max(characters, key=lambda size: (characters[size], -size))
    larger = sorted((size for size in characters if size >= body * _LARGER), reverse=True)
    if sum(characters[size] for size in larger) > _MAX_HEADING_SHARE * characters.total():
        return
    levels = {size: min(at, _LEVELS) for at, size in enumerate(larger, start=1)}
    for page in pages:
        page.headings = list(_large_lines(page, levels, repeats))


def _large_lines(
    page: _PageText, levels: dict[float, int], repeats: Counter[str]
) -> Iterator[tuple[int, int, int]]:
    """Lines in large letters; those of one size that follow each other are one heading."""
    at, last = 0, -2
    heading: tuple[int, int, int] | None = None
    for number, line in enumerate(page.text.split("\n")):
        level = levels.get(page.sizes.get(number, 0.0))
        told = level is not None and any(map(str.isalpha, line)) and len(line) > 2
        if told and level is not None and repeats[line.strip()] <= _MAX_REPEATS:
            if heading and heading[0] == level and last == number - 1:
                heading = (level, heading[1], at + len(line))
            else:
                if heading:
                    yield heading
                heading = (level, at, at + len(line))
            last = number
        at += len(line) + 1
    if heading:
        yield heading


def _title(reader: PdfReader) -> str | None:
    """What the file is called by its author; what a program put there is no title."""
    try:
        said = reader.metadata.title if reader.metadata is not None else None
    except Exception:
        said = None
    title = _PROGRAM.sub("", str(said or "")).strip()
    return title if title and not _FILE_NAME.fullmatch(title) else None
