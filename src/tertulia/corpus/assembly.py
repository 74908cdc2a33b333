"""Writes the settled corpus part by part, and tells by name what became of the copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tertulia.corpus.artifact import CorpusWriter
from tertulia.corpus.document import SPLITS, revision
from tertulia.corpus.drops import DropsWriter
from tertulia.corpus.index import BASES
from tertulia.corpus.judgement import AT, judged
from tertulia.corpus.ledger import Ledger
from tertulia.corpus.parts import read_part
from tertulia.corpus.settling import STEPS, Settled
from tertulia.corpus.step import DROPPED, kept
from tertulia.recipe.stages import CorpusStage

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

DOCUMENT = "document"
"""Column with a document's number in the index."""


def assemble(
    parts: Sequence[Path],
    settled: Settled,
    spec: CorpusStage,
    frequent: Path | None,
    out: tuple[CorpusWriter, DropsWriter, ClustersWriter],
    ledger: Ledger,
) -> None:
    """Writes the documents that stay to the first of `out`, and what is known of the others."""
    import polars as pl

    corpus, drops, clusters = out
    fate = _fate(parts, settled)
    for part, rows in _by_part(parts, settled.index):
        frame = judged(read_part(part), rows, spec, frequent)
        frame = frame.with_columns(rows[DOCUMENT], _named(rows["split"], SPLITS),
                                   _named(rows["base"], BASES))  # fmt: skip
        frame = frame.join(fate, on=DOCUMENT, how="left", maintain_order="left")
        clusters.write(frame)
        for step in STEPS:
            here = pl.when(pl.col("step") == step).then(pl.col("reason"))
            marked = frame.with_columns(here.alias(DROPPED))
            ledger.record(step, marked)
            drops.record(step, marked)
            frame = kept(marked)
        revisions = pl.Series("revision", [revision(text) for text in frame["text"]], pl.String)
        corpus.write(frame.with_columns(revisions))


def _fate(parts: Sequence[Path], settled: Settled) -> pl.DataFrame:
    """Columns document, step, reason, kept_by (id), similarity, and `leads` for a kept copy."""
    import polars as pl

    wanted = settled.dropped["kept"].unique().sort()
    named = settled.index.lazy().select("part", AT).with_row_index(DOCUMENT).collect()[wanted]
    ids: list[str] = []
    for (part,), rows in named.group_by("part", maintain_order=True):
        column = read_part(parts[int(str(part))], ["id"])["id"]
        ids += column[rows[AT]].to_list()
    leaders = pl.DataFrame({"kept": wanted, "kept_by": pl.Series(ids, dtype=pl.String)})
    followers = settled.dropped.join(leaders, on="kept", how="left").select(
        DOCUMENT,
        pl.col("step").cast(pl.String),
        pl.col(DROPPED).cast(pl.String).alias("reason"),
        "kept_by",
        "similarity",
    )
    leading = leaders.select(pl.col("kept").alias(DOCUMENT), pl.lit(True).alias("leads"))
    return followers.join(leading, on=DOCUMENT, how="full", coalesce=True).sort(DOCUMENT)


def _by_part(parts: Sequence[Path], index: pl.DataFrame) -> Iterator[tuple[Path, pl.DataFrame]]:
    """Each part with its index rows, numbered; parts without any are passed over."""
    import polars as pl

    columns = index.select("part", AT, "split", "base").with_row_index(DOCUMENT)
    for (part,), rows in columns.group_by(["part"], maintain_order=True):
        yield parts[int(str(part))], rows.with_columns(pl.col(DOCUMENT).cast(pl.UInt32))


def _named(places: pl.Series, names: Sequence[str]) -> pl.Series:
    import polars as pl

    return places.replace_strict(
        list(range(len(names))), list(names), return_dtype=pl.String
    ).alias(places.name)


class ClustersWriter:
    """Writes `clusters.parquet`: every copy, the one that stays among them."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.clusters = 0
        self._schema: pa.Schema = pa.schema(
            {
                "cluster": pa.string(),
                "id": pa.string(),
                "kept": pa.bool_(),
                "similarity": pa.float32(),
                "step": pa.string(),
            }
        )
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def __enter__(self) -> ClustersWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()

    def write(self, frame: pl.DataFrame) -> None:
        """Records the members of clusters in a frame with the columns of a document's fate.

        A cluster is named by the id of the copy that stays; equal texts have similarity 1.
        """
        import polars as pl

        members = frame.filter(pl.col("leads").is_not_null() | pl.col("step").is_not_null())
        self.clusters += int(members["leads"].is_not_null().sum())
        rows = members.select(
            pl.coalesce("kept_by", "id").alias("cluster"),
            "id",
            pl.col("step").is_null().alias("kept"),
            pl.when(pl.col("step") == "repeated-ids")
            .then(None)
            .otherwise(pl.col("similarity").fill_null(1.0))
            .alias("similarity"),
            "step",
        )
        table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        self._writer.write_table(table.cast(self._schema))
