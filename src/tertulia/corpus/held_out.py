"""Sets whole documents aside for measuring, in languages whose sources set none aside.

The choice hangs on a document's id alone, so that a corpus that grows never moves a document
from one side to the other.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def with_held_out(index: pl.DataFrame, fraction: float) -> pl.DataFrame:
    """`index` (columns id, base, split, bytes) with `held_out` chosen where a base has none.

    About `fraction` of the training documents, at least one of two where it is above zero.
    """
    import polars as pl

    if fraction <= 0:
        return index
    has_own = index.filter(pl.col("split") == "held_out")["base"].unique()
    open_rows = index.with_row_index("row").filter(
        (pl.col("split") == "train") & ~pl.col("base").is_in(has_own.to_list())
    )
    draws = pl.Series("draw", [draw(name) for name in open_rows["id"]], dtype=pl.Float64)
    open_rows = open_rows.with_columns(draws)
    chosen = pl.col("draw") < fraction
    lowest = (
        (pl.col("draw") == pl.col("draw").min().over("base"))
        & ~chosen.any().over("base")
        & (pl.len().over("base") >= 2)
    )
    rows = set(open_rows.filter(chosen | lowest)["row"])
    split = ["held_out" if row in rows else name for row, name in enumerate(index["split"])]
    return index.with_columns(pl.Series("split", split, dtype=pl.String))


def draw(name: str) -> float:
    """A number in [0, 1) that follows from a document's id, uniform over ids."""
    return int.from_bytes(hashlib.sha256(b"held-out\0" + name.encode()).digest()[:6]) / 2**48
