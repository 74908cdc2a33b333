"""Gettext PO: each message in its language, and its translation in the catalogue's."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import decoded, whole_bytes
from tertulia.corpus.readers.record import Record, framed, has_lone_surrogate, plain_language
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_MESSAGES_IN = "en"
"""By gettext's convention, unless the header has `X-Source-Language`."""

_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d{1,3}\])?)\s*(\".*\")$")
_CHARSET = re.compile(rb"charset=([A-Za-z0-9_-]{2,30})")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass
class _Entry:
    line: int
    texts: dict[str, str]
    fuzzy: bool = False


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """Raw rows of a .po file, message and translation sharing a `parent`."""
    yield from framed(_records(path, report))


def _records(path: Path, report: Report) -> Iterator[Record]:
    source, target = _MESSAGES_IN, None
    for entry in _entries(_text(path), path, report):
        message, translation = entry.texts.get("msgid"), entry.texts.get("msgstr")
        where = f"line {entry.line}"
        size = sum(len(text.encode()) for text in entry.texts.values())
        if message == "" and translation:
            header = dict(
                line.partition(": ")[::2] for line in translation.split("\n") if ": " in line
            )
            source = plain_language(header.get("X-Source-Language")) or source
            target = plain_language(header.get("Language"))
        elif entry.fuzzy:
            report.passed_over("po-fuzzy", where, "a translation to be checked", size)
        elif message and not (translation or entry.texts.get("msgstr[0]")):
            report.passed_over("po-untranslated", where, "a message without translation", size)
        else:
            for kind, text in entry.texts.items():
                if kind == "msgctxt" or not text.strip():
                    continue
                yield Record(
                    text=text,
                    part=f"{entry.line}.{kind}",
                    parent=str(entry.line),
                    language=source if kind.startswith("msgid") else target,
                )


def _entries(text: str, path: Path, report: Report) -> Iterator[_Entry]:
    entry = _Entry(1, {})
    keyword = None
    for number, line in enumerate(io.StringIO(text), start=1):
        line = line.strip()
        begin = _KEYWORD.match(line)
        starts = begin is not None and begin[1] in ("msgctxt", "msgid")
        comment = line.startswith("#")
        if entry.texts and (not line or comment or (starts and "msgstr" in str(keyword))):
            yield entry
            entry, keyword = _Entry(number, {}), None
        if comment:
            entry.fuzzy |= line.startswith("#,") and "fuzzy" in line
        elif begin is not None:
            if not entry.texts:
                entry.line = number
            keyword = begin[1]
            entry.texts[keyword] = _unquoted(begin[2])
        elif line.startswith('"') and line.endswith('"') and len(line) > 1 and keyword:
            entry.texts[keyword] += _unquoted(line)
        elif line:
            error = DataError("corpus.bad-row", "a line is no PO", where=f"{path}, line {number}")
            report.row(error, len(line))
    if entry.texts:
        yield entry


def _unquoted(quoted: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), quoted[1:-1])


def _text(path: Path) -> str:
    """The file as text, in the encoding that its header states."""
    data = whole_bytes(path).removeprefix(b"\xef\xbb\xbf")
    stated = _CHARSET.search(data)
    name = stated[1].decode("ascii") if stated else "utf-8"
    if name.lower() not in ("utf-8", "utf8", "charset"):
        try:
            text = data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            pass
        else:
            if not has_lone_surrogate(text):
                return text
    return decoded(data, path, line=1)
