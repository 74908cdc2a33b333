"""What of a text is indexed and asked for: its folded, stemmed words without stop words.

A chunk is analysed in its own language; a question in its own and in each language of what is
searched. Beside its stem each word is indexed by the key that it shares with words of common
origin, for questions in another language.
"""

from __future__ import annotations

from collections.abc import Iterable

from tertulia.languages import recipe_base
from tertulia.serve.retrieval.cognates import cognate_key
from tertulia.serve.retrieval.folding import words
from tertulia.serve.retrieval.stemming import stem
from tertulia.serve.retrieval.stop_words import stop_words

ANALYSIS = 2
"""Counted up whenever a text comes to be indexed by other terms; a database then follows."""

_STEM_ABROAD = 0.5
_KEY_ABROAD = 1.0
_KEY_EITHER = 0.6
"""Weights of a question's words against its own stems; chosen on the dev questions."""


def analyse(text: str, language: str | None) -> list[str]:
    """The stems of `text` in order, as a BCP-47 tag's language forms them.

    A language that is unknown or not one of ours leaves words folded and whole.
    """
    return index_terms(text, language)[0]


def index_terms(text: str, language: str | None) -> tuple[list[str], list[str]]:
    """All by which a text is indexed, each in order: stems, and keys of the words that have one."""
    base = recipe_base(language)
    telling = _telling(text, base)
    keys = [key for key in map(cognate_key, telling) if key is not None]
    return [stem(word, base) for word in telling], keys


def question_words(
    question: str, language: str | None, languages: Iterable[str | None]
) -> dict[str, float]:
    """The weight of each term to look up.

    `language` is the question's; `languages` those in which the chunks were analysed. In texts of
    the question's language its stems are looked up, in others above all the keys. A number counts
    the same in all.
    """
    telling = _telling(question, recipe_base(language))
    bases = {recipe_base(tag) for tag in languages}
    home = {base for base in bases if same_language(base, language)}
    found: dict[str, float] = {}
    if bases - home:
        weight = _KEY_EITHER if home else _KEY_ABROAD
        found = {key: weight for key in map(cognate_key, telling) if key is not None}
    for base in sorted(bases, key=str):
        stopped = stop_words(base)
        for word in telling:
            if word not in stopped:
                weight = 1.0 if base in home or word[0].isdigit() else _STEM_ABROAD
                term = stem(word, base)
                found[term] = max(found.get(term, 0.0), weight)
    return dict(sorted(found.items()))


def same_language(one: str | None, other: str | None) -> bool:
    """Whether two tags are of one language; Catalan and Valencian are. Unknown ones are none."""
    first, second = (
        "ca" if base == "ca-valencia" else base for base in map(recipe_base, (one, other))
    )
    return first is not None and first == second


def _telling(text: str, base: str | None) -> list[str]:
    stopped = stop_words(base)
    return [word for word in words(text) if word not in stopped]
