"""The corpus on disk: `SPLIT/LANGUAGE.parquet`, one row a document.

A file is named by the tag of the recipe; documents keep their region in the column (`es-AR` in
`es.parquet`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tertulia.corpus.document import COLUMNS, SPLITS, arrow_schema, is_attribute
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

_DICTIONARY_COLUMNS = ["language", "source", "licence"]


def document_files(folder: Path, split: str) -> dict[str, Path]:
    """Language -> file of a split, in the order of names; empty where the split has none."""
    assert split in SPLITS, split
    return {path.stem: path for path in _by_name(folder / split)}


def _by_name(folder: Path) -> list[Path]:
    # By name and not by path, where "ca-valencia.parquet" would come before "ca.parquet".
    return sorted(folder.glob("*.parquet"), key=lambda path: path.stem)


def read_documents(
    folder: Path, split: str, language: str, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Batches of a split's documents in one language, in the order of the artifact.

    Raises DataError `corpus.no-such-part` where the corpus has no such file.
    """
    import pyarrow.parquet as pq

    path = folder / split / f"{language}.parquet"
    if not path.is_file():
        raise DataError(
            "corpus.no-such-part",
            f"this corpus has no '{split}' documents in '{language}'",
            where=str(folder),
        )
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(columns=list(columns) if columns else None, batch_size=4096)


class CorpusWriter:
    """Writes documents as they come, each into the file of its split and language."""

    def __init__(self, folder: Path, steps: Mapping[str, int]) -> None:
        """`steps` is name -> version of what the documents went through."""
        self._folder = folder
        self._steps = dict(steps)
        self._writers: dict[tuple[str, str], pa.parquet.ParquetWriter] = {}

    def __enter__(self) -> CorpusWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def write(self, frame: pl.DataFrame) -> None:
        """Appends rows of `COLUMNS`, of attributes, of `split` and `base`, keeping their order."""
        import polars as pl

        attributes = [name for name in frame.columns if is_attribute(name)]
        for (split, base), rows in frame.group_by(["split", "base"], maintain_order=True):
            table = rows.select(*COLUMNS, *attributes).to_arrow(
                compat_level=pl.CompatLevel.oldest()
            )
            schema = arrow_schema(self._steps, [table.field(name) for name in attributes])
            self._writer(str(split), str(base), schema).write_table(table.cast(schema))

    def _writer(self, split: str, base: str, schema: pa.Schema) -> pa.parquet.ParquetWriter:
        import pyarrow.parquet as pq

        if (split, base) not in self._writers:
            path = self._folder / split / f"{base}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[split, base] = pq.ParquetWriter(
                path, schema, compression="zstd", use_dictionary=_DICTIONARY_COLUMNS
            )
        return self._writers[split, base]
