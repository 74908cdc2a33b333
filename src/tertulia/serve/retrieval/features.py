"""What tells whether a chunk answers a question, as numbers for a small model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from math import log1p

import numpy as np
from numpy.typing import NDArray

from tertulia.serve.retrieval.analysis import index_terms, question_words, same_language
from tertulia.serve.retrieval.candidates import Candidate, Question

NAMES = (
    "bm25",
    "bm25 of the best",
    "product",
    "product of the best",
    "fused",
    "words found",
    "rare words found",
    "words in headings",
    "pairs found",
    "same language",
    "length",
)

_NEAR = 6
"""Words within which two of the question, one after the other, count as a pair."""

Features = NDArray[np.float64]


def features(question: Question, candidates: Sequence[Candidate]) -> Features:
    """Features (candidates, len(NAMES)); those relative to the best depend on all candidates."""
    asked = {
        language: question_words(question.text, question.language, [language])
        for language in {one.hit.chunk.language for one in candidates}
    }
    _, ordered = index_terms(question.text, question.language)
    texts = [index_terms(one.hit.chunk.text, one.hit.chunk.language) for one in candidates]
    rarity = _rarity([{*stems, *keys} for stems, keys in texts])
    most_bm25 = max((one.bm25 for one in candidates), default=0.0) or 1.0
    most_product = max((one.product for one in candidates), default=0.0)
    most_fused = max((one.fused for one in candidates), default=0.0) or 1.0
    rows = np.zeros((len(candidates), len(NAMES)))
    for row, one, (stems, keys) in zip(rows, candidates, texts, strict=True):
        chunk, words = one.hit.chunk, asked[one.hit.chunk.language]
        above = {*chain(*index_terms("\n".join([*chunk.headings, one.hit.title]), chunk.language))}
        found = above.union(stems, keys)
        row[:] = (
            log1p(one.bm25),
            one.bm25 / most_bm25,
            one.product,
            one.product - most_product,
            one.fused / most_fused,
            _share(words, found),
            _share({word: weight * rarity.get(word, 0) for word, weight in words.items()}, found),
            _share(words, above),
            _pairs(ordered, keys),
            float(same_language(question.language, chunk.language)),
            log1p(len(stems)),
        )
    return rows


def _rarity(texts: Sequence[set[str]]) -> dict[str, float]:
    """How rare a term is among the candidates: what all have tells none of them apart."""
    counts = Counter(chain.from_iterable(texts))
    return {term: log1p(len(texts) / count) for term, count in counts.items()}


def _share(weights: Mapping[str, float], found: set[str]) -> float:
    """The weight of what is found, as a share of all."""
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in found) / total if total else 0


def _pairs(asked: Sequence[str], text: Sequence[str]) -> float:
    """The share of the question's neighbouring words that stand near each other in a text."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(text):
        places.setdefault(word, []).append(place)
    pairs = list(pairwise(asked))
    near = sum(
        any(
            abs(first - second) <= _NEAR
            for first in places.get(one, ())
            for second in places.get(other, ())
        )
        for one, other in pairs
    )
    return near / max(len(pairs), 1)
