"""What a word counts when merges are learnt, so that no source and no register crowds out others.

A corpus is skewed: much law, old novels and help pages, little that people say every day. A
source therefore counts by how many of its words other sources of its language use as well, and
only by the fourth root of its size. Statutes and manuals repeat themselves, and old spellings
are shared with nobody; sentences of everyday life are few and full of words that all use. Within
a source a word counts by its frequency.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_WHOLE = 10**15
"""What all pieces count together. Whole numbers, since sums of fractions would depend on their
order."""


def balanced(
    counts: Mapping[str, pl.DataFrame],
    *,
    language_weights: Mapping[str, float],
    source_weights: Mapping[str, float],
) -> pl.DataFrame:
    """Columns `piece`, `weight` (Int64) over all languages, and `count`, as often as they stood.

    `counts` holds, for each language, columns `source`, `piece` and `count`. A language counts as
    many bytes of text as any other, times its weight in `language_weights`.
    """
    import polars as pl

    shares = {name: source_shares(frame, source_weights) for name, frame in counts.items()}
    # Pieces for a byte of text, of which Basque has fewer than Spanish.
    mass = {
        name: language_weights.get(name, 1.0)
        / math.fsum(share.part * share.bytes / share.pieces for share in of.values())
        for name, of in shares.items()
        if of
    }
    whole = math.fsum(mass.values())
    frames = [_weighed(counts[name], shares[name], mass[name] / whole) for name in mass]
    if not frames:
        return pl.DataFrame(schema={"piece": pl.String, "weight": pl.Int64, "count": pl.Int64})
    return pl.concat(frames).group_by("piece").agg(pl.col("weight", "count").sum())


@dataclass(frozen=True, kw_only=True)
class SourceShare:
    """A source within its language."""

    part: float
    """Of the language's weight; the parts of all its sources come to 1."""
    pieces: int
    bytes: int


def source_shares(
    frame: pl.DataFrame, source_weights: Mapping[str, float]
) -> dict[str, SourceShare]:
    """Source -> its share in its language, by name.

    The share goes with the number of its different pieces that another source holds too, times
    the fourth root of the number of all its pieces.
    """
    import polars as pl

    rows = (
        frame.select(
            "source",
            "count",
            (pl.len().over("piece") > 1).alias("shared"),
            (pl.col("piece").str.len_bytes() * pl.col("count")).alias("bytes"),
        )
        .group_by("source")
        .agg(pl.col("shared", "count", "bytes").sum())
        .sort("source")
        .rows()
    )
    raw = {
        # One more than are shared: a lone source shares nothing and yet counts. Roots of roots and
        # not a power, since only roots are the same to the last bit on every machine.
        source: (1 + shared) * math.sqrt(math.sqrt(count)) * source_weights.get(source, 1.0)
        for source, shared, count, _ in rows
    }
    whole = math.fsum(raw.values())
    return {
        source: SourceShare(part=raw[source] / whole, pieces=count, bytes=size)
        for source, _, count, size in rows
    }


def _weighed(frame: pl.DataFrame, shares: Mapping[str, SourceShare], mass: float) -> pl.DataFrame:
    import polars as pl

    each = [max(1, round(_WHOLE * mass * share.part / share.pieces)) for share in shares.values()]
    schema = {"source": pl.String, "each": pl.Int64}
    worth = pl.DataFrame({"source": list(shares), "each": each}, schema=schema)
    return (
        frame.join(worth, on="source")
        .group_by("piece")
        .agg((pl.col("count") * pl.col("each")).sum().alias("weight"), pl.col("count").sum())
    )
