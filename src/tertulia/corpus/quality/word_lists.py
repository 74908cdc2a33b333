"""The words and phrases that signals look for, per language, as shipped."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tertulia.languages import LANGUAGES
from tertulia.recipe.shipped import shipped_folder


@dataclass(frozen=True, kw_only=True)
class WordLists:
    """What tells a language, and what its text should not hold."""

    function_words: frozenset[str]
    neighbour_words: frozenset[str]
    """Function words of the languages around it that are hardly ever words of its own."""
    english_words: frozenset[str]
    calques: tuple[str, ...]
    """Phrases taken over word by word from Spanish."""


@lru_cache(maxsize=1)
def word_lists() -> dict[str, WordLists]:
    """The lists of each of the five languages."""
    own = {tag: frozenset(_read(f"{tag}.words")["function_words"].split()) for tag in LANGUAGES}
    others = {
        tag: frozenset(words.split())
        for tag, words in _read("neighbours")["function_words"].items()
    }
    shared = _read("shared")["words"]
    lists = {}
    for tag in LANGUAGES:
        mine = own[tag] | frozenset(shared[tag].split())
        around = (own | others).items()
        neighbours = frozenset[str]().union(
            *(words for other, words in around if other not in (tag, "en"))
        )
        lists[tag] = WordLists(
            function_words=own[tag],
            neighbour_words=neighbours - mine,
            english_words=others["en"] - mine,
            calques=tuple(_read(f"{tag}.words")["calques"]),
        )
    return lists


@lru_cache(maxsize=1)
def boilerplate() -> tuple[str, ...]:
    """Phrases of banners, menus and footers in the five languages and English, in order."""
    phrases = set(_read("neighbours")["boilerplate"]["en"])
    for tag in LANGUAGES:
        phrases |= set(_read(f"{tag}.words")["boilerplate"])
    return tuple(sorted(phrases))


def _read(name: str) -> dict[str, Any]:
    path = shipped_folder("quality") / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
