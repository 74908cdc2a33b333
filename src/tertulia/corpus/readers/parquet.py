"""Parquet: columns of text as they are; columns of other kinds value by value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import FREE_BYTES, MAX_RATIO, too_large
from tertulia.corpus.readers.record import FIELDS, RAW, Record, framed, written
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_BATCH_ROWS = 1024


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """Raw frames of a .parquet file, a batch of rows each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            _check_size(file.metadata, path)
            names = file.schema_arrow.names
            if field.name not in names:
                raise field.lacking(names, str(path), rows=max(1, file.metadata.num_rows))
            # A name twice has no one column to be read from.
            wanted = [name for name in (field.name, *FIELDS) if names.count(name) == 1]
            number = 0
            for batch in file.iter_batches(_BATCH_ROWS, columns=wanted, use_threads=False):
                if len(batch):
                    yield from _frames_of(batch, number, path, field, report)
                number += len(batch)
    except UnicodeDecodeError as error:
        raise DataError(
            "corpus.not-utf8", "a column of text is not UTF-8", where=str(path)
        ) from error
    except (pa.ArrowException, OSError, KeyError, ValueError, MemoryError) as error:
        raise DataError(
            "corpus.damaged", f"a Parquet file cannot be read ({error})", where=str(path)
        ) from error


def _check_size(metadata: pa.FileMetaData, path: Path) -> None:
    groups = range(metadata.num_row_groups)
    size = sum(metadata.row_group(group).total_byte_size for group in groups)
    if size > FREE_BYTES and size > MAX_RATIO * path.stat().st_size:
        raise too_large("a Parquet file", str(path))


def _frames_of(
    batch: pa.RecordBatch, number: int, path: Path, field: TextField, report: Report
) -> Iterator[pl.DataFrame]:
    import polars as pl
    import pyarrow as pa

    texts = (pa.string(), pa.large_string(), pa.string_view())
    if field.name in FIELDS or any(kind not in texts for kind in batch.schema.types):
        yield from framed(_careful(batch, number, path, field, report))
        return
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        raise DataError(
            "corpus.not-utf8", "a column of text is not UTF-8", where=str(path)
        ) from None
    field.found()
    # Without what else a schema says of itself: Polars panics where that is not UTF-8.
    plain = pa.RecordBatch.from_arrays(batch.columns, names=batch.schema.names)
    frame = pl.DataFrame(pl.from_arrow(plain)).rename({field.name: "text"})
    numbers = pl.int_range(number + 1, number + 1 + len(frame), dtype=pl.Int64, eager=True)
    absent = [name for name in RAW if name not in frame.columns]
    yield (
        frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
        .with_columns(pl.col("text").fill_null(""), numbers.cast(pl.String).alias("part"))
        .select(RAW)
    )


def _careful(
    batch: pa.RecordBatch, number: int, path: Path, field: TextField, report: Report
) -> Iterator[Record]:
    for row in batch.to_pylist():
        number += 1
        where = f"{path}, row {number}"
        try:
            text = row[field.name]
            if isinstance(text, bytes):
                text = _decoded(text, where)
            field.found()
            said = {name: written(row[name], name, where) for name in FIELDS if name in row}
            text = written(text, field.name, where) or ""
        except DataError as error:
            report.row(error, len(str(row)))
        else:
            yield Record(text=text, part=str(number), **said)


def _decoded(text: bytes, where: str) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError("corpus.not-utf8", "a text is not UTF-8", where=where) from error
