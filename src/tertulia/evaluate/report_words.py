"""How the report writes numbers and languages for its reader."""

from __future__ import annotations

from tertulia.languages import autonym
from tertulia.messages import language

__all__ = ["autonym", "page_language", "whole", "written"]

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
