"""What words of common origin share across the languages, however each spells it.

`circulación`, `circulació`, `zirkulazio` and `circulation` begin alike once sounds are written one
way. The key of a word is its first letters so written: coarse, and meant for questions in another
language than the text.
"""

from __future__ import annotations

import re
from functools import lru_cache

MARK = "~"
"""Begins a key, so that it never meets a stem."""
_LETTERS = 5
_FEWEST = 3

_SPELLINGS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("h", ""),
        ("qu(?=[ei])", "k"),
        ("gu(?=[ei])", "G"),
        ("g(?=[ei])", "j"),
        ("x", "j"),
        ("c(?=[ei])|ç|tz|ts", "z"),
        ("[cq]", "k"),
        ("n[yh]", "ñ"),
        ("v", "b"),
        ("y", "i"),
        (r"(.)\1", r"\1"),
        ("G", "g"),
        ("s", "z"),
        ("^ez(?=[pkt])", "z"),
    )
]
"""In this order: a later rule takes what the earlier ones left."""


@lru_cache(maxsize=200_000)
def cognate_key(word: str) -> str | None:
    """The key of a folded word; None for a number and for what is too short to tell."""
    if word[0].isdigit():
        return None
    for pattern, sound in _SPELLINGS:
        word = pattern.sub(sound, word)
    return MARK + word[:_LETTERS] if len(word) >= _FEWEST else None
