"""CSV and TSV with a line of names first; `;` too, which spreadsheets write in our countries."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import file_format, open_bytes
from tertulia.corpus.readers.record import FIELDS, Record, framed
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_LONGEST_FIELD = 1 << 26
"""Characters; the module's own limit is 131,072, less than a novel in a cell."""


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """Raw frames of a .csv or .tsv file; a row of the wrong length costs itself."""
    yield from framed(_records(path, field, report))


def _records(path: Path, field: TextField, report: Report) -> Iterator[Record]:
    previous = csv.field_size_limit(_LONGEST_FIELD)
    try:
        with open_bytes(path) as stream:
            lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            try:
                yield from _rows(lines, path, field, report)
            finally:
                # What closes the file is `open_bytes`.
                lines.detach()
    except UnicodeDecodeError as error:
        raise DataError(
            "corpus.not-utf8",
            f"a text is not UTF-8 (byte 0x{error.object[error.start]:02x})",
            where=str(path),
            remedy="Convert the file to UTF-8, for instance with `iconv -f latin1 -t utf-8`",
        ) from error
    except csv.Error as error:
        raise DataError(
            "corpus.damaged", f"a table cannot be read ({error})", where=str(path)
        ) from error
    finally:
        csv.field_size_limit(previous)


def _rows(
    lines: io.TextIOWrapper, path: Path, field: TextField, report: Report
) -> Iterator[Record]:
    header = lines.readline()
    if not header.strip():
        return
    delimiter = _delimiter(header, path)
    names = next(csv.reader([header], delimiter=delimiter, strict=True))
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    if field.name not in names:
        first = next(rows, None)
        if first is None:
            raise DataError("corpus.damaged", "a table holds no row", where=str(path))
        raise field.lacking(names, str(path))
    for number, values in enumerate(rows, start=1):
        if not values:
            continue
        where = f"{path}, row {number}"
        if len(values) != len(names):
            what = f"a row has {len(values)} fields where the first line names {len(names)}"
            size = sum(len(value.encode()) for value in values)
            report.row(DataError("corpus.bad-row", what, where=where), size)
            continue
        row = dict(zip(names, values, strict=True))
        field.found()
        said = {name: row[name] or None for name in FIELDS if name in row}
        yield Record(text=row[field.name], part=str(number), **said)


def _delimiter(header: str, path: Path) -> str:
    if file_format(path) == "tsv":
        return "\t"
    return ";" if header.count(";") > header.count(",") else ","
