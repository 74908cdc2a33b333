"""What a search brought back, read for one question: sentences by how well they answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log1p

from tertulia.inference.embedder import Embedder
from tertulia.serve.answers.claims import claims, found_among
from tertulia.serve.answers.logistic import LogisticModel, shipped_model
from tertulia.serve.answers.sentence_features import (
    NAMES as SENTENCE_NAMES,
)
from tertulia.serve.answers.sentence_features import (
    Found,
    Sentence,
    read_hits,
    sentences_of,
)
from tertulia.serve.database.records import Hit
from tertulia.serve.retrieval.analysis import question_words
from tertulia.serve.retrieval.candidates import Question

SENTENCE_MODEL = "sentence"
ABSTAIN_NAMES = (
    "score of the best",
    "margin",
    "words in the best",
    "words in any",
    "words nowhere",
    "names in the best",
    "name nowhere",
    "number nowhere",
    "best sentence",
    "next sentence",
    "words in the sentence",
    "kind lacking",
)
ABSTAIN_VECTOR_NAMES = ("product with a passage", "product with a sentence")
ABSTAIN_SIGNS = (1, 1, 1, 1, -1, 1, -1, -1, 1, 1, 1, -1, 1, 1)
"""What each feature, those of vectors too, may speak for."""
_READ_SENTENCES = 60
"""Sentences that are compared as vectors; the others are not among the likeliest."""


@dataclass(frozen=True)
class Ranked:
    """A sentence with the probability that it answers."""

    sentence: Sentence
    probability: float


@dataclass(frozen=True)
class Evidence:
    """A question with the passages found for it and their sentences, likeliest first."""

    question: Question
    found: tuple[Found, ...]
    ranked: tuple[Ranked, ...]


class SentenceRanker:
    """Ranks sentences by the shipped weights; with vectors where they were fitted for them."""

    def __init__(
        self, embedder: Embedder | None = None, model: LogisticModel | None = None
    ) -> None:
        name = embedder.name if embedder else None
        self._model = model or shipped_model(SENTENCE_MODEL, SENTENCE_NAMES, name)
        self._embedder = embedder if self._model.features != SENTENCE_NAMES else None

    def evidence(self, question: Question, hits: Sequence[Hit]) -> Evidence:
        """Reads the passages that a search found, best first."""
        found = read_hits(hits)
        sentences = with_products(question, found, sentences_of(question, found), self._embedder)
        ranked = [Ranked(one, self._model.probability(one.features)) for one in sentences]
        order = sorted(ranked, key=lambda one: (-one.probability, one.sentence.found))
        return Evidence(question, tuple(found), tuple(order))


def with_products(
    question: Question,
    found: Sequence[Found],
    sentences: Sequence[Sentence],
    embedder: Embedder | None,
) -> list[Sentence]:
    """The sentences with the features of vectors added; without an embedder as they are.

    The first `_READ_SENTENCES` by words are compared; the others share the least product.
    """
    if embedder is None or not sentences:
        return list(sentences)
    likely = sorted(range(len(sentences)), key=lambda at: -sum(sentences[at].features[:4]))
    likely = likely[:_READ_SENTENCES]
    texts = []
    for at in likely:
        one = sentences[at]
        texts.append(found[one.found].read.passage.text[one.span.start : one.span.end])
    products = embedder.embed_passages(texts) @ embedder.embed_queries([question.text])[0]
    by_place = dict(zip(likely, map(float, products), strict=True))
    least, most = min(by_place.values()), max(by_place.values())
    return [
        replace(
            one, features=(*one.features, by_place.get(at, least), by_place.get(at, least) - most)
        )
        for at, one in enumerate(sentences)
    ]


def abstain_features(evidence: Evidence, embedder: Embedder | None = None) -> list[float]:
    """A value for each of `ABSTAIN_NAMES`, and with an embedder `ABSTAIN_VECTOR_NAMES`."""
    question, found = evidence.question, evidence.found
    asked = claims(question.text, question.language)
    passages = [frozenset(one.read.whole.words) for one in found]
    names = [one.read.whole.names for one in found]
    wanted = [
        list(question_words(question.text, question.language, [one.read.passage.language]))
        for one in found
    ]
    shares = [_share(words, there) for words, there in zip(wanted, passages, strict=True)] or [0.0]
    anywhere, any_name = frozenset[str]().union(*passages), frozenset[str]().union(*names)
    numbers = frozenset[str]().union(*(one.read.whole.numbers for one in found))
    scores = [one.hit.score for one in found] or [0.0]
    best = [one.probability for one in evidence.ranked[:2]] + [0.0, 0.0]
    top = evidence.ranked[0].sentence.features if evidence.ranked else None
    first = names[0] | passages[0] if found else frozenset[str]()
    row = [
        scores[0],
        (scores[0] - scores[min(1, len(scores) - 1)]) / (scores[0] or 1.0),
        shares[0],
        max(shares),
        log1p(sum(not found_among(word, anywhere) for word in (wanted[0] if wanted else ()))),
        _share(sorted(asked.names), first),
        float(any(not found_among(name, any_name | anywhere) for name in asked.names)),
        float(bool(asked.numbers - numbers)),
        best[0],
        best[1],
        top[SENTENCE_NAMES.index("words found")] if top else 0.0,
        top[SENTENCE_NAMES.index("kind lacking")] if top else 1.0,
    ]
    return row + (_products(evidence, embedder) if embedder else [])


def _products(evidence: Evidence, embedder: Embedder) -> list[float]:
    if not evidence.found:
        return [0.0, 0.0]
    vector = embedder.embed_queries([evidence.question.text])[0]
    passages = embedder.embed_passages([one.read.passage.text for one in evidence.found])
    sentences = [
        evidence.found[one.sentence.found].read.passage.text[
            one.sentence.span.start : one.sentence.span.end
        ]
        for one in evidence.ranked[:3]
    ]
    best = float((passages @ vector).max())
    return [best, float((embedder.embed_passages(sentences) @ vector).max()) if sentences else best]


def _share(words: Sequence[str], there: frozenset[str]) -> float:
    return sum(found_among(word, there) for word in words) / len(words) if words else 1.0
