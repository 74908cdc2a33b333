"""Text as words that compare alike however they were typed.

Case and accents do not count, but ñ and ç are letters of their own: `año` is not `ano`. The
Catalan l·l is one word with l.l and ll; apostrophes and hyphens part what they join (`d'aigua`,
`donar-se'n`), as do all signs that are neither letters nor digits.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_WORD = 64
"""Characters; what is longer is no word, and a database's index bounds its keys."""

_GEMINATE = re.compile(r"(?<=l)[·•∙⋅.](?=l)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WORD = re.compile(r"[^\W_]+")


class _Bases(dict[int, str]):
    """The letter under the marks of each sign, found out once; ñ and ç stand for themselves."""

    def __missing__(self, sign: int) -> str:
        kept = chr(sign)
        if kept not in "ñç":
            parted = unicodedata.normalize("NFD", kept)
            kept = "".join(part for part in parted if not unicodedata.combining(part))
        self[sign] = kept
        return kept


_BASES = _Bases()


def fold(text: str) -> str:
    """Lower case without accents, compatibility forms resolved (`ﬁ`, `ŀ`); ñ and ç stay."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    if not plain.isascii():
        plain = plain.translate(_BASES)
    return _GEMINATE.sub("", plain)


def words(text: str) -> list[str]:
    """The folded words of a text in order; letters alone, left by an elision, are dropped."""
    found = (word[:LONGEST_WORD] for word in _WORD.findall(fold(text)))
    return [word for word in found if len(word) > 1 or not word.isalpha() or not word.isascii()]
