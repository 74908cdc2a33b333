"""Part files: some thousands of annotated documents each, the unit of work between stages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.step import Step

if TYPE_CHECKING:
    import polars as pl

PARTS = "parts"
"""Folder of the documents artifact that holds them."""


def part_files(documents: Path) -> list[Path]:
    """The part files of a documents artifact, in the order of sources, files and rows."""
    return sorted((documents / PARTS).glob("*.parquet"))


def write_part(path: Path, frame: pl.DataFrame, steps: Sequence[Step]) -> None:
    """Writes documents with all their columns, and the versions of what annotated them."""
    import polars as pl
    import pyarrow.parquet as pq

    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    versions = json.dumps({step.name: step.version for step in steps})
    table = table.replace_schema_metadata({"tertulia.schema": "1", "tertulia.steps": versions})
    pq.write_table(table, path, compression="zstd", compression_level=1)


def read_part(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The documents of a part, in order."""
    import polars as pl

    # A mapped file cannot be deleted on every system.
    return pl.read_parquet(path, columns=list(columns) if columns else None, memory_map=False)


def steps_of(documents: Path) -> dict[str, int]:
    """Name -> version of the steps that annotated the documents of an artifact."""
    import pyarrow.parquet as pq

    for path in part_files(documents)[:1]:
        metadata = pq.read_schema(path).metadata or {}
        return dict(json.loads(metadata.get(b"tertulia.steps", b"{}")))
    return {}
