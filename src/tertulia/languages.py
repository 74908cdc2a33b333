"""The five languages and varieties: their tags, names and most telling words.

A tag is BCP-47. A region is kept where a source tells it (`es-AR`) and rolled up by
`base_language`; Valencian (`ca-valencia`) is never rolled up into Catalan.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tertulia.errors import DataError

_OTHER_SPELLINGS = {
    "spa": "es",
    "cat": "ca",
    "val": "ca-valencia",
    "eus": "eu",
    "baq": "eu",
    "glg": "gl",
    "eng": "en",
}
"""ISO 639-3 and -2 codes that data sets use for them, and one that people write for Valencian."""


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language or variety that tertulia builds models for."""

    tag: str
    autonym: str
    english: str
    function_words: tuple[str, ...]
    """Frequent short words, lower case, counted in running text and told apart by hand."""


def base_language(tag: str) -> str:
    """The tag among `LANGUAGES` that `tag` counts as: `es-AR` -> `es`, `ca-ES-valencia` -> itself.

    Raises DataError `languages.unknown` that names the nearest tag.
    """
    base = known_base(tag)
    if base is not None:
        return base
    nearest = difflib.get_close_matches(tag, _names(), n=1, cutoff=0.5)
    hint = f"Did you mean '{_names()[nearest[0]]}'? " if nearest else ""
    raise DataError(
        "languages.unknown",
        f"'{tag}' is not one of the languages of this project",
        remedy=f"{hint}The languages are {', '.join(LANGUAGES)}",
    )


def known_base(tag: str | None) -> str | None:
    """As `base_language`, but None for a tag that is absent or of another language."""
    if not tag:
        return None
    primary, *rest = tag.strip().lower().replace("_", "-").replace("@", "-").split("-")
    base = _OTHER_SPELLINGS.get(primary, primary)
    if base == "ca" and "valencia" in rest:
        base = "ca-valencia"
    return base if base in LANGUAGES else None


def recipe_base(tag: str | None) -> str | None:
    """The tag that a recipe's `languages` may name: as `known_base`, or one of `KEPT`."""
    primary = (tag or "").strip().lower().replace("_", "-").split("-")[0]
    kept = _OTHER_SPELLINGS.get(primary, primary)
    return kept if kept in KEPT else known_base(tag)


def autonym(tag: str) -> str:
    """A language's name in itself; the tag where it is none that a recipe may name."""
    base = recipe_base(tag)
    known = {**LANGUAGES, **KEPT}
    return known[base].autonym if base in known else tag


def canonical_tag(tag: str) -> str:
    """The tag as documents carry it: `ES-ar` -> `es-AR`, `ca-ES-valencia` -> `ca-valencia`.

    A tag of another language is returned as it is. Case and order follow RFC 5646, section 2.1.1.
    """
    base = known_base(tag)
    if base is None:
        return tag
    parts = tag.strip().replace("_", "-").replace("@", "-").split("-")[1:]
    regions = [p.upper() for p in parts if len(p) == 2 and p.isalpha()]
    # `ca-valencia` names its place already; a region beside it would only split the variety.
    return f"{base}-{regions[0]}" if regions and base != "ca-valencia" else base


def _names() -> dict[str, str]:
    names = {tag: tag for tag in LANGUAGES}
    for language in LANGUAGES.values():
        names |= {language.autonym: language.tag, language.english: language.tag}
        names |= {language.autonym.lower(): language.tag, language.english.lower(): language.tag}
    return names


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        language.tag: language
        for language in (
            Language(
                tag="es",
                autonym="español",
                english="Spanish",
                function_words=_words(
                    "de la el en que y un los una para se del las es con no por o como si al su"
                    " más lo este pero son todos hay sin sobre cuando muy también esta"
                ),
            ),
            Language(
                tag="ca",
                autonym="català",
                english="Catalan",
                function_words=_words(
                    "de la el i que a per un en les del una els és es amb al o ha si com més hi"
                    " dels aquest aquesta seva això però molt tot quan què són"
                ),
            ),
            Language(
                tag="ca-valencia",
                autonym="valencià",
                english="Valencian",
                function_words=_words(
                    "de la el i que a per un en les del una els és es amb al o ha si com més hi"
                    " dels este esta seua açò però molt tot hui després són"
                ),
            ),
            Language(
                tag="eu",
                autonym="euskara",
                english="Basque",
                function_words=_words(
                    "eta da du ez bat edo dira zen ere hau bere beste bada hori baina bi dute"
                    " duen dago baino zuen behar izan oso gabe hauek egin gero dela nahi"
                ),
            ),
            Language(
                tag="gl",
                autonym="galego",
                english="Galician",
                function_words=_words(
                    "de a que o e do non para se da os é en un unha as no na por ou como dos máis"
                    " con das ao pero esta moi hai tamén súa nos sen foi"
                ),
            ),
        )
    }
)

KEPT: Mapping[str, Language] = MappingProxyType(
    {"en": Language(tag="en", autonym="English", english="English", function_words=())}
)
"""What nothing here is built for, and a continued model should not lose. No part of `LANGUAGES`:
no word list, no threshold, no catalogue is theirs."""
