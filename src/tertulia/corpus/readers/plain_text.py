"""Plain text and Markdown: a file is a document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import decoded, whole_bytes
from tertulia.corpus.readers.record import Record, framed

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """One raw row."""
    data = whole_bytes(path).removeprefix(b"\xef\xbb\xbf")
    yield from framed([Record(text=decoded(data, path, line=1))])
