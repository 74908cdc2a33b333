"""Answers out of quotes alone: the sentences of the documents that answer a question best."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tertulia.serve.answers.evidence import Evidence, Ranked
from tertulia.serve.knowledge.document import Span

MOST_QUOTES = 3
_NEXT = 0.25
"""A further quote has to be at least this likely, as a share of the best one's probability. On the
dev questions it gives 2.2 quotes of 350 characters, and 63 % of the answers where 0.5 gave 55 %."""
_RELEVANT = 0.15
_ENDS = re.compile(r"[.!?…;][\"'»”)\]]*\Z")


@dataclass(frozen=True)
class Quote:
    """Whole sentences of one passage."""

    found: int
    """Place among the evidence's passages."""
    span: Span
    """In the passage."""


def best_quotes(evidence: Evidence, most: int = MOST_QUOTES) -> list[Quote]:
    """Up to `most` quotes, the likeliest first; neighbours are one, none stands there twice."""
    chosen: list[Quote] = []
    texts: set[str] = set()
    for one in evidence.ranked:
        if len(chosen) == most or one.probability < _NEXT * evidence.ranked[0].probability:
            break
        if any(_within(one, quote) for quote in chosen):
            continue
        text = " ".join(_text(evidence, one).split()).casefold()
        if text in texts:
            continue
        texts.add(text)
        chosen = _added(chosen, Quote(one.sentence.found, _telling(evidence, one)))
    return chosen


def relevant(evidence: Evidence, found: int, span: Span) -> bool:
    """Whether a quote has a sentence that is anywhere near as likely to answer as the best one.

    What a document tells a model to say has nothing to do with what was asked.
    """
    if not evidence.ranked:
        return False
    least = _RELEVANT * evidence.ranked[0].probability
    return any(
        one.probability >= least
        for one in evidence.ranked
        if one.sentence.found == found
        and one.sentence.span.start >= span.start
        and one.sentence.span.end <= span.end
    )


def _within(one: Ranked, quote: Quote) -> bool:
    span = one.sentence.span
    inside = quote.span.start <= span.start and span.end <= quote.span.end
    return one.sentence.found == quote.found and inside


def _text(evidence: Evidence, one: Ranked) -> str:
    passage = evidence.found[one.sentence.found].read.passage.text
    return passage[one.sentence.span.start : one.sentence.span.end]


def _telling(evidence: Evidence, one: Ranked) -> Span:
    span, found = one.sentence.span, one.sentence.found
    # A heading, or a line that ends in a colon, says little without what it introduces.
    if _ENDS.search(_text(evidence, one)):
        return span
    following = [
        other.sentence.span
        for other in evidence.ranked
        if other.sentence.found == found and other.sentence.span.start >= span.end
    ]
    after = min(following, key=lambda other: other.start, default=None)
    # Nothing that may not be quoted is taken along.
    between = evidence.found[found].read.passage.text[span.end : after.start] if after else "x"
    return Span(start=span.start, end=after.end) if after and not between.strip() else span


def _added(chosen: list[Quote], new: Quote) -> list[Quote]:
    """Quotes of one passage that overlap become one."""
    for place, old in enumerate(chosen):
        overlaps = new.span.start < old.span.end and new.span.end > old.span.start
        if old.found == new.found and overlaps:
            span = Span(
                start=min(old.span.start, new.span.start), end=max(old.span.end, new.span.end)
            )
            return [*chosen[:place], Quote(old.found, span), *chosen[place + 1 :]]
    return [*chosen, new]
