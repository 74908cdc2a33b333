"""A document as a format gives it, before the source's declarations are added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tertulia.corpus.document import WORKING
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

RESERVATION = "reservation"
"""Null, or how the source reserves its text against training: `tdm-reservation: 1`, `noai`, …"""

COLUMNS = (*WORKING, *(() if RESERVATION in WORKING else (RESERVATION,)))
"""Of the frames that readers give."""

FIELDS = ("id", "language", "licence", "source", "date", "url", "split", RESERVATION)
"""What a row of a table may say beside its text."""

RAW = ("text", "part", "parent", *FIELDS)
"""Columns between a format's reader and `finishing`, all strings; `text`, `part` are never null."""

FRAME_CHARACTERS = 4_000_000
FRAME_ROWS = 20_000

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_A_TAG = re.compile(r"[^A-Za-z0-9-]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One document of a file; `part` tells those of one file apart."""

    text: str
    part: str = ""
    parent: str | None = None
    """Shared by records that belong together, such as translations of each other."""
    id: str | None = None
    language: str | None = None
    licence: str | None = None
    source: str | None = None
    date: str | None = None
    url: str | None = None
    split: str | None = None
    reservation: str | None = None


def framed(records: Iterable[Record]) -> Iterator[pl.DataFrame]:
    """Frames of columns `RAW`; if `records` breaks off, what came before is given first."""
    gathered: list[Record] = []
    characters = 0
    try:
        for record in records:
            gathered.append(record)
            characters += len(record.text)
            if characters >= FRAME_CHARACTERS or len(gathered) >= FRAME_ROWS:
                yield _frame(gathered)
                gathered, characters = [], 0
    except DataError:
        if gathered:
            yield _frame(gathered)
        raise
    if gathered:
        yield _frame(gathered)


def written(value: object, field: str, where: str) -> str | None:
    """`value` as text: numbers and dates are written out, other things refused.

    Raises DataError `corpus.bad-field` or `corpus.not-utf8`.
    """
    if value is None:
        return None
    if isinstance(value, dict | list | bytes | bool):
        raise DataError(
            "corpus.bad-field",
            f"the field '{field}' holds a {type(value).__name__} where text is expected",
            where=where,
        )
    text = value if isinstance(value, str) else str(value)
    if has_lone_surrogate(text):
        raise DataError(
            "corpus.not-utf8",
            f"the field '{field}' holds half of a surrogate pair, which is no character",
            where=where,
            remedy=r"Remove escapes such as \ud83d that stand alone",
        )
    return text


def has_lone_surrogate(text: str) -> bool:
    """Whether `text` holds half of a surrogate pair, which UTF-8 cannot write."""
    return not text.isascii() and _LONE_SURROGATE.search(text) is not None


def plain_language(tag: str | None) -> str | None:
    """A tag as files state it (`ca_ES@valencia`, ` EU `) in BCP-47; None for what is no tag."""
    if not tag:
        return None
    tag = tag.strip()
    if tag.lower().endswith("@valencia"):
        return "ca-valencia"
    tag = tag.partition("@")[0].partition(".")[0].replace("_", "-")
    base, *rest = tag.split("-")
    if not 2 <= len(base) <= 3 or not base.isalpha() or _NOT_A_TAG.search(tag):
        return None
    subtags = [part.upper() if len(part) == 2 else part.lower() for part in rest if part]
    return "-".join([base.lower(), *subtags])


def _frame(records: list[Record]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(
        {name: [getattr(record, name) for record in records] for name in RAW},
        schema={name: pl.String for name in RAW},
    )
