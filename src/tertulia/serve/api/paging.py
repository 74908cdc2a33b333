"""Lists a page at a time, as the OpenAI API turns pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, Protocol, TypeVar

from fastapi import Query

from tertulia.serve.api.model_names import stored_text

_AT_ONCE = 10_000
"""Rows that the database gives in one look-up."""


class Identified(Protocol):
    """A row with an id."""

    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=Identified)

After = Annotated[str | None, Query(max_length=512)]
Before = Annotated[str | None, Query(max_length=512)]
Order = Annotated[Literal["asc", "desc"], Query()]
Limit = Annotated[int, Query(ge=1, le=100)]


class Look(Protocol[Row]):
    """A look-up that goes on after a row."""

    def __call__(self, *, after: str | None, limit: int) -> list[Row]: ...


def every(look: Look[Row]) -> list[Row]:
    """All rows of a look-up, the oldest first."""
    rows: list[Row] = []
    while True:
        more = look(after=rows[-1].id if rows else None, limit=_AT_ONCE)
        rows.extend(more)
        if len(more) < _AT_ONCE:
            return rows


def page(
    rows: Sequence[Row],
    shape: Callable[[Row], Any],
    *,
    limit: int,
    order: str,
    after: str | None = None,
    before: str | None = None,
    name: Callable[[Row], str] = lambda row: row.id,
) -> dict[str, Any]:
    """One page of `rows`, which come oldest first; a cursor that is not there is passed over."""
    ordered = list(rows) if order == "asc" else list(rows)[::-1]
    places = {name(row): place for place, row in enumerate(ordered)}
    first = places.get(after, -1) + 1 if after else 0
    last = places.get(before, len(ordered)) if before else len(ordered)
    between = ordered[first:last]
    # A page that ends before a row is the one next to that row.
    shown = between[-limit:] if before and not after else between[:limit]
    data = [shape(row) for row in shown]
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": len(shown) < len(between),
    }


def is_id(text: str) -> bool:
    """Whether a row can have this id; anything else is not looked up."""
    return 0 < len(text) <= 512 and stored_text(text)
