"""What tells which sentence of the passages found answers a question best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p

from tertulia.serve.answers.claims import Claims, claims, found_among
from tertulia.serve.answers.inert import quotable
from tertulia.serve.answers.passage import ReadPassage, passage_of, read_passage
from tertulia.serve.answers.question_kinds import asked_kinds
from tertulia.serve.database.records import Hit
from tertulia.serve.knowledge.document import Span
from tertulia.serve.retrieval.analysis import question_words
from tertulia.serve.retrieval.candidates import Question

NAMES = (
    "words found",
    "rare words found",
    "words near",
    "words in the passage",
    "pairs found",
    "names found",
    "numbers found",
    "kind fits",
    "kind lacking",
    "new words",
    "no sentence",
    "asks itself",
    "first",
    "score",
    "rank",
)
VECTOR_NAMES = ("product", "product of the best")
SIGNS = (1, 1, 1, 1, 1, 1, 1, 1, -1, 0, -1, -1, 0, 1, 1, 1, 1)
"""What each feature, those of vectors too, may speak for; 0: it is free."""

_ENDS = re.compile(r"[.!?…;:][\"'»”)\]]*\s*\Z")
_ASKS = re.compile(r"\?[\"'»”)\]]*\s*\Z")
_NEAR = 6


@dataclass(frozen=True)
class Found:
    """A passage that a search found, taken apart."""

    hit: Hit
    read: ReadPassage
    sentences: tuple[Claims, ...]
    """Of each of `read.sentences`."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of a passage that may answer, with its features."""

    found: int
    """Place among the passages."""
    span: Span
    """In the passage."""
    features: tuple[float, ...]


def read_hits(hits: Sequence[Hit]) -> list[Found]:
    """Takes the passages of a search apart, best first."""
    found = []
    for hit in hits:
        read = read_passage(passage_of(hit))
        by_span = dict(zip(read.quotes, read.claims, strict=True))
        found.append(Found(hit, read, tuple(by_span[span] for span in read.sentences)))
    return found


def sentences_of(question: Question, found: Sequence[Found]) -> list[Sentence]:
    """All sentences of the passages but those with markup, which are never quoted by themselves."""
    rarity = _rarity(found)
    best = max((one.hit.score for one in found), default=0.0) or 1.0
    kinds = asked_kinds(question.text, question.language)
    asked = claims(question.text, question.language)
    sentences = []
    for place, one in enumerate(found):
        language = one.read.passage.language
        words = list(question_words(question.text, question.language, [language]))
        above = frozenset(one.read.whole.words)
        passage_share = _share(words, above)
        for at, (span, told) in enumerate(zip(one.read.sentences, one.sentences, strict=True)):
            text = one.read.passage.text[span.start : span.end]
            if not quotable(text):
                continue
            there = frozenset(told.words)
            near = there.union(*(c.words for c in one.sentences[max(0, at - 1) : at + 2]))
            fits = kinds.fit(text, told)
            row = (
                _share(words, there),
                _weighted(words, there, rarity),
                _share(words, near),
                passage_share,
                _pairs(words, told.words),
                _share(sorted(asked.names), told.names),
                _share(sorted(asked.numbers), told.numbers),
                float(fits is True),
                float(fits is False),
                log1p(len(there - set(words))),
                float(_ENDS.search(text) is None),
                float(_ASKS.search(text) is not None),
                float(at == 0),
                one.hit.score / best,
                1 / (1 + place),
            )
            sentences.append(Sentence(place, span, row))
    return sentences


def _rarity(found: Sequence[Found]) -> dict[str, float]:
    """How rare a word is among the sentences found."""
    counts: dict[str, int] = {}
    total = 0
    for one in found:
        for told in one.sentences:
            total += 1
            for word in set(told.words):
                counts[word] = counts.get(word, 0) + 1
    return {word: log1p(total / count) for word, count in counts.items()}


def _share(words: Sequence[str], there: frozenset[str]) -> float:
    return sum(found_among(word, there) for word in words) / max(len(words), 1)


def _weighted(words: Sequence[str], there: frozenset[str], rarity: dict[str, float]) -> float:
    weights = {word: rarity.get(word, 0.0) for word in words}
    return sum(w for word, w in weights.items() if word in there) / (sum(weights.values()) or 1.0)


def _pairs(asked: Sequence[str], told: Sequence[str]) -> float:
    places = {word: place for place, word in enumerate(told)}
    known = sorted(places[word] for word in asked if word in places)
    near = sum(b - a <= _NEAR for a, b in pairwise(known))
    return near / max(len(asked) - 1, 1)
