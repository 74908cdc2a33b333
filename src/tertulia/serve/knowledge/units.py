"""The pieces that a chunk is put together from: sentences, rows of tables, headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tertulia.serve.knowledge.document import Heading
from tertulia.serve.knowledge.sentences import sentence_ends

_CRUMB = 30
"""Characters of neighbouring units that are not told apart."""

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_ITEM = re.compile(r"\n(?=[^\S\n]*(?:[•▪◦–—*·-]|\d{1,3}[.)]|[a-z]\))[^\S\n])")
_ROW = re.compile(r"^[^\n]*\t[^\n]*$", re.M)
_CLAUSE = re.compile(r"[;:,](?=\s)")
_SPACE = re.compile(r"\s")
_NOT_SPACE = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Unit:
    """A span that stays whole; `gap` says what parts it from the one before."""

    start: int
    end: int
    gap: str
    """`heading`, `paragraph`, `line`, `sentence` or, within a sentence too long, `cut`."""
    heading: bool = False


def units(
    text: str, start: int, end: int, headings: Sequence[Heading], *, longest: int
) -> list[Unit]:
    """What stands in `text[start:end]`, in order, each at most `longest` characters.

    `headings` are those within. Between units there is nothing but white space.
    """
    gaps = _gaps(text[start:end])
    gaps = {start + at: gap for at, gap in gaps.items()}
    ends = set()
    for heading in headings:
        # What stands within a heading does not part it.
        for at in [at for at in range(heading.start, heading.end + 1) if at in gaps]:
            del gaps[at]
        gaps[heading.start], gaps[heading.end] = "heading", "paragraph"
        ends.add(heading.start)
    bounds = [start, *sorted(at for at in gaps if start < at < end), end]
    found = []
    for left, right in pairwise(bounds):
        gap = gaps.get(left, "paragraph")
        for piece_start, piece_end in _pieces(text, left, right, longest):
            found.append(Unit(piece_start, piece_end, gap, heading=left in ends))
            gap = "cut"
    return _glued(found)


def _glued(found: list[Unit]) -> list[Unit]:
    """Crumbs of a few characters stay together, so that a chunk has few units to choose among."""
    glued: list[Unit] = []
    for unit in found:
        last = glued[-1] if glued else None
        if last and last.heading == unit.heading and unit.end - last.start <= _CRUMB:
            glued[-1] = Unit(last.start, unit.end, last.gap, last.heading)
        else:
            glued.append(unit)
    return glued


def _gaps(text: str) -> dict[int, str]:
    """Where units part: offset -> what parts them there; the strongest where several fall."""
    gaps = dict.fromkeys(sentence_ends(text), "sentence")
    for row in _ROW.finditer(text):
        for at in [at for at in range(row.start(), row.end()) if at in gaps]:
            del gaps[at]
        gaps[row.start()] = gaps[row.end()] = "line"
    for item in _ITEM.finditer(text):
        gaps[item.start()] = "line"
    for paragraph in _PARAGRAPH.finditer(text):
        gaps[paragraph.start()] = "paragraph"
    return gaps


def _pieces(text: str, start: int, end: int, longest: int) -> list[tuple[int, int]]:
    """The span without white space around it, cut where it is too long to stay whole."""
    pieces = []
    while (trimmed := trim(text, start, end)) is not None:
        start, last = trimmed
        if last - start <= longest:
            pieces.append((start, last))
            break
        cut = _cut(text, start, last, longest)
        pieces.append(trim(text, start, cut) or (start, cut))
        start = cut
    return pieces


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space at its ends; None where there is nothing else."""
    first = _NOT_SPACE.search(text, start, end)
    if first is None:
        return None
    while text[end - 1].isspace():
        end -= 1
    return first.start(), end


def _cut(text: str, start: int, end: int, longest: int) -> int:
    """Where a span that is too long is cut: behind a line, a clause, a word, or anywhere."""
    # What is left over is not to be a crumb.
    furthest = min(start + longest, max(start + longest // 2, end - longest // 4))
    nearest = start + longest // 4
    if (line := text.rfind("\n", nearest, furthest)) > 0:
        return line
    for pattern in (_CLAUSE, _SPACE):
        found = list(pattern.finditer(text, nearest, furthest))
        if found:
            return found[-1].end()
    if (space := _SPACE.search(text, furthest, start + longest)) is not None:
        return space.start()
    while furthest > nearest and unicodedata.combining(text[furthest]):
        furthest -= 1
    return furthest
