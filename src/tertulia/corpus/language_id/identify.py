"""`identify`: a tag and a confidence for each text, a line or a sentence or more.

Tags are those of `Model.languages`. Valencian counts as Catalan here and is told apart in
documents. `und` is a language the model does not know, or a text without enough letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tertulia.corpus.document import NO_LANGUAGE
from tertulia.corpus.language_id.model import Scorer, shipped_model
from tertulia.corpus.language_id.words import split_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST_LETTERS = 3
"""A text with fewer is `und` with confidence 0, as is one that is mostly in another script."""

_BLOCK = 1 << 18
"""Characters of the texts that are looked at together: arrays of this length stay in the cache."""


@dataclass(frozen=True)
class Identified:
    """`tags` [texts]; `confidences` float32 [texts], the probability that the tag is right."""

    tags: list[str]
    confidences: NDArray[np.float32]


def identify(texts: Sequence[str]) -> Identified:
    """The language of each text, by its first 20,000 characters.

    The result for a text does not depend on the others.
    Raises ModelError `corpus.language-id-damaged`.
    """
    import numpy as np

    tags: list[str] = []
    confidences = [np.zeros(0, dtype=np.float32)]
    for block in blocks(texts):
        found = named(text_probabilities(block))
        tags += found.tags
        confidences.append(found.confidences)
    return Identified(tags=tags, confidences=np.concatenate(confidences))


def text_probabilities(texts: Sequence[str]) -> NDArray[np.float32]:
    """float32 [texts, classes], rounded to four digits; all 0 for a text without enough letters."""
    import numpy as np

    words = split_words(texts)
    scores = scorer().scores(words)
    return probabilities(scores, np.diff(words.first), words.letters, words.foreign)


def probabilities(
    scores: NDArray[np.float32],
    count: NDArray[np.int64],
    letters: NDArray[np.int64],
    foreign: NDArray[np.int64],
) -> NDArray[np.float32]:
    """What `scores` [texts, classes] mean for texts of `count` words, as `text_probabilities`."""
    import numpy as np

    model = shipped_model()
    length = np.maximum(count, 1).astype(np.float64)
    factor = model.sharpness * length**-model.length_power
    logits = scores.astype(np.float64) * factor[:, None]
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    # Four digits: beyond them vector and scalar code may differ from processor to processor.
    result: NDArray[np.float32] = (
        (raised / raised.sum(axis=1, keepdims=True)).round(4).astype(np.float32)
    )
    result[(letters < FEWEST_LETTERS) | (foreign > letters)] = 0
    return result


def named(probability: NDArray[np.float32]) -> Identified:
    """The likeliest class of each row of `probability` [texts, classes]."""
    import numpy as np

    languages = shipped_model().languages
    best = probability.argmax(axis=1)
    top = probability[np.arange(len(probability)), best]
    tags = [
        languages[b] if p > 0 else NO_LANGUAGE
        for b, p in zip(best.tolist(), top.tolist(), strict=True)
    ]
    return Identified(tags=tags, confidences=top)


@cache
def scorer() -> Scorer:
    """The process's scorer of the shipped model."""
    return Scorer(shipped_model())


def blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """`texts` in runs of about 2**18 characters."""
    begin = held = 0
    for at, text in enumerate(texts):
        held += len(text)
        if held >= _BLOCK:
            yield texts[begin : at + 1]
            begin, held = at + 1, 0
    if begin < len(texts):
        yield texts[begin:]
