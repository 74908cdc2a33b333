"""Every single document that a step dropped, so that anybody may ask what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tertulia.corpus.document import NO_LANGUAGE
from tertulia.corpus.step import DROPPED

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

COLUMNS = ("id", "source", "language", "bytes", "step", "reason", "kept_by", "where")
"""`kept_by` is the id of the copy that stays; `where` the place in a file that was not read."""


def drops_schema() -> pa.Schema:
    """Of `dropped.parquet`; id is null where not even a row was read."""
    import pyarrow as pa

    return pa.schema(
        [pa.field(name, pa.int64() if name == "bytes" else pa.string()) for name in COLUMNS]
    )


class DropsWriter:
    """Writes dropped documents as they come; the file exists even if there are none."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self._schema = drops_schema()
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def __enter__(self) -> DropsWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()

    def record(self, step: str, marked: pl.DataFrame) -> None:
        """The dropped rows of a step's result: columns id, source, language, text or bytes."""
        import polars as pl

        lost = marked.filter(pl.col(DROPPED).is_not_null())
        if lost.is_empty():
            return
        size = pl.col("bytes") if "bytes" in lost.columns else pl.col("text").str.len_bytes()
        kept_by = pl.col("kept_by") if "kept_by" in lost.columns else pl.lit(None, pl.String)
        self._write(
            lost.select(
                "id",
                "source",
                pl.col("language").fill_null(NO_LANGUAGE),
                size.cast(pl.Int64).alias("bytes"),
                pl.lit(step).alias("step"),
                pl.col(DROPPED).alias("reason"),
                kept_by.alias("kept_by"),
                pl.lit(None, pl.String).alias("where"),
            )
        )

    def lost(self, step: str, source: str, reason: str, where: str, size: int) -> None:
        """A file or row of a source that could not be read."""
        import polars as pl

        values = (None, source, NO_LANGUAGE, size, step, reason, None, where)
        schema = {name: pl.Int64 if name == "bytes" else pl.String for name in COLUMNS}
        self._write(pl.DataFrame([values], schema=schema, orient="row"))

    def copy(self, paths: Iterable[Path]) -> None:
        """Appends what other files of this kind hold."""
        import pyarrow.parquet as pq

        for path in paths:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches():
                    self._writer.write_batch(batch)

    def _write(self, frame: pl.DataFrame) -> None:
        import polars as pl

        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        self._writer.write_table(table.cast(self._schema))
