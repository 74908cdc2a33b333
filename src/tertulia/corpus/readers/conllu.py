"""CoNLL-U: treebanks as documents of sentences, one a line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import decoded, whole_bytes
from tertulia.corpus.readers.record import Record, framed
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_COLUMNS = 10


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """A raw row for each `# newdoc`, or one for a file that has none."""
    yield from framed(_records(path, report))


def _records(path: Path, report: Report) -> Iterator[Record]:
    text = decoded(whole_bytes(path), path, line=1)
    sentences: list[str] = []
    name: str | None = None
    count = 0
    for document, sentence in _sentences(text, path, report):
        if document is not None:
            if sentences:
                yield Record(text="\n".join(sentences), part=str(count or ""), id=name)
            sentences, name, count = [], document or None, count + 1
        if sentence:
            sentences.append(sentence)
    if sentences:
        yield Record(text="\n".join(sentences), part=str(count or ""), id=name)


def _sentences(text: str, path: Path, report: Report) -> Iterator[tuple[str | None, str]]:
    """(id of the document that begins here or None, sentence)."""
    begun: str | None = None
    stated = ""
    words: list[list[str]] = []
    for number, line in enumerate(io.StringIO(text), start=1):
        line = line.rstrip("\r\n")
        if line.startswith("#"):
            key, _, value = line[1:].partition("=")
            if key.split()[:1] == ["newdoc"]:
                begun = value.strip()
            elif key.strip() == "text":
                stated = value.strip()
        elif line.strip():
            words.append(line.split("\t"))
            if len(words[-1]) != _COLUMNS:
                what = f"a line has {len(words.pop())} columns where CoNLL-U has {_COLUMNS}"
                where = f"{path}, line {number}"
                report.row(DataError("corpus.bad-row", what, where=where), len(line))
        elif stated or words:
            yield begun, stated or _joined(words)
            begun, stated, words = None, "", []
    if stated or words:
        yield begun, stated or _joined(words)


def _joined(words: list[list[str]]) -> str:
    """The sentence from its words, where no comment states it."""
    text = ""
    covered = 0
    for number, form, *rest in words:
        first, _, last = number.partition("-")
        if "." in number or (first.isdecimal() and int(first[:9]) <= covered):
            continue
        if last.isdecimal():
            # `2-3 del`: the words 2 and 3 are its parts.
            covered = int(last[:9])
        text += form + ("" if "SpaceAfter=No" in rest[-1] else " ")
    return text.strip()
