"""A document's text in passages of about 600 characters: what is searched and cited.

Chunks follow each other and leave out nothing but white space. None holds text of two pages, or
text from before and behind a heading of the first two levels; headings with nothing between them
stand together above the text that they introduce.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tertulia.serve.knowledge.document import Chunk, Extract, Heading
from tertulia.serve.knowledge.units import Unit, units

TARGET = 600
SHORTEST = 200
LONGEST = 900
"""Characters; a section shorter than `SHORTEST` is a chunk all the same."""

_DIVIDING_LEVEL = 2
_GAP_COST = {"heading": 0.0, "paragraph": 0.02, "line": 0.06, "sentence": 0.1, "cut": 0.4}
_SHORT_COST = 2.0
_HEADING_LEFT_COST = 4.0
"""For a heading at the end of a chunk, away from what it introduces."""

_LANGUAGE_CHARACTERS = 120
_LANGUAGE_SURE = 0.9
_TITLE_CHARACTERS = 200
"""Of a title that a model reads: some are whole sentences of law."""
"""A chunk that is shorter, or less clearly in another language, is in that of its document."""


def chunk(extract: Extract) -> tuple[Chunk, ...]:
    """The chunks of a document, in its order, with headings, pages and languages."""
    text = extract.text
    spans = [
        span
        for start, end, headings in _sections(extract)
        for span in _packed(units(text, start, end, headings, longest=LONGEST))
    ]
    languages = _languages([text[start:end] for start, end in spans], extract.language)
    pages = [page for page in extract.pages if page.start < page.end]
    page_starts = [page.start for page in pages]
    chunks = []
    above = _Above(extract)
    for ordinal, ((start, end), language) in enumerate(zip(spans, languages, strict=True)):
        at = bisect_right(page_starts, start) - 1
        chunks.append(
            Chunk(
                ordinal=ordinal,
                start=start,
                end=end,
                text=text[start:end],
                headings=above.at(start),
                page=pages[at].number if at >= 0 else None,
                language=language,
            )
        )
    return tuple(chunks)


def passage_text(title: str, chunk: Chunk) -> str:
    """What a model of sentence vectors reads of a chunk: title, headings above it, then its text.

    The title stands once, though it may be the first heading or what the text begins with.
    """
    above = list(chunk.headings)
    if title and title not in above and not chunk.text.startswith(title):
        above.insert(0, title[:_TITLE_CHARACTERS])
    return "\n".join((" > ".join(above), chunk.text)) if above else chunk.text


def _sections(extract: Extract) -> Iterator[tuple[int, int, list[Heading]]]:
    """Spans over whose ends no chunk goes, with the headings within."""
    text = extract.text
    cuts = {0, len(text)}
    for page in extract.pages:
        cuts |= {page.start, page.end}
    last_end = 0
    for heading in extract.headings:
        if heading.level <= _DIVIDING_LEVEL and not text[last_end : heading.start].isspace():
            cuts.add(heading.start)
        last_end = heading.end
    bounds = sorted(cuts)
    at = 0
    for start, end in pairwise(bounds):
        within = []
        while at < len(extract.headings) and extract.headings[at].start < end:
            within.append(extract.headings[at])
            at += 1
        yield start, end, within


def _packed(pieces: Sequence[Unit]) -> list[tuple[int, int]]:
    """Spans of neighbouring units: those whose costs together are the least."""
    best = [0.0]
    cut_from = [0]
    for last in range(1, len(pieces) + 1):
        end = pieces[last - 1].end
        least, chosen = float("inf"), last - 1
        for first in range(last - 1, -1, -1):
            length = end - pieces[first].start
            if length > LONGEST and first < last - 1:
                break
            cost = best[first] + _length_cost(length) + _GAP_COST[pieces[first].gap]
            if first and pieces[first - 1].heading:
                cost += _HEADING_LEFT_COST
            if cost < least:
                least, chosen = cost, first
        best.append(least)
        cut_from.append(chosen)
    spans = []
    last = len(pieces)
    while last:
        first = cut_from[last]
        spans.append((pieces[first].start, pieces[last - 1].end))
        last = first
    return spans[::-1]


def _length_cost(length: int) -> float:
    cost = ((length - TARGET) / TARGET) ** 2
    return cost + _SHORT_COST if length < SHORTEST else cost


class _Above:
    """Which headings stand above a place; asked in the order of the text."""

    def __init__(self, extract: Extract) -> None:
        self._text, self._headings = extract.text, extract.headings
        self._next = 0
        self._open: list[Heading] = []

    def at(self, start: int) -> tuple[str, ...]:
        """From the highest down; a heading that begins at `start` is not above it."""
        while self._next < len(self._headings) and self._headings[self._next].start < start:
            heading = self._headings[self._next]
            while self._open and self._open[-1].level >= heading.level:
                self._open.pop()
            self._open.append(heading)
            self._next += 1
        # What begins with a heading is not under one of the same level before it.
        following = self._headings[self._next] if self._next < len(self._headings) else None
        level = following.level if following and following.start == start else None
        return tuple(
            self._text[heading.start : heading.end]
            for heading in self._open
            if level is None or heading.level < level
        )


def _languages(texts: Sequence[str], document: str | None) -> list[str | None]:
    from tertulia.corpus.document import NO_LANGUAGE
    from tertulia.corpus.language_id import identify

    long = [at for at, text in enumerate(texts) if len(text) >= _LANGUAGE_CHARACTERS]
    found = identify([texts[at] for at in long])
    languages = [document] * len(texts)
    for at, tag, sure in zip(long, found.tags, found.confidences.tolist(), strict=True):
        # The variety of Catalan is told for the whole document: a passage is too short for it.
        same = document is not None and document.split("-")[0] == tag.split("-")[0]
        if sure >= _LANGUAGE_SURE and tag != NO_LANGUAGE and not same:
            languages[at] = tag
    return languages
