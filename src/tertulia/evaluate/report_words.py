"""How the report writes numbers and languages for its reader."""

from __future__ import annotations

from tertulia.languages import LANGUAGES
from tertulia.messages import language

_GROUP = "\N{NARROW NO-BREAK SPACE}"


def written(value: float, digits: int) -> str:
    """`value` with a fixed number of decimals: 1.250 in English, 1,250 in the other languages."""
    text = f"{value:,.{digits}f}".replace(",", _GROUP)
    return text if language() == "en" else text.replace(".", ",")


def whole(value: int) -> str:
    """A whole number in groups of three digits."""
    return written(value, 0)


def page_language() -> str:
    """The reader's language as HTML names it: gettext's `ca@valencia` is `ca-valencia`."""
    return language().replace("@", "-")


def autonym(tag: str) -> str:
    """A language's name in itself; the tag where it is none of ours."""
    return LANGUAGES[tag].autonym if tag in LANGUAGES else tag
