"""How often each piece of text stands in many texts, counted column-wise.

Merges never cross the pieces that `byte_level.SPLIT` gives, so that their counts are all that
learning merges needs, and all that counting tokens needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

SEPARATOR = "\0"
"""Ends a piece where several are written as one text; no piece that is counted holds it."""

_BATCH_BYTES = 8_000_000
"""A batch needs some fifteen times as much memory."""

_BEFORE_LAST_BLANK = r"(\s)([^\S\r\n]\S)"
"""Where the pattern's `\\s+(?!\\S)` ends: Polars' regular expressions do not look ahead."""

_PIECE = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
    r"|[^\r\n\p{L}\p{N}]?\p{L}+"
    r"|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+"
    r"|\s+"
)


def piece_counts(texts: pl.Series) -> pl.DataFrame:
    """Columns `piece` (String) and `count` (Int64); texts of any number, in batches.

    Rows are in no order. Null texts count as empty; a NUL character is left out.
    """
    import polars as pl

    batches = texts.rename("text").to_frame().drop_nulls()
    until = pl.col("text").str.len_bytes().cast(pl.Int64).cum_sum()
    numbered = batches.with_columns((until // _BATCH_BYTES).alias("batch"))
    counted = [_of_batch(batch) for _, batch in numbered.group_by("batch")]
    if not counted:
        return pl.DataFrame(schema={"piece": pl.String, "count": pl.Int64})
    return add_counts(counted)


def add_counts(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One row for each piece of several count frames."""
    import polars as pl

    return pl.concat(frames).group_by("piece").agg(pl.col("count").sum())


def _of_batch(texts: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    text = pl.col("text")
    parts = text.str.replace_all(_BEFORE_LAST_BLANK, f"${{1}}{SEPARATOR}${{2}}").str.split(
        SEPARATOR
    )
    return (
        texts.select(parts)
        .explode("text", empty_as_null=False)
        .select(text.str.extract_all(_PIECE).alias("piece"))
        .explode("piece", empty_as_null=False)
        .group_by("piece")
        .agg(pl.len().cast(pl.Int64).alias("count"))
    )
