"""The texts of evaluation suites, from the files they come in, whatever their fields are called.

Every string of a file counts (questions, options, answers, contexts): nobody has to describe a
suite before its texts can be kept out of training. Names of suites are those of their folders.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tertulia.corpus.opening import open_bytes
from tertulia.errors import DataError

_COMPRESSIONS = (".zst", ".gz")
_NOT_TEXTS = re.compile(r"(readme|licen[cs]e|notice|copying|source\.json|dataset_infos?)", re.I)
"""What lies beside a suite and is none of it."""

Texts = Iterator[str]


def index_files(paths: Sequence[Path]) -> dict[str, list[str]]:
    """Suite -> its texts, from files and folders of `.jsonl`, `.json`, `.txt`, `.tsv`, `.csv`,
    `.conllu` and `.parquet`, compressed or not.

    A folder within a named folder is a suite; files that lie in the named folder itself are one
    of its name. Raises DataError `corpus.no-suite-text`, `corpus.bad-suite`, and what opening a
    damaged file raises.
    """
    suites: dict[str, list[str]] = {}
    for path in paths:
        found = False
        for suite, file in _files(path):
            texts = list(_texts(file))
            found = found or bool(texts)
            suites.setdefault(suite, []).extend(texts)
        if not found:
            raise DataError(
                "corpus.no-suite-text",
                "an evaluation suite that the recipe names holds no text that can be read",
                where=str(path),
                remedy="Kinds are .jsonl, .json, .txt, .tsv, .csv, .conllu and .parquet",
            )
    return {name: suites[name] for name in sorted(suites)}


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name.partition(".")[0], path
        return
    for file in sorted(path.rglob("*"), key=lambda f: f.relative_to(path).as_posix()):
        parts = file.relative_to(path).parts
        hidden = any(part.startswith(".") for part in parts)
        if file.is_file() and not hidden and not _NOT_TEXTS.match(file.name):
            yield parts[0] if len(parts) > 1 else path.resolve().name, file


def _texts(file: Path) -> Texts:
    name = file.name.lower()
    for suffix in _COMPRESSIONS:
        name = name.removesuffix(suffix)
    kind = Path(name).suffix
    if kind == ".parquet":
        yield from _parquet(file)
        return
    read = {".jsonl": _json_lines, ".ndjson": _json_lines, ".json": _json, ".txt": _lines,
            ".tsv": _tabbed, ".csv": _commas, ".conllu": _sentences}.get(kind)  # fmt: skip
    if read is None:
        return
    try:
        with open_bytes(file) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            yield from read(text)
            text.detach()
    except (ValueError, RecursionError, csv.Error) as error:
        raise DataError(
            "corpus.bad-suite",
            f"a file of an evaluation suite cannot be read ({error})",
            where=str(file),
            remedy="Correct the file, or take it out of corpus.contamination.against",
        ) from error


def _json_lines(lines: Iterable[str]) -> Texts:
    for line in lines:
        if line.strip():
            yield from _strings(json.loads(line))


def _json(stream: io.TextIOWrapper) -> Texts:
    yield from _strings(json.load(stream))


def _lines(lines: Iterable[str]) -> Texts:
    yield from (line.strip() for line in lines if line.strip())


def _tabbed(lines: Iterable[str]) -> Texts:
    # Quotes are part of the text in the TSV files of evaluation suites.
    yield from (cell for row in csv.reader(lines, delimiter="\t", quoting=3) for cell in row)


def _commas(lines: Iterable[str]) -> Texts:
    yield from (cell for row in csv.reader(lines) for cell in row)


def _sentences(lines: Iterable[str]) -> Texts:
    for line in lines:
        if line.startswith("# text = "):
            yield line.removeprefix("# text = ").strip()


def _parquet(file: Path) -> Texts:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as table:
            for batch in table.iter_batches(batch_size=1024):
                for row in batch.to_pylist():
                    yield from _strings(row)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            "corpus.bad-suite",
            f"a file of an evaluation suite cannot be read ({error})",
            where=str(file),
            remedy="Correct the file, or take it out of corpus.contamination.against",
        ) from error


def _strings(value: Any) -> Texts:
    """Every string within a JSON value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
