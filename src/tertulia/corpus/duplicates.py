"""Equal texts are kept once, and held-out ones win: what is measured is never trained on.

Works on the corpus's index (one row a document, without the texts), which fits in memory where
the texts do not: about 150 bytes a document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.corpus.step import DROPPED, Step

if TYPE_CHECKING:
    import polars as pl

DUPLICATE = "duplicate"
IN_HELD_OUT = "in-held-out"
ID_REPEATED = "id-repeated"

_RANK = {"held_out": 0, "unseen": 1, "train": 2}


def exact_duplicates() -> Step:
    """Keeps the first document of each revision by (split, source, id): held_out, unseen, train.

    Reasons `in-held-out` for a training document equal to one of another split, else
    `duplicate`. Needs columns id, revision, source, split of the whole corpus.
    """
    return Step(name="exact-duplicates", version=1, apply=_by_revision)


def repeated_ids() -> Step:
    """Keeps the first document of each id, reason `id-repeated`, held-out ones first.

    Different texts under one id come from a source that numbers its rows more than once.
    """
    return Step(name="repeated-ids", version=1, apply=_by_id)


def _by_revision(index: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    reason = (
        pl.when((pl.col("split") == "train") & (pl.col("first_split") != "train"))
        .then(pl.lit(IN_HELD_OUT))
        .otherwise(pl.lit(DUPLICATE))
    )
    return _marked(index, "revision", ["rank", "source", "id", "row"], reason)


def _by_id(index: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return _marked(index, "id", ["rank", "row"], pl.lit(ID_REPEATED))


def _marked(index: pl.DataFrame, key: str, order: list[str], reason: pl.Expr) -> pl.DataFrame:
    """`index` in its own order, with `dropped` set on all but the first row of each `key`."""
    import polars as pl

    ranked = index.with_row_index("row").with_columns(
        pl.col("split").replace_strict(_RANK, return_dtype=pl.Int8).alias("rank")
    )
    firsts = (
        ranked.sort(order)
        .group_by(key, maintain_order=True)
        .agg(pl.col("row").first().alias("first"), pl.col("split").first().alias("first_split"))
    )
    return (
        ranked.join(firsts, on=key, how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("row") == pl.col("first")).then(None).otherwise(reason).alias(DROPPED)
        )
        .select(*index.columns, DROPPED)
    )
