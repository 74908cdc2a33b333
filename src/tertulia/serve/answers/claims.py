"""What a text states that can be compared word by word: numbers, names, content words, turns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tertulia.languages import recipe_base
from tertulia.serve.answers.telling_words import KINDS, months, number_words, telling_words
from tertulia.serve.retrieval.analysis import analyse
from tertulia.serve.retrieval.folding import fold, words
from tertulia.serve.retrieval.stemming import stem
from tertulia.serve.retrieval.stop_words import stop_words

_NUMBER = re.compile(r"(\d+(?:[.,\u00a0\u202f' ]\d{3}(?!\d))*)(?:[.,](\d+))?")
_TOKEN = re.compile(r"[^\s\"'’“”«»()\[\]{}¿?¡!,;:…]+")
_SENTENCE_BEGIN = re.compile(r"(?:\A|[.:!?…\n])[\s\"'“«¿¡(\[]*\Z")
_NEGATED = 3
_BESIDE = 4
"""Words that a negation or a number is taken to speak of."""
_FEWEST_SHARED = 4
_LONGEST_SUFFIX = 4
"""Letters that an inflection may add or change where the stemmer left two forms apart."""


@dataclass(frozen=True)
class Claims:
    """The comparable parts of a text."""

    words: tuple[str, ...]
    """Stems of content words, in order, repeated ones too; words for numbers are numbers."""
    numbers: frozenset[str]
    """As plain digits with a point; months as `month 8`."""
    names: frozenset[str]
    """Folded capitalised words within a sentence, and words with digits or signs in them."""
    turns: Mapping[str, frozenset[str]]
    """The folded words of each of `telling_words.KINDS`."""
    negated: frozenset[str]
    """Stems of the content words next to a negation."""
    beside_numbers: Mapping[str, frozenset[str]]
    """For each number the stems of the content words nearest to it."""


def claims(text: str, language: str | None) -> Claims:
    """Reads a text in a language given as BCP-47 tag; an unknown one has words and numbers only."""
    plain = words(text)
    there = frozenset(plain)
    base = recipe_base(language)
    telling = telling_words(language)
    spelled = frozenset(stem(word, base) for word in number_words(language))
    return Claims(
        words=tuple(word for word in analyse(text, language) if word not in spelled),
        numbers=_numbers(text, plain, language),
        names=_names(text),
        turns={kind: there & telling[kind] for kind in KINDS},
        negated=_negated(plain, telling["negation"], base),
        beside_numbers=_beside_numbers(plain, language, base),
    )


def found_among(word: str, others: frozenset[str]) -> bool:
    """Whether a word or another form of it is there: the beginning is shared, the ending not."""
    if word in others:
        return True
    if len(word) <= _FEWEST_SHARED or word[0].isdigit():
        return False
    shared = max(_FEWEST_SHARED, len(word) - _LONGEST_SUFFIX + 1, round(len(word) * 0.6))
    beginning = word[:shared]
    return any(
        other.startswith(beginning) and abs(len(other) - len(word)) <= _LONGEST_SUFFIX
        for other in others
    )


def _negated(plain: list[str], negations: frozenset[str], base: str | None) -> frozenset[str]:
    stopped, found = stop_words(base), set()
    for place, word in enumerate(plain):
        if word in negations:
            # Basque negates what stands before (`gabe`) or behind (`ez da`); the others behind.
            near = plain[place + 1 : place + 1 + _NEGATED] + plain[place - 1 : place] * (
                base == "eu"
            )
            found |= {stem(one, base) for one in near if one not in stopped | negations}
    return frozenset(found)


def _beside_numbers(
    plain: list[str], language: str | None, base: str | None
) -> dict[str, frozenset[str]]:
    stopped, spelled = stop_words(base), number_words(language)
    found: dict[str, frozenset[str]] = {}
    for place, word in enumerate(plain):
        number = str(spelled[word]) if word in spelled else word if word.isdigit() else None
        if number is not None:
            near = plain[max(0, place - _BESIDE) : place] + plain[place + 1 : place + 1 + _BESIDE]
            told = {stem(one, base) for one in near if one not in stopped and not one.isdigit()}
            found[number] = found.get(number, frozenset()) | told
    return found


def _numbers(text: str, plain: list[str], language: str | None) -> frozenset[str]:
    found = {_plain_number(match[1], match[2]) for match in _NUMBER.finditer(text)}
    spelled, named = number_words(language), months(language)
    found |= {str(spelled[word]) for word in plain if word in spelled}
    for word in plain:
        # Basque inflects its months: `abuztuaren`.
        for name, number in named.items():
            if word == name or (len(name) > _FEWEST_SHARED and word.startswith(name)):
                found.add(f"month {number}")
    return frozenset(found)


def _plain_number(whole: str, decimals: str | None) -> str:
    digits = re.sub(r"\D", "", whole).lstrip("0") or "0"
    fraction = (decimals or "").rstrip("0")
    return f"{digits}.{fraction}" if fraction else digits


def _names(text: str) -> frozenset[str]:
    found = set()
    for match in _TOKEN.finditer(text):
        token = match[0].strip(".-–—·*")
        letters = [sign for sign in token if sign.isalpha()]
        if len(token) < 2 or not letters:
            continue
        inner = any(sign.isupper() for sign in token[1:])
        mixed = any(sign.isdigit() or sign in "_/\\@=<>#" for sign in token)
        begins = bool(_SENTENCE_BEGIN.search(text, 0, match.start()))
        if inner or mixed or (token[0].isupper() and not begins):
            found |= {word for word in words(token) if len(word) > 1} or {fold(token)}
    return frozenset(found)
