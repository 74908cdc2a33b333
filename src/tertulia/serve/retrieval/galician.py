"""A light stemmer of Galician: plural, adverb, noun and verb endings, and the last vowel.

It takes folded words. The order of the steps is that of stemmers of Portuguese (Orengo and Huyck,
A Stemming Algorithm for the Portuguese Language, 2001), the endings are Galician's, written from
its grammar.
"""

from __future__ import annotations

_SHORTEST = 3
"""Letters that a stem has to keep."""

_SHORTEST_PLURAL = 5
"""Letters of a plural in -is that stands for -l (`reais`); `leis` is of `lei`."""
_WHOLE = frozenset(("pais",))
"""Singulars that look like plurals."""
_PLURALS = (
    ("cions", "cion"),
    ("ns", "n"),
    ("ais", "al"),
    ("eis", "el"),
    ("ois", "ol"),
    ("uis", "ul"),
    ("res", "r"),
    ("les", "l"),
    ("s", ""),
)
_NOUNS = tuple(
    """
    izacions izacion acion icion ucion amento imento idade edade ancia encia adora edora idora ador
    edor idor axe ismo ista able ible oso osa ivo iva ario aria eza ura al mente
    """.split()
)
_VERBS = tuple(
    """
    ariamos eriamos iriamos aremos eremos iremos abamos iamos aramos eramos iramos asemos esemos
    ariades arian erian irian aria eria iria aron eron iron aran eran iran ara era ira aban aba ian
    ando endo indo amos emos imos ado ada ido ida aren eren iren arse erse irse ar er ir ase ese ise
    ou eu iu an en ia
    """.split()
)


def stem(word: str) -> str:
    """`concellos`, `concello` -> `concell`; `aplicaron`, `aplicar` -> `aplic`."""
    if word in _WHOLE:
        return word
    singular = _replaced(word, _PLURALS)
    bare = _cut(singular, ("mente",))
    for endings in (_NOUNS, _VERBS):
        shorter = _cut(bare, endings)
        if shorter != bare:
            return shorter
    return _cut(bare, ("a", "e", "o"))


def _replaced(word: str, endings: tuple[tuple[str, str], ...]) -> str:
    for ending, other in endings:
        if ending.endswith("is") and len(word) < _SHORTEST_PLURAL:
            continue
        if word.endswith(ending) and len(word) - len(ending) + len(other) >= _SHORTEST:
            return word[: -len(ending)] + other
    return word


def _cut(word: str, endings: tuple[str, ...]) -> str:
    fitting = [end for end in endings if word.endswith(end) and len(word) - len(end) >= _SHORTEST]
    return word[: -len(max(fitting, key=len))] if fitting else word
