"""The part of a word that its inflected forms share, for each language that is searched.

Words come folded, so that one typed without accents is found. Snowball's rules expect accents
where they tell an ending (`-ción`): those that have only one reading are put back first.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from tertulia.serve.retrieval import galician
from tertulia.serve.retrieval.folding import fold

if TYPE_CHECKING:
    from snowballstemmer.basestemmer import BaseStemmer

_SNOWBALL = {
    "es": "spanish",
    "ca": "catalan",
    "ca-valencia": "catalan",
    "eu": "basque",
    "en": "english",
}
_ACCENTED = {
    "spanish": (re.compile(r"(?<=[cstxg])ion$"), "ión"),
    "catalan": (re.compile(r"(?<=[cstxg])io$"), "ió"),
}
_VALENCIAN = {
    "vore": "veure",
    "tindre": "tenir",
    "vindre": "venir",
    "hui": "avui",
    "huit": "vuit",
    "dihuit": "divuit",
    "huitanta": "vuitanta",
    "dèsset": "disset",
    "xicotet": "petit",
    "xicoteta": "petita",
    "servici": "servei",
    "servicis": "serveis",
    "xiquet": "nen",
    "xiqueta": "nena",
    "vesprada": "tarda",
    "roí": "dolent",
    "faena": "feina",
    "depòsit": "dipòsit",
    "depòsits": "dipòsits",
    "ací": "aquí",
    "orde": "ordre",
    "ordes": "ordre",
    "homes": "home",
    "hòmens": "home",
    "jóvens": "jove",
    "jóvenes": "jove",
}
"""Valencian words and spellings and the Catalan ones under which they are found."""
_SOFT = {"es": "z", "gl": "z", "ca": "ç", "ca-valencia": "ç"}
"""How c before e and i is written elsewhere: `luces`, `luz`; `places`, `plaça`."""
_INCHOATIVE = re.compile(r"(?<=.{3})eix(en|o|)$")
_ONE_AT_A_TIME = threading.Lock()
"""A stemmer of Snowball keeps the word that it works on in itself."""


def stem(word: str, language: str | None) -> str:
    """The folded stem of a folded word; the word itself in a language without rules."""
    return _stem(word, language)


@lru_cache(maxsize=200_000)
def _stem(word: str, language: str | None) -> str:
    if word[0].isdigit() or language is None:
        return word
    if language == "gl":
        return _with_soft_c(galician.stem(word), word, language)
    name = _SNOWBALL.get(language)
    if name is None:
        return word
    if name == "catalan":
        word = _folded_variants().get(word, word)
        word = _INCHOATIVE.sub(r"ix\1", word)
    if name in _ACCENTED:
        ending, accented = _ACCENTED[name]
        word = ending.sub(accented, word)
    with _ONE_AT_A_TIME:
        found = fold(_stemmer(name).stemWord(word))
    return _with_soft_c(found, fold(word), language)


def _with_soft_c(stem: str, word: str, language: str) -> str:
    """`luc`, the beginning of `luces`, as `luz`; but `marc` of `marco` as it is."""
    soft = word.startswith((stem + "e", stem + "i")) and stem.endswith("c")
    return stem[:-1] + _SOFT[language] if soft and language in _SOFT else stem


@lru_cache(maxsize=1)
def _folded_variants() -> dict[str, str]:
    return {fold(valencian): fold(other) for valencian, other in _VALENCIAN.items()}


@lru_cache(maxsize=8)
def _stemmer(name: str) -> BaseStemmer:
    import snowballstemmer

    return snowballstemmer.stemmer(name)
