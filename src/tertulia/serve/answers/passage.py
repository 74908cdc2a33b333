"""A passage taken apart into the sentences that a citation may show."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tertulia.serve.answers.claims import Claims, claims
from tertulia.serve.database.records import Hit
from tertulia.serve.knowledge.document import Span
from tertulia.serve.knowledge.units import trim, units

LONGEST_SENTENCE = 500
LONGEST_QUOTE = 700
"""Characters; of sentences joined, a single one may be as long as `LONGEST_SENTENCE`."""
_WIDEST = 3
"""Sentences that one quote joins."""
_LINE_END = re.compile(r"\n\s*")


@dataclass(frozen=True)
class Passage:
    """The text of a passage, its language, and what stands above it."""

    text: str
    language: str | None
    above: str = ""
    """Title and headings: they may name what the text speaks of."""


@dataclass(frozen=True)
class ReadPassage:
    """A passage taken apart once for all statements."""

    passage: Passage
    sentences: tuple[Span, ...]
    quotes: tuple[Span, ...]
    """Sentences, and neighbours joined."""
    claims: tuple[Claims, ...]
    """Of each quote."""
    whole: Claims
    """Of all of it with what stands above."""

    def quoted(self, quote: int) -> str:
        """The text of a quote."""
        span = self.quotes[quote]
        return self.passage.text[span.start : span.end]


def passage_of(hit: Hit) -> Passage:
    """The passage that a search found."""
    return Passage(hit.chunk.text, hit.chunk.language, "\n".join([hit.title, *hit.chunk.headings]))


def read_passage(passage: Passage) -> ReadPassage:
    """Takes a passage apart."""
    text = passage.text
    sentences = sentence_spans(text)
    quotes = [
        Span(start=sentences[first].start, end=sentences[last].end)
        for first in range(len(sentences))
        for last in range(first, min(first + _WIDEST, len(sentences)))
        if first == last or sentences[last].end - sentences[first].start <= LONGEST_QUOTE
    ]
    return ReadPassage(
        passage,
        tuple(sentences),
        tuple(quotes),
        tuple(claims(text[one.start : one.end], passage.language) for one in quotes),
        claims(f"{passage.above}\n{text}", passage.language),
    )


def sentence_spans(text: str) -> list[Span]:
    """The sentences of a text, and lines that stand like sentences; no white space around them."""
    found: list[tuple[int, int] | None] = []
    for unit in units(text, 0, len(text), (), longest=LONGEST_SENTENCE):
        start = unit.start
        for line in _LINE_END.finditer(text, unit.start, unit.end):
            # A line that goes on in small letters was only broken for its width.
            if not text[line.end() : line.end() + 1].islower():
                found.append(trim(text, start, line.start()))
                start = line.end()
        found.append(trim(text, start, unit.end))
    return [Span(start=span[0], end=span[1]) for span in found if span is not None]
