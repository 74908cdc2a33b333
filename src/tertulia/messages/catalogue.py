"""The one place where a message is looked up.

`tr("Built {count} documents", count=3)` gives the text in the reader's language; the English
source is the key. A catalogue is read when its language is first needed, never at import.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

DOMAIN = "tertulia"

LANGUAGES = ("ca", "ca@valencia", "en", "es", "eu", "gl")
"""Gettext names; `en` is the source and has no catalogue."""

_chosen: ContextVar[str | None] = ContextVar("language", default=None)

_VARIABLES = ("TERTULIA_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def tr(message: str, /, **fields: object) -> str:
    """`message` in the reader's language, its `{named}` fields filled in."""
    text = _translations(language()).gettext(message)
    return text.format(**fields) if fields else text


def ntr(singular: str, plural: str, count: int, /, **fields: object) -> str:
    """Like `tr`, in the form that fits `count`, which both forms may name as `{count}`."""
    text = _translations(language()).ngettext(singular, plural, count)
    return text.format(count=count, **fields)


def mark(message: str) -> str:
    """`message` itself: names a text for extraction where it is written, translated elsewhere."""
    return message


def language() -> str:
    """The reader's language, one of `LANGUAGES`, from the first variable that is set.

    Within `reading` it is the language named there. `TERTULIA_LANG` wins over the locale's own
    `LC_ALL`, `LC_MESSAGES` and `LANG`; what is none of our languages reads English.
    """
    if (chosen := _chosen.get()) is not None:
        return chosen
    for variable in _VARIABLES:
        if value := os.environ.get(variable):
            return _known_language(value)
    return "en"


@contextmanager
def reading(language: str) -> Iterator[None]:
    """Messages are in `language`, one of `LANGUAGES`, whatever the environment says.

    What is written into an artifact needs this: its digest may not depend on who builds it.
    """
    assert language in LANGUAGES, language
    token = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(token)


def locale_folder() -> Path:
    """The folder that holds one catalogue per language, laid out as gettext expects."""
    return Path(__file__).parent / "locale"


@lru_cache(maxsize=64)
def _known_language(locale: str) -> str:
    """`ca_ES.UTF-8@valencia` and `ca-valencia` are `ca@valencia`; `gl_ES` is `gl`; `C` is `en`."""
    name = locale.strip().lower().replace("-", "_")
    base = name.partition("@")[0].partition(".")[0].partition("_")[0]
    if base == "ca" and "valencia" in name:
        return "ca@valencia"
    return base if base in LANGUAGES else "en"


@lru_cache(maxsize=len(LANGUAGES))
def _translations(name: str) -> NullTranslations:
    import gettext

    if name == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, locale_folder(), languages=[name])
