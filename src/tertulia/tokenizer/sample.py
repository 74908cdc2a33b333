"""The words that merges are learnt from: a bounded sample of each language, source by source."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow.parquet as pq

_BATCH_BYTES = 16_000_000


def language_files(corpus: Path, split: str) -> dict[str, Path]:
    """Language -> file of a split of a corpus artifact, by name."""
    return {path.stem: path for path in _by_name(corpus / split)}


def _by_name(folder: Path) -> list[Path]:
    # By name and not by path, where "ca-valencia.parquet" would come before "ca.parquet".
    return sorted(folder.glob("*.parquet"), key=lambda path: path.stem)


def sampled_counts(corpus: Path, sample_bytes: int, seed: int) -> dict[str, pl.DataFrame]:
    """Language -> columns `source`, `piece`, `count` of its sample of the training documents.

    A sample holds up to `sample_bytes` of UTF-8. A source gives all its documents where they fit
    into its part, else some by a draw of their ids, the last one cut; what small sources leave
    goes to the large. Raises DataError `tokenizer.no-text` for an empty corpus.
    """
    files = language_files(corpus, "train")
    if not files:
        raise DataError(
            "tokenizer.no-text", "the corpus has no training documents", where=str(corpus)
        )
    return {language: _of_language(path, sample_bytes, seed) for language, path in files.items()}


def _of_language(path: Path, sample_bytes: int, seed: int) -> pl.DataFrame:
    import polars as pl

    from tertulia.tokenizer.pretokens import add_counts, piece_counts

    counted: dict[str, list[pl.DataFrame]] = {}
    for batch in sampled_documents(path, sample_bytes, seed):
        for (source,), rows in batch.group_by("source"):
            counted.setdefault(str(source), []).append(piece_counts(rows["text"]))
    frames = [
        add_counts(parts).select(pl.lit(source).alias("source"), "piece", "count")
        for source, parts in sorted(counted.items())
    ]
    schema = {"source": pl.String, "piece": pl.String, "count": pl.Int64}
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def sampled_documents(path: Path, sample_bytes: int, seed: int) -> Iterator[pl.DataFrame]:
    """Columns `source` and `text` of the documents of a file that a sample holds, in batches.

    A corpus without a column `source` is one source.
    """
    import polars as pl
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        columns = [name for name in ("id", "source", "text") if name in file.schema_arrow.names]
        taken = _taken(file, columns, sample_bytes, seed)
        start = 0
        for arrow in file.iter_batches(columns=columns, batch_size=_rows_at_a_time(file)):
            batch = _with_source(pl.DataFrame(arrow))
            bytes_of = taken[start : start + len(batch)]
            start += len(batch)
            yield _cut(batch.with_columns(bytes_of.alias("take")).filter(pl.col("take") > 0))


def _rows_at_a_time(file: pq.ParquetFile) -> int:
    """Books come a few at a time, sentences by the thousand."""
    about = file.metadata
    size: int = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
    rows: int = _BATCH_BYTES * about.num_rows // max(1, size)
    return max(64, min(65_536, rows))


def _cut(documents: pl.DataFrame) -> pl.DataFrame:
    """Columns `source` and `text`: of each text as much as whole characters in `take` bytes make.

    Rows are in no order. Few texts are cut: the last one of a source.
    """
    import polars as pl

    longer = pl.col("text").str.len_bytes() > pl.col("take")
    rows = documents.filter(longer).select("text", "take").iter_rows()
    cut = [text.encode()[:take].decode(errors="ignore") for text, take in rows]
    return pl.concat(
        [
            documents.filter(~longer).select("source", "text"),
            documents.filter(longer).select("source", pl.Series("text", cut, dtype=pl.String)),
        ]
    )


def _with_source(batch: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    if "source" not in batch.columns:
        return batch.with_columns(pl.lit("").alias("source"))
    return batch.with_columns(pl.col("source").cast(pl.String).fill_null(""))


def _taken(file: pq.ParquetFile, columns: Sequence[str], sample_bytes: int, seed: int) -> pl.Series:
    """For each document of a file, how many of its bytes the sample holds (Int64)."""
    import polars as pl

    documents = pl.concat(
        _with_source(pl.DataFrame(arrow)).select(
            "id", "source", pl.col("text").str.len_bytes().cast(pl.Int64).alias("size")
        )
        for arrow in file.iter_batches(columns=columns, batch_size=_rows_at_a_time(file))
    ).with_row_index("row")
    sizes = documents.group_by("source").agg(pl.col("size").sum()).sort("source")
    parts = fair_parts(dict(sizes.iter_rows()), sample_bytes)
    taken: list[pl.DataFrame] = []
    for (source,), rows in documents.group_by("source"):
        part = parts[str(source)]
        if part < int(rows["size"].sum()):
            draws = pl.Series("draw", [_draw(name, seed) for name in rows["id"]], dtype=pl.Binary)
            rows = rows.with_columns(draws).sort("draw", "row").drop("draw")
            before = pl.col("size").cum_sum() - pl.col("size")
            rows = rows.with_columns((part - before).clip(0, pl.col("size")).alias("size"))
        taken.append(rows)
    return pl.concat(taken).sort("row")["size"]


def fair_parts(sizes: dict[str, int], whole: int) -> dict[str, int]:
    """Each one's part of `whole`: all it has where that is less than an even part, else as others.

    The parts come to `whole`, or to all there is where that is less.
    """
    parts: dict[str, int] = {}
    left = whole
    for rank, (name, size) in enumerate(sorted(sizes.items(), key=lambda item: (item[1], item[0]))):
        parts[name] = min(size, left // (len(sizes) - rank))
        left -= parts[name]
    return parts


def _draw(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"tokenizer\0{seed}\0{name}".encode()).digest()
