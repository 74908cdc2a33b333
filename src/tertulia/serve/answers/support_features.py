"""What tells whether a passage says what a statement says, as numbers for a small model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log1p

from tertulia.serve.answers.claims import Claims, found_among
from tertulia.serve.answers.passage import ReadPassage
from tertulia.serve.answers.telling_words import opposites

NAMES = (
    "words in the quote",
    "words in the passage",
    "words missing",
    "longest run missing",
    "pairs in the quote",
    "number missing",
    "numbers found",
    "name missing",
    "names found",
    "negation added",
    "negation lost",
    "duty added",
    "permission added",
    "only added",
    "always added",
    "comparison added",
    "bound added",
    "opposite said",
    "number elsewhere",
    "negated here alone",
    "negated there alone",
)
SIGNS = (1, 1, -1, -1, 1, -1, 1, -1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 1)
"""What each feature, those of vectors too, may speak for.

With a free sign, words that are thrown in could prove something.
"""
VECTOR_NAMES = ("product with the quote", "product with the passage")

_NEAR = 5
"""Words within which two words of the statement, one after the other, count as a pair."""
_NARROW = 0.04
"""What a quote has to gain in words for every further sentence."""


def best_quote(stated: Claims, read: ReadPassage) -> int | None:
    """The place among `read.quotes` of the one that says most of the statement."""
    if not read.quotes:
        return None
    lengths = [span.end - span.start for span in read.quotes]
    sentences = [
        sum(one.start >= span.start and one.end <= span.end for one in read.sentences)
        for span in read.quotes
    ]
    return max(
        range(len(read.quotes)),
        key=lambda place: (
            _said(stated, read.claims[place]) - _NARROW * (sentences[place] - 1),
            -lengths[place],
            -place,
        ),
    )


def support_features(stated: Claims, read: ReadPassage, quote: int) -> list[float]:
    """A value for each of `NAMES`, all of them between the statement and one quote."""
    told, whole = read.claims[quote], read.whole
    near, all_words = frozenset(told.words), frozenset(whole.words)
    missing = [not found_among(word, all_words) for word in stated.words]
    names = [
        found_among(name, whole.names) or found_among(name, all_words) for name in stated.names
    ]
    added = {kind: bool(stated.turns[kind]) and not told.turns[kind] for kind in stated.turns}
    return [
        _share([found_among(word, near) for word in stated.words]),
        1 - _share(missing) if missing else 0.0,
        log1p(sum(missing)),
        float(_longest_run(missing)),
        _pairs(stated.words, told.words),
        float(bool(stated.numbers - whole.numbers)),
        float(bool(stated.numbers) and stated.numbers <= told.numbers),
        float(not all(names)),
        float(bool(names) and all(names)),
        float(added["negation"]),
        float(bool(told.turns["negation"]) and not stated.turns["negation"]),
        float(added["duty"]),
        float(added["permission"]),
        float(added["only"]),
        float(added["always"]),
        float(added["more"] or added["less"]),
        float(added["bound"]),
        float(_opposed(stated, all_words, read.passage.language)),
        float(_number_elsewhere(stated, told)),
        float(_negated_alone(stated, told)),
        float(_negated_alone(told, stated)),
    ]


def _said(stated: Claims, told: Claims) -> float:
    near = frozenset(told.words)
    numbers = len(stated.numbers & told.numbers) / max(len(stated.numbers), 1)
    return _share([found_among(word, near) for word in stated.words]) + 0.3 * numbers


def _share(found: Sequence[bool]) -> float:
    return sum(found) / max(len(found), 1)


def _longest_run(flags: Sequence[bool]) -> int:
    longest = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return longest


def _pairs(stated: Sequence[str], told: Sequence[str]) -> float:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(told):
        places.setdefault(word, []).append(place)
    pairs = list(pairwise(stated))
    near = [
        any(abs(a - b) <= _NEAR for a in places.get(one, ()) for b in places.get(other, ()))
        for one, other in pairs
    ]
    return _share(near)


def _opposed(stated: Claims, told: frozenset[str], language: str | None) -> bool:
    """Whether the statement has a word whose opposite stands there and it does not."""
    pairs = opposites(language)
    return any(
        word not in told and bool(pairs[word] & told) for word in stated.words if word in pairs
    )


def _number_elsewhere(stated: Claims, told: Claims) -> bool:
    """Whether a number stands beside other words here than there."""
    for number, beside in stated.beside_numbers.items():
        there = told.beside_numbers.get(number)
        if there and beside and not any(found_among(word, there) for word in beside):
            return True
    return False


def _negated_alone(one: Claims, other: Claims) -> bool:
    """Whether a word is negated in the one and stands in the other without being negated."""
    plain = frozenset(other.words) - other.negated
    return any(
        found_among(word, plain) and not found_among(word, other.negated) for word in one.negated
    )
