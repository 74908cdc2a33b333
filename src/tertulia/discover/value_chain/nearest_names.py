"""A name that a person wrote, found among those of a table, or an error with its neighbours."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from tertulia.errors import DataError


def folded(name: str) -> str:
    """`name` without regard to case and to space at its ends or doubled."""
    return " ".join(name.split()).casefold()


def find_name(written: str, known: Iterable[str], others: Mapping[str, str]) -> str | None:
    """The name of the table that is meant, `others` being further names; nothing if there is none.

    Case matters only where two names differ in nothing else.
    """
    names = list(known)
    if written in names:
        return written
    if written in others:
        return others[written]
    alike = {folded(name): name for name in names}
    meant = {folded(name): target for name, target in others.items()}
    return alike.get(folded(written)) or meant.get(folded(written))


def not_found(written: str, known: Iterable[str], *, kind: str, where: str) -> DataError:
    """DataError `discover.name-unknown` with the names that are nearest in spelling."""
    by_fold = {folded(name): name for name in known}
    near = difflib.get_close_matches(folded(written), list(by_fold), n=3, cutoff=0.5)
    told = ", ".join(f'"{by_fold[name]}"' for name in near)
    return DataError(
        "discover.name-unknown",
        f'there is no {kind} called "{written[:80]}" in our tables',
        where=where,
        remedy=f"The nearest names are {told}" if near else f"Write the name of a {kind}",
    )
