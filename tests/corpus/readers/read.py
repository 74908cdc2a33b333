"""Reads a file as the documents stage does: rows, and what was told of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tertulia.corpus.readers import Broken, read_source
from tertulia.corpus.readers.record import COLUMNS
from tertulia.recipe.sources import ResolvedSource

Row = dict[str, Any]


def read(path: Path, **declared: Any) -> tuple[list[Row], list[Broken]]:
    """(rows, events) of a file or folder."""
    broken: list[Broken] = []
    source = ResolvedSource(name="s", path=path, **declared)
    rows: list[Row] = []
    for frame in read_source(source, on_broken=broken.append):
        assert tuple(frame.columns) == COLUMNS
        rows += frame.to_dicts()
    return rows, broken


def read_bytes(
    folder: Path, name: str, content: bytes, **declared: Any
) -> tuple[list[Row], list[Broken]]:
    """The same of a file that holds `content`."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return read(folder / name, **declared)
