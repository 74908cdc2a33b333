"""Whether a passage says what a statement says, and with which of its sentences.

There is no model of entailment here. Words, numbers, names, negations and modality are compared and
a small logistic model weighs what was found. What is not all but sure is not stated: the sentence
that is nearest to it is quoted in its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tertulia.inference.embedder import Embedder
from tertulia.languages import recipe_base
from tertulia.serve.answers.citation import Reason
from tertulia.serve.answers.claims import claims
from tertulia.serve.answers.inert import visible
from tertulia.serve.answers.logistic import LogisticModel, shipped_model
from tertulia.serve.answers.passage import ReadPassage
from tertulia.serve.answers.support_features import (
    NAMES,
    VECTOR_NAMES,
    best_quote,
    support_features,
)
from tertulia.serve.knowledge.document import Span

MODEL = "support"

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{3,}?)[\"”»]")
_SAYS_HALF = 0.5
_SINGLE = str.maketrans({"’": "'", "‘": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"',
                         "»": '"', "–": "-", "—": "-", "\u00a0": " "})  # fmt: skip


@dataclass(frozen=True)
class Support:
    """What stands behind a statement."""

    quote: Span | None
    """The sentences of `Passage.text` that say most of it; None: none says half of it."""
    stated: bool = False
    """The quote says all of it, so that the statement may stand as it is."""
    probability: float = 0.0
    reason: Reason | None = None
    """Why it may not."""


class SupportJudge:
    """Judges statements by the shipped weights; with vectors where they were fitted for them."""

    def __init__(
        self, embedder: Embedder | None = None, model: LogisticModel | None = None
    ) -> None:
        name = embedder.name if embedder else None
        self.model = model or shipped_model(MODEL, NAMES, name)
        self._embedder = embedder if self.model.features != NAMES else None

    def judge(self, statement: str, read: ReadPassage, language: str | None) -> Support:
        """`language` is the statement's; no other language than the passage's is compared.

        What stands in the passage word by word may be part of a sentence that says otherwise
        (`only if …`), so that it is quoted with its sentence and never stated.
        """
        if (span := find_verbatim(statement, read.passage.text)) is not None:
            return Support(_whole_sentences(span, read), probability=1.0)
        if not alike(language, read.passage.language):
            return Support(None, reason="other-language")
        found = self.features(statement, read)
        if found is None:
            return Support(None, reason="not-supported")
        place, row = found
        quote = read.quotes[place] if row[0] >= _SAYS_HALF else None
        probability = self.model.probability(row)
        if any(find_verbatim(one, read.passage.text) is None for one in _QUOTED.findall(statement)):
            return Support(quote, probability=probability, reason="quote-not-found")
        if quote is None or probability < self.model.threshold:
            return Support(quote, probability=probability, reason="not-supported")
        return Support(quote, stated=True, probability=probability)

    def features(self, statement: str, read: ReadPassage) -> tuple[int, list[float]] | None:
        """The place of the best quote and the model's features; None of an empty passage."""
        stated = claims(statement, read.passage.language)
        place = best_quote(stated, read)
        if place is None:
            return None
        row = support_features(stated, read, place)
        return place, row + self._products(statement, read.quoted(place), read.passage.text)

    def _products(self, statement: str, quote: str, passage: str) -> list[float]:
        if self._embedder is None:
            return []
        return vector_products(self._embedder, statement, [quote, passage])


def vector_products(embedder: Embedder, statement: str, texts: Sequence[str]) -> list[float]:
    """A value for each of `VECTOR_NAMES`."""
    assert len(texts) == len(VECTOR_NAMES)
    vectors = embedder.embed_passages([statement, *texts])
    return [float(value) for value in vectors[1:] @ vectors[0]]


def find_verbatim(quoted: str, text: str) -> Span | None:
    """Where a text stands in another but for white space, kinds of quotes and its final stop.

    Case, accents and all letters count. None where it is not there.
    """
    wanted = " ".join(visible(quoted).translate(_SINGLE).split()).strip(" \"'.")
    if not wanted:
        return None
    pattern = r"\s+".join(re.escape(word) for word in wanted.split())
    # A part of a word or of a number is not what was quoted.
    match = re.search(rf"(?<!\w){pattern}(?!\w)(?![.,]\d)", text.translate(_SINGLE))
    return Span(start=match.start(), end=match.end()) if match else None


def _whole_sentences(span: Span, read: ReadPassage) -> Span:
    touched = [one for one in read.sentences if one.start < span.end and one.end > span.start]
    return Span(start=touched[0].start, end=touched[-1].end)


def alike(one: str | None, other: str | None) -> bool:
    """Whether both are known and one language; Catalan and Valencian are one here."""
    first, second = recipe_base(one), recipe_base(other)
    family = {"ca-valencia": "ca"}
    return first is not None and family.get(first, first) == family.get(second or "", second)
