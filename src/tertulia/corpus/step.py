"""What a step is: a pure function on a frame that marks rows as dropped, with a reason.

A step adds the column `dropped`: null for a row that stays, else a reason code. It may also
change other columns. It sees one batch at a time and keeps nothing between two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A named, versioned function; a step whose results change gets a new version."""

    name: str
    version: int
    apply: Callable[[pl.DataFrame], pl.DataFrame]


def kept(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that a step lets pass, without the column `dropped`."""
    import polars as pl

    return frame.filter(pl.col(DROPPED).is_null()).drop(DROPPED)
