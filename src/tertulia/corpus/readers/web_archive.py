"""WARC: pages that a crawler received, one after another; nothing else is kept of an archive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.opening import open_bytes, too_large
from tertulia.corpus.readers.record import Record, framed
from tertulia.corpus.readers.warc_record import (
    HttpAnswer,
    WarcRecord,
    field_of,
    http_answer,
    warc_records,
)
from tertulia.corpus.readers.web_page import no_text_inside, read_page, reservation_in
from tertulia.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from tertulia.corpus.readers.broken import Report
    from tertulia.corpus.readers.text_field import TextField

_PAGES = frozenset({"response", "conversion"})
_HTML = ("text/html", "application/xhtml+xml")
_PLAIN = ("text/plain",)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)


def frames(path: Path, field: TextField, report: Report) -> Iterator[pl.DataFrame]:
    """Raw frames of a .warc file, compressed or not; a page that is broken costs itself."""
    yield from framed(_records(path, report))


def _records(path: Path, report: Report) -> Iterator[Record]:
    with open_bytes(path) as stream:
        for warc in warc_records(stream, _PAGES, str(path)):
            if warc.get("WARC-Type").lower() not in _PAGES:
                continue
            name = warc.get("WARC-Record-ID").strip("<>")
            where = f"{path}, record {name}"
            try:
                record = _record(warc, name, where, report)
            except DataError as error:
                report.row(error, warc.size)
            else:
                if record is not None:
                    yield record


def _record(warc: WarcRecord, name: str, where: str, report: Report) -> Record | None:
    if warc.block is None:
        raise too_large("a record", where)
    if warc.get("WARC-Type").lower() == "response":
        answer = http_answer(warc.block, where)
    else:
        stated = [("content-type", warc.get("Content-Type"))]
        answer = HttpAnswer(status=200, head=stated, body=warc.block)
    stated_kind = field_of(answer.head, "content-type").lower()
    kind = stated_kind.partition(";")[0].strip()
    if kind not in (*_HTML, *_PLAIN) or answer.status != 200:
        detail = kind if answer.status == 200 else f"HTTP status {answer.status}"
        report.passed_over("warc-no-page", f"record {name}", detail, warc.size)
        return None
    charset = _CHARSET.search(stated_kind)
    encoding = charset[1] if charset else None
    if kind in _PLAIN:
        text, language, inside = _plain(answer.body, encoding, where), None, None
    else:
        page = read_page(answer.body, where, encoding=encoding)
        text, language, inside = page.text, page.language, page.reservation
    if not text:
        raise no_text_inside("a page", where)
    return Record(
        text=text,
        part=name,
        id=name or None,
        language=language,
        url=warc.get("WARC-Target-URI").strip("<>") or None,
        date=warc.get("WARC-Date") or None,
        reservation=", ".join(filter(None, (reservation_in(answer.head), inside))) or None,
    )


def _plain(body: bytes, encoding: str | None, where: str) -> str:
    try:
        text = body.decode(encoding or "utf-8").strip()
        text.encode()
    except (LookupError, UnicodeError, ValueError):
        raise DataError("corpus.not-utf8", "a page is not text", where=where) from None
    return text
