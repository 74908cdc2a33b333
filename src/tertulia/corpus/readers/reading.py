"""Frames of a source, file by file; a file that is broken is told of and costs itself."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import file_format
from tertulia.corpus.readers.batches import batched
from tertulia.corpus.readers.broken import OnBroken, Report
from tertulia.corpus.readers.extras import require_extra
from tertulia.corpus.readers.files import relative_path, source_files, split_of
from tertulia.corpus.readers.finishing import finished
from tertulia.corpus.readers.text_field import TextField
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.recipe.sources import ResolvedSource

_MODULES = {
    "jsonl": "json_lines",
    "parquet": "parquet",
    "csv": "delimited",
    "tsv": "delimited",
    "txt": "plain_text",
    "html": "web_page",
    "warc": "web_archive",
    "wiki": "wiki",
    "pdf": "pdf",
    "docx": "office_open",
    "odt": "open_document",
    "epub": "epub",
    "po": "gettext",
    "tmx": "translation_memory",
    "conllu": "conllu",
}
"""Format -> module of this package with `frames(path, field, report)`."""


_PANIC = "PanicException"


def read_source(
    source: ResolvedSource,
    files: Iterable[Path] | None = None,
    on_broken: OnBroken | None = None,
) -> Iterator[pl.DataFrame]:
    """The rows of every file, in order, as frames of columns `COLUMNS`; else as `read_files`."""
    return read_files(source, source_files(source)[0] if files is None else files, on_broken)


def read_files(
    source: ResolvedSource, files: Iterable[Path], on_broken: OnBroken | None = None
) -> Iterator[pl.DataFrame]:
    """The rows of some files of a source, in order, as frames of bounded size.

    What cannot be read is told to `on_broken`, and reading goes on; without it the first such
    thing is raised. Raises DataError for mistakes in the settings: `corpus.no-text` if no row has
    the text field, `corpus.unknown-split`; MissingExtraError where a package is missing.
    """
    field = TextField(source.text_field, strict=on_broken is None)
    yield from batched(_pieces(source, files, field, on_broken))
    field.check()


def _pieces(
    source: ResolvedSource, files: Iterable[Path], field: TextField, on_broken: OnBroken | None
) -> Iterator[pl.DataFrame]:
    for path in files:
        relative = relative_path(path, source)
        kind = file_format(path)
        assert kind is not None, f"{path} is of no kind that is read"
        require_extra(kind)
        module = importlib.import_module(f"tertulia.corpus.readers.{_MODULES[kind]}")
        report = Report(path, relative, on_broken)
        split = split_of(relative, source)
        try:
            for raw in module.frames(path, field, report):
                yield finished(raw, source, relative, split, str(path))
        except DataError as error:
            report.file(error)
        except RecursionError:
            report.file(_damaged("a file is nested too deeply", path))
        except BaseException as error:
            # A library in Rust that gives up does so with what is no Exception.
            if type(error).__name__ != _PANIC:
                raise
            report.file(_damaged(f"a file cannot be read ({error})", path))


def _damaged(what: str, path: Path) -> DataError:
    return DataError("corpus.damaged", what, where=str(path))
