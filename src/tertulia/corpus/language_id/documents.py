"""`identify_documents`: the language of a document, its variety, and whether it holds several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tertulia.corpus.document import NO_LANGUAGE
from tertulia.corpus.language_id.identify import blocks, named, probabilities, scorer
from tertulia.corpus.language_id.model import shipped_model
from tertulia.corpus.language_id.variety import CATALAN, VALENCIAN, valencian_probability
from tertulia.corpus.language_id.words import LONGEST_TEXT, split_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEVERAL = "mul"
"""ISO 639-2 for a document in several languages."""

SURE_LINE = 0.95
"""Confidence of a line that counts for a second language."""
SECOND_SHARE = 0.2
"""Of the letters in sure lines: what a second language needs for a document to be in several."""
SECOND_LETTERS = 150
"""And how many letters at least."""


@dataclass(frozen=True)
class IdentifiedDocuments:
    """`tags` [documents], `mul` for one in several languages; `confidences` float32 [documents].

    `varieties` is `ca` or `ca-valencia` for a Catalan document, else None, and
    `variety_confidences` float32 [documents] how sure that is; 0 for others.
    """

    tags: list[str]
    confidences: NDArray[np.float32]
    varieties: list[str | None]
    variety_confidences: NDArray[np.float32]


def identify_documents(texts: Sequence[str]) -> IdentifiedDocuments:
    """The language and variety of each document, by its first 20,000 characters.

    The tag of a Valencian document is `ca-valencia`.
    Raises ModelError `corpus.language-id-damaged`.
    """
    import numpy as np

    tags: list[str] = []
    confidences = [np.zeros(0, dtype=np.float32)]
    for block in blocks([text[:LONGEST_TEXT] for text in texts]):
        block_tags, block_confidences = _identify_block(block)
        tags += block_tags
        confidences.append(block_confidences)
    catalan = [at for at, tag in enumerate(tags) if tag == CATALAN]
    varieties, sure = catalan_varieties([texts[at] for at in catalan])
    every: list[str | None] = [None] * len(tags)
    variety_confidences = np.zeros(len(tags), dtype=np.float32)
    variety_confidences[catalan] = sure
    for at, variety in zip(catalan, varieties, strict=True):
        tags[at] = every[at] = variety
    return IdentifiedDocuments(tags, np.concatenate(confidences), every, variety_confidences)


def catalan_varieties(texts: Sequence[str]) -> tuple[list[str], NDArray[np.float32]]:
    """`ca` or `ca-valencia` for each Catalan text, and float32 [texts] how sure that is."""
    import numpy as np

    parts = [valencian_probability(block) for block in blocks(texts)]
    probability = np.concatenate([np.zeros(0, dtype=np.float32), *parts])
    varieties = [VALENCIAN if p > 0.5 else CATALAN for p in probability.tolist()]
    return varieties, np.maximum(probability, 1 - probability)


def _identify_block(texts: Sequence[str]) -> tuple[list[str], NDArray[np.float32]]:
    """Tags without varieties, and confidences: lines are scored and their sums are documents."""
    import numpy as np

    split = [text.split("\n") for text in texts]
    words = split_words([line for lines in split for line in lines])
    first = np.cumsum([0, *map(len, split)])
    scores = scorer().scores(words)
    count = np.diff(words.first)
    whole = probabilities(
        np.add.reduceat(scores, first[:-1], axis=0),
        *(np.add.reduceat(each, first[:-1]) for each in (count, words.letters, words.foreign)),
    )
    found = named(whole)
    by_line = probabilities(scores, count, words.letters, words.foreign)
    for at, share in _in_several(by_line, words.letters, first):
        if found.tags[at] != NO_LANGUAGE:
            found.tags[at] = SEVERAL
            found.confidences[at] = share
    return found.tags, found.confidences


def _in_several(
    by_line: NDArray[np.float32], letters: NDArray[np.int64], first: NDArray[np.int64]
) -> list[tuple[int, float]]:
    """Documents in several languages: which, and the share of letters that lie in sure lines."""
    import numpy as np

    languages = shipped_model().languages
    best = by_line.argmax(axis=1)
    sure = by_line[np.arange(len(best)), best] >= SURE_LINE
    sure &= best != languages.index(NO_LANGUAGE)
    document = np.repeat(np.arange(first.size - 1), np.diff(first))
    held = np.zeros((first.size - 1, len(languages)), dtype=np.int64)
    np.add.at(held, (document[sure], best[sure]), letters[sure])
    second = np.sort(held, axis=1)[:, -2]
    total = held.sum(axis=1)
    several = (second >= SECOND_LETTERS) & (second >= SECOND_SHARE * total)
    share = total / np.maximum(np.add.reduceat(letters, first[:-1]), 1)
    return [(at, round(float(share[at]), 4)) for at in np.flatnonzero(several).tolist()]
