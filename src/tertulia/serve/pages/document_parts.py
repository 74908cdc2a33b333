"""What is shown at once of a document, and its pieces: headings, paragraphs, marked passages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from tertulia.serve.knowledge.document import Extract, Page, Span

_PART = 6000
"""Characters that are shown at once of a format without pages, about."""
_LONGEST_PAGE = 60_000
"""Characters of a page that are shown at once: a hostile PDF's page can have millions."""

_GAP = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, kw_only=True)
class Run:
    """Text that is marked or is not."""

    text: str
    marked: bool


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A heading (`level` from 1) or a paragraph (`level` None)."""

    level: int | None
    runs: tuple[Run, ...]


def parts(extract: Extract) -> tuple[Page, ...]:
    """The pages, endless ones in stretches; of a format without, stretches between paragraphs."""
    text = extract.text
    if not extract.pages:
        edges = _edges(text, 0, len(text), _PART)
        return tuple(
            Page(number=number, start=start, end=end)
            for number, (start, end) in enumerate(pairwise(edges), start=1)
        ) or (Page(number=1, start=0, end=0),)
    found: list[Page] = []
    for page in extract.pages:
        if page.end - page.start <= _LONGEST_PAGE:
            found.append(page)
            continue
        edges = _edges(text, page.start, page.end, _LONGEST_PAGE)
        found += (Page(number=page.number, start=start, end=end) for start, end in pairwise(edges))
    return tuple(found)


def _edges(text: str, start: int, end: int, longest: int) -> list[int]:
    """Where stretches of at most `longest` characters begin and end, between paragraphs if any."""
    edges = [start]
    while end - start > longest:
        gap = text.rfind("\n\n", start + longest // 2, start + longest)
        start = gap + 2 if gap > 0 else start + longest
        edges.append(start)
    return [*edges, end] if start < end else edges


def part_with(extract: Extract, at: int) -> int:
    """Which of `parts` holds the place `at`, the nearest before it if none does."""
    chosen = 0
    for number, part in enumerate(parts(extract)):
        if part.start <= at and part.start < part.end:
            chosen = number
    return chosen


def pieces(extract: Extract, part: Page, span: Span | None) -> tuple[Piece, ...]:
    """The headings and paragraphs of a part, in order, with what lies in `span` marked."""
    bounds: list[tuple[int, int, int | None]] = []
    at = part.start
    for heading in extract.headings:
        if heading.start >= at and heading.end <= part.end:
            bounds += _paragraphs(extract.text, at, heading.start)
            bounds.append((heading.start, heading.end, heading.level))
            at = heading.end
    bounds += _paragraphs(extract.text, at, part.end)
    return tuple(
        Piece(level=level, runs=_runs(extract.text, start, end, span))
        for start, end, level in bounds
    )


def _paragraphs(text: str, start: int, end: int) -> list[tuple[int, int, int | None]]:
    edges = [start]
    for gap in _GAP.finditer(text, start, end):
        edges += [gap.start(), gap.end()]
    edges.append(end)
    return [
        (left, right, None)
        for left, right in zip(edges[::2], edges[1::2], strict=True)
        if text[left:right].strip()
    ]


def _runs(text: str, start: int, end: int, span: Span | None) -> tuple[Run, ...]:
    first = min(max(span.start, start), end) if span else end
    last = min(max(span.end, first), end) if span else end
    runs = ((start, first, False), (first, last, True), (last, end, False))
    return tuple(
        Run(text=text[left:right], marked=marked) for left, right, marked in runs if left < right
    )
