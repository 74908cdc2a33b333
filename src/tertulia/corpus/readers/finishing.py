"""Identity, split and declared values of a frame of raw rows: what a row says wins."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tertulia.corpus.document import SPLITS, document_id
from tertulia.corpus.readers.record import COLUMNS, RESERVATION
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.recipe.sources import ResolvedSource

_WRITTEN_WITH_ESCAPES = r'["\\\x00-\x1f]'


def finished(
    raw: pl.DataFrame, source: ResolvedSource, relative: str, split: str, where: str
) -> pl.DataFrame:
    """The rows of the file `relative` with columns `COLUMNS`.

    `split` holds where a row names none; `where` is the file in words. Raises DataError
    `corpus.unknown-split`.
    """
    import polars as pl

    def said(name: str, otherwise: str | None) -> pl.Expr:
        column = pl.col(name)
        return pl.when(column != "").then(column).otherwise(pl.lit(otherwise, pl.String))

    rows = raw.with_columns(
        said("source", source.name).alias("source"),
        said("language", source.language).alias("language"),
        said("licence", source.licence).alias("licence"),
        said("split", split).alias("split"),
        said(RESERVATION, None).alias(RESERVATION),
    )
    _check_splits(rows, where)
    rows = rows.with_columns(
        pl.Series("id", _identities(rows, relative), dtype=pl.String),
        _parents(rows, relative),
    )
    return rows.select(COLUMNS)


def _check_splits(rows: pl.DataFrame, where: str) -> None:
    import polars as pl

    unknown = rows.filter(~pl.col("split").is_in(SPLITS))
    if not unknown.is_empty():
        raise DataError(
            "corpus.unknown-split",
            f"a row has the split '{unknown['split'][0]}'",
            where=f"{where}, row {unknown['part'][0]}",
            remedy=f"The splits are {', '.join(SPLITS)}",
        )


def _identities(rows: pl.DataFrame, relative: str) -> list[str]:
    """`document_id` of each row: by its own id and language, else by its place."""
    import polars as pl

    # Translations of one text often share their id: the language tells them apart.
    named = pl.col("id") != ""
    keys = rows.select(
        "source",
        pl.when(named).then("id").otherwise(pl.lit(relative)).alias("native"),
        pl.when(named).then(pl.col("language").fill_null("")).otherwise("part").alias("part"),
    )
    return document_ids(keys)


def document_ids(keys: pl.DataFrame) -> list[str]:
    """`document_id(source, native, part)` of each row, an order of magnitude faster."""
    import polars as pl

    written = keys.select(
        "source",
        pl.format('["{}", "{}", "{}"]', "source", "native", "part").alias("json"),
        pl.any_horizontal(pl.all().str.contains(_WRITTEN_WITH_ESCAPES)).alias("escaped"),
    )
    sha256 = hashlib.sha256
    found = [
        f"{source}/{sha256(json).hexdigest()[:24]}"
        for source, json in zip(
            written["source"].to_list(), written["json"].cast(pl.Binary).to_list(), strict=True
        )
    ]
    for index in written["escaped"].arg_true().to_list():
        found[index] = document_id(*keys.row(index))
    return found


def _parents(rows: pl.DataFrame, relative: str) -> pl.Series:
    """`document_id` of (source, file, `parent` within the file), null where there is none."""
    import polars as pl

    parents = rows["parent"]
    if parents.null_count() == len(parents):
        return parents
    ids = [
        None if parent is None else document_id(source, relative, parent)
        for source, parent in rows.select("source", "parent").iter_rows()
    ]
    return pl.Series("parent", ids, dtype=pl.String)
