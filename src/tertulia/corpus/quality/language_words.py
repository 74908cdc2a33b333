"""Words that tell a language: its own function words, its neighbours', English, fixed phrases.

Every term of a batch is looked up once for all languages; the document's language then says
which bits of the answer count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tertulia.corpus.quality.hashes import Lexicon, lexicon, longer_grams
from tertulia.corpus.quality.shares import share
from tertulia.corpus.quality.word_lists import boilerplate, word_lists
from tertulia.languages import LANGUAGES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tertulia.corpus.quality.hashes import Hashes
    from tertulia.corpus.quality.shares import Signal
    from tertulia.corpus.quality.spans import Spans

_NEIGHBOUR, _ENGLISH, _BOILERPLATE = 8, 16, 24
"""First bit of each kind; a language's number is added. Own words and calques start at bit 0."""
_PHRASE_LENGTHS = (2, 3, 4)
ENOUGH_TERMS = 30


@dataclass(frozen=True)
class _Lexicons:
    words: Lexicon
    phrases: dict[int, Lexicon]


def language_words(terms: Spans, single: Hashes, languages: NDArray[np.int64]) -> dict[str, Signal]:
    """Shares of terms by the language that they tell; `languages` holds -1 for a foreign one.

    A document in none of the five languages has NaN (a count: 0) for what lists are needed for,
    and one of fewer than ENOUGH_TERMS terms has no shares: a menu entry may well lack articles.
    """
    import numpy as np

    lexicons = _lexicons()
    known = languages >= 0
    number = np.repeat(np.maximum(languages, 0), terms.counts).astype(np.uint32)
    masks = lexicons.words.look_up(single) >> number
    counts = terms.counts

    def judged(found: NDArray[np.int64]) -> Signal:
        usable = known & (counts >= ENOUGH_TERMS)
        return np.where(usable, share(found, counts), np.float32(np.nan)).astype(np.float32)

    own = terms.sum(masks & 1) * known
    calques, furniture = _phrases(terms, single, number, lexicons)
    doubled = np.zeros(len(single), dtype=np.uint32)
    doubled[1:] = (single[1:] == single[:-1]) & (terms.document[1:] == terms.document[:-1])
    return {
        "function_words": own.astype(np.int32),
        "function_word_share": judged(own),
        "neighbour_word_share": judged(terms.sum((masks >> _NEIGHBOUR) & 1)),
        "english_word_share": judged(terms.sum((masks >> _ENGLISH) & 1)),
        "calque_share": judged(calques),
        "boilerplate_share": share(furniture, counts),
        "doubled_function_word_share": judged(terms.sum(masks & 1 & doubled)),
    }


def _phrases(
    terms: Spans, single: Hashes, number: NDArray[np.uint32], lexicons: _Lexicons
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Calques of its language, and boilerplate phrases of any, in each document."""
    import numpy as np

    calques = np.zeros(len(terms.counts), dtype=np.int64)
    furniture = calques.copy()
    grams = single
    for length in _PHRASE_LENGTHS:
        if len(grams) < 2:
            break
        grams = longer_grams(grams, single)
        masks = lexicons.phrases[length].look_up(grams)
        at = np.flatnonzero(masks)
        at = at[terms.document[at] == terms.document[at + length - 1]]
        for found, bits in ((calques, masks[at] >> number[at]), (furniture, masks[at] >> 24)):
            found += np.bincount(terms.document[at], weights=bits & 1, minlength=len(found)).astype(
                np.int64
            )
    return calques, furniture


@lru_cache(maxsize=1)
def _lexicons() -> _Lexicons:
    words: dict[str, int] = {}
    phrases: dict[int, dict[str, int]] = {length: {} for length in _PHRASE_LENGTHS}
    for number, tag in enumerate(LANGUAGES):
        lists = word_lists()[tag]
        for first, kind in (
            (0, lists.function_words),
            (_NEIGHBOUR, lists.neighbour_words),
            (_ENGLISH, lists.english_words),
        ):
            for word in sorted(kind):
                words[word] = words.get(word, 0) | 1 << (first + number)
        for phrase in lists.calques:
            table = phrases[len(phrase.split())]
            table[phrase] = table.get(phrase, 0) | 1 << number
    for phrase in boilerplate():
        table = phrases[len(phrase.split())]
        table[phrase] = table.get(phrase, 0) | 1 << _BOILERPLATE
    return _Lexicons(lexicon(words), {n: lexicon(table) for n, table in phrases.items()})
