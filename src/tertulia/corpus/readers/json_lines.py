"""JSON lines: many at once where they are plain, one by one where anything is unusual.

Both ways give the same rows. The fast one is Arrow's parser, which refuses a value that is no
string; that each line holds one object and that all is UTF-8 is seen to beforehand. The careful
one is Python's, and asks Arrow about a line before it gives it up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tertulia.corpus.opening import MAX_DOCUMENT_BYTES, decoded, open_bytes, too_large
from tertulia.corpus.readers.record import FIELDS, RAW, Record, framed, written
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

BLOCK_BYTES = 1 << 22
"""Decompressed bytes parsed at once."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NEWLINE, _OPENING, _CLOSING = b"\n{}"
_NUMBER_IDS = "Column(/id) changed from string to number"


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """Raw frames of a .jsonl file; a line that is no row costs itself."""
    with open_bytes(path) as stream:
        for first, block in _blocks(stream, path, report):
            fast = plain_rows(block, first, field.name)
            if fast is None:
                yield from framed(_careful(path, block, first, field, report))
            else:
                field.found()
                yield fast


def json_rows(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(row number, where, row) of each line that is not blank; raises at the first bad one."""
    with open_bytes(path) as stream:
        for number, line in enumerate(stream, start=1):
            row = _object(line, path, number)
            if row is not None:
                yield number, f"{path}, line {number}", row


def plain_rows(block: bytes, first: int, text_field: str) -> pl.DataFrame | None:
    """The raw frame of whole lines that begin at line `first`; None if any is unusual."""
    import polars as pl
    import pyarrow as pa

    rows = _objects(block)
    if text_field in FIELDS or not rows or not _utf8(block):
        return None
    try:
        table = _parsed(block, text_field, pa.string())
    except pa.ArrowInvalid as error:
        if _NUMBER_IDS not in str(error):
            return None
        try:
            table = _parsed(block, text_field, pa.int64())
        except pa.ArrowInvalid:
            return None
    if len(table) != rows or table[text_field].null_count:
        return None
    frame = pl.DataFrame(pl.from_arrow(table)).rename({text_field: "text"})
    numbers = pl.int_range(first, first + len(frame), dtype=pl.Int64, eager=True)
    return frame.with_columns(
        numbers.cast(pl.String).alias("part"),
        pl.lit(None, pl.String).alias("parent"),
        pl.col("id").cast(pl.String),
    ).select(RAW)


def _objects(block: bytes) -> int:
    """How many lines there are if each begins and ends as an object does, else 0.

    With as many objects as lines, none then spans two lines or shares one.
    """
    import numpy as np

    if not (block.startswith(b"{") and block.endswith((b"}\n", b"}"))):
        return 0
    characters = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(characters[:-1] == _NEWLINE)
    alone = (characters[ends - 1] == _CLOSING).all() and (characters[ends + 1] == _OPENING).all()
    return len(ends) + 1 if alone else 0


def _utf8(block: bytes) -> bool:
    """Whether all of it is UTF-8, also the fields that are not read."""
    import numpy as np
    import pyarrow as pa

    ends = pa.py_buffer(np.array([0, len(block)], dtype=np.int64))
    text = pa.Array.from_buffers(pa.large_utf8(), 1, [None, ends, pa.py_buffer(block)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _parsed(block: bytes, text_field: str, id_type: pa.DataType) -> pa.Table:
    import pyarrow as pa
    import pyarrow.json as pj

    names = (text_field, *FIELDS)
    schema = pa.schema([(n, id_type if n == "id" else pa.string()) for n in names])
    return pj.read_json(
        pa.BufferReader(block),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(block) + 1),
        parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    )


def _blocks(stream: BinaryIO, path: Path, report: Report) -> Iterator[tuple[int, bytes]]:
    """(number of the first line, whole lines); a line beyond all bounds is passed over."""
    # One step of decompression at a time: what came before a break is not lost with it.
    read = getattr(stream, "read1", stream.read)
    line, skipped, size, whole = 1, 0, 0, 0
    pieces: list[bytes] = []
    broken: Exception | None = None
    while True:
        try:
            chunk = read(1 << 20)
        # What is wrong is for `open_bytes` to say, once the lines before it are handed on.
        except Exception as error:
            broken = error
            break
        if not chunk:
            break
        if line == 1 and not pieces:
            chunk = chunk.removeprefix(_BYTE_ORDER_MARK)
        end = chunk.rfind(b"\n") + 1
        if skipped and end:
            rest = chunk.index(b"\n") + 1
            _report_long(path, line, skipped + rest, report)
            chunk, end, line, skipped = chunk[rest:], end - rest, line + 1, 0
        if skipped:
            skipped += len(chunk)
            continue
        pieces.append(chunk)
        whole = size + end if end else whole
        size += len(chunk)
        if size >= BLOCK_BYTES and whole:
            block = b"".join(pieces)
            yield line, block[:whole]
            line += block.count(b"\n", 0, whole)
            pieces, size, whole = [block[whole:]], size - whole, 0
        elif size > MAX_DOCUMENT_BYTES:
            skipped, pieces, size = size, [], 0
    if skipped:
        _report_long(path, line, skipped, report)
    block = b"".join(pieces)
    if broken is not None:
        block = block[: block.rfind(b"\n") + 1]
    if block:
        yield line, block
    if broken is not None:
        raise broken


def _report_long(path: Path, line: int, size: int, report: Report) -> None:
    report.row(too_large("a line", f"{path}, line {line}"), size)


def _careful(
    path: Path, block: bytes, first: int, field: TextField, report: Report
) -> Iterator[Record]:
    for number, line in enumerate(block.split(b"\n"), start=first):
        try:
            row = _object(line, path, number)
            if row is not None:
                yield _record(row, field, number, f"{path}, line {number}")
        except DataError as error:
            # Deep nesting, or `Inf` for a number, in a field that nobody reads.
            unread = error.code == "corpus.not-json"
            plain = plain_rows(line, number, field.name) if unread else None
            if plain is None:
                report.row(error, len(line))
            else:
                field.found()
                yield Record(**plain.row(0, named=True))


def _record(row: dict[str, Any], field: TextField, number: int, where: str) -> Record:
    if field.name not in row:
        raise field.lacking(list(row), where)
    field.found()
    # A null text is an empty one: a step drops it and counts it.
    text = written(row[field.name], field.name, where) or ""
    said = {name: written(row[name], name, where) for name in FIELDS if name in row}
    return Record(text=text, part=str(number), **said)


def _object(line: bytes, path: Path, number: int) -> dict[str, Any] | None:
    """The object on a line, None for a blank one."""
    text = decoded(line.removeprefix(_BYTE_ORDER_MARK), path, line=number).strip()
    if not text:
        return None
    where = f"{path}, line {number}"
    try:
        row = _loaded(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(
            "corpus.not-json",
            f"a line is not JSON ({error})",
            where=where,
            remedy="Each line of a .jsonl file is one JSON object",
        ) from error
    if not isinstance(row, dict):
        raise DataError(
            "corpus.not-json",
            "a line holds no JSON object",
            where=where,
            remedy='Each line of a .jsonl file is an object such as {"text": "..."}',
        )
    return row


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # Python refuses to compute with thousands of digits; nobody asks it to.
        return json.loads(text, parse_int=str)
