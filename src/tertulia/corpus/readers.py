"""Reads a source: a file, or a folder of files in the order of their relative paths.

What a row says wins over what the source declares; a row's split may also follow from a folder
named `train`, `held_out` or `unseen`. Rows come in frames of bounded size.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.corpus.document import SPLITS, WORKING, document_id, working_frame
from tertulia.corpus.opening import decoded, file_format, open_bytes
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.recipe.sources import ResolvedSource

BATCH_CHARACTERS = 16_000_000
BATCH_ROWS = 100_000
_OPTIONAL = ("id", "language", "licence", "source", "date", "url", "split")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def source_files(source: ResolvedSource) -> tuple[list[Path], list[Path]]:
    """(files that are read, files of other kinds), each sorted by relative path.

    Hidden files are passed over. Raises DataError `corpus.missing`.
    """
    if source.path.is_file():
        found = [source.path]
    elif source.path.is_dir():
        found = _files_below(source.path)
    else:
        raise DataError(
            "corpus.missing", f"the source '{source.name}' is not there", where=str(source.path)
        )
    known = [path for path in found if file_format(path) is not None]
    return known, [path for path in found if file_format(path) is None]


def read_source(source: ResolvedSource) -> Iterator[pl.DataFrame]:
    """The rows of every file, in order, as frames of columns `WORKING`.

    Raises DataError with file and line for what cannot be read, decoded or understood.
    """
    batch = _Batch()
    for path in source_files(source)[0]:
        for row in _rows(path, source):
            batch.add(row)
            if batch.full():
                yield batch.taken()
    if batch.columns["id"]:
        yield batch.taken()


class _Batch:
    """Rows gathered until there are enough of them."""

    def __init__(self) -> None:
        self._empty()

    def add(self, row: Mapping[str, str | None]) -> None:
        for name, values in self.columns.items():
            values.append(row.get(name))
        self.characters += len(row["text"] or "")

    def full(self) -> bool:
        return self.characters >= BATCH_CHARACTERS or len(self.columns["id"]) >= BATCH_ROWS

    def taken(self) -> pl.DataFrame:
        frame = working_frame(self.columns)
        self._empty()
        return frame

    def _empty(self) -> None:
        self.columns: dict[str, list[str | None]] = {name: [] for name in WORKING}
        self.characters = 0


def _files_below(folder: Path) -> list[Path]:
    found = {}
    seen = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        # A link to a folder above would lead round for ever.
        seen.add(os.path.realpath(place))
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and os.path.realpath(Path(place, name)) not in seen
        ]
        for name in names:
            if not name.startswith("."):
                path = Path(place, name)
                found[path.relative_to(folder).as_posix()] = path
    return [found[relative] for relative in sorted(found)]


def _rows(path: Path, source: ResolvedSource) -> Iterator[dict[str, str | None]]:
    relative = path.name if path == source.path else path.relative_to(source.path).as_posix()
    inferred = source.split or next((p for p in relative.split("/")[:-1] if p in SPLITS), "train")
    kind = file_format(path)
    if kind == "txt":
        yield _finished({}, _whole_text(path), source, inferred, (relative, ""), str(path))
        return
    raw_rows = json_rows(path) if kind == "jsonl" else _parquet_rows(path, source.text_field)
    for number, where, raw in raw_rows:
        text = _text_of(raw, source.text_field, where)
        yield _finished(raw, text, source, inferred, (relative, str(number)), where)


def _finished(
    raw: Mapping[str, Any],
    text: str,
    source: ResolvedSource,
    split: str,
    place: tuple[str, str],
    where: str,
) -> dict[str, str | None]:
    """One row of columns `WORKING`; `place` (relative path, part) names it if it has no id."""
    row = {name: _string(raw[name], name, where) for name in _OPTIONAL if name in raw}
    named = row.get("source") or source.name
    chosen = row.get("split") or split
    if chosen not in SPLITS:
        raise DataError(
            "corpus.unknown-split",
            f"a row has the split '{chosen}'",
            where=where,
            remedy=f"The splits are {', '.join(SPLITS)}",
        )
    native = row.get("id")
    language = row.get("language") or source.language
    # Translations of one text often share their id: the language tells them apart.
    identity = (native, language or "") if native else place
    return {
        "id": document_id(named, *identity),
        "text": text,
        "language": language,
        "source": named,
        "licence": row.get("licence") or source.licence,
        "url": row.get("url"),
        "date": row.get("date"),
        "split": chosen,
    }


def _whole_text(path: Path) -> str:
    with open_bytes(path) as stream:
        data = stream.read()
    return decoded(data.removeprefix(_BYTE_ORDER_MARK), path, line=1)


def json_rows(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(row number, where, row) of each line that is not blank."""
    with open_bytes(path) as stream:
        for number, line in enumerate(stream, start=1):
            text = decoded(line.removeprefix(_BYTE_ORDER_MARK), path, line=number).strip()
            if not text:
                continue
            where = f"{path}, line {number}"
            try:
                row = json.loads(text)
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
            yield number, where, row


def _parquet_rows(path: Path, text_field: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            wanted = [n for n in file.schema_arrow.names if n in (*_OPTIONAL, text_field)]
            if text_field not in wanted:
                raise _no_text(text_field, file.schema_arrow.names, str(path))
            number = 0
            for batch in file.iter_batches(batch_size=1024, columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    yield number, f"{path}, row {number}", row
    except UnicodeDecodeError as error:
        raise DataError(
            "corpus.not-utf8", "a column of text is not UTF-8", where=str(path)
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            "corpus.damaged", f"a Parquet file cannot be read ({error})", where=str(path)
        ) from error


def _text_of(raw: Mapping[str, Any], field: str, where: str) -> str:
    if field not in raw:
        raise _no_text(field, list(raw), where)
    value = raw[field]
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError("corpus.not-utf8", "a text is not UTF-8", where=where) from error
    # A null text is an empty one: a step drops it and counts it.
    return _string(value, field, where) or ""


def _no_text(field: str, names: list[str], where: str) -> DataError:
    near = difflib.get_close_matches(field, names, n=1, cutoff=0.4) or names[:1]
    return DataError(
        "corpus.no-text",
        f"a row has no field '{field}'",
        where=where,
        remedy=f"Name the field that holds the text as `text_field` of the source{_such_as(near)}",
    )


def _such_as(names: list[str]) -> str:
    return f", such as '{names[0]}'" if names else ""


def _string(value: object, field: str, where: str) -> str | None:
    """`value` as text; numbers and dates are written out, other things refused."""
    if value is None:
        return None
    if isinstance(value, dict | list | bytes | bool):
        raise DataError(
            "corpus.bad-field",
            f"the field '{field}' holds a {type(value).__name__} where text is expected",
            where=where,
        )
    text = value if isinstance(value, str) else str(value)
    if not text.isascii() and _LONE_SURROGATE.search(text):
        raise DataError(
            "corpus.not-utf8",
            f"the field '{field}' holds half of a surrogate pair, which is no character",
            where=where,
            remedy=r"Remove escapes such as \ud83d that stand alone",
        )
    return text
