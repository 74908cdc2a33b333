"""Records of a WARC stream: heads, and HTTP answers as the page that they carry.

Read here and not by FastWARC: version 2 of it wants streams that can seek, and leaves Python
with a panic where they cannot or a record is broken.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tertulia.corpus.opening import too_large
from tertulia.errors import DataError

MAX_RECORD_BYTES = 1 << 25
"""Of a record, and of the page in it once decompressed; crawlers cut off at a thirtieth of it."""

_MAX_HEAD_BYTES = 1 << 16
_MAX_HEAD_LINES = 1000
_SKIP = 1 << 20


@dataclass(frozen=True, kw_only=True)
class WarcRecord:
    """One record; `block` is None where its kind was not wanted or it is too large."""

    head: list[tuple[str, str]]
    block: bytes | None
    size: int
    """Bytes of the block."""

    def get(self, name: str) -> str:
        """A field of the head, empty if absent."""
        return field_of(self.head, name)


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """What a server answered, with the content as it was before transfer."""

    status: int
    head: list[tuple[str, str]]
    body: bytes


def warc_records(stream: BinaryIO, wanted: frozenset[str], where: str) -> Iterator[WarcRecord]:
    """The records, with the blocks of those whose WARC-Type is `wanted`.

    Raises DataError `corpus.truncated` or `corpus.damaged`.
    """
    number = 0
    while (version := _first_line(stream)) is not None:
        number += 1
        place = f"{where}, record {number}"
        if not version.startswith(b"WARC/"):
            raise DataError("corpus.damaged", "a record does not begin as one", where=place)
        head = _head(stream, place)
        length = field_of(head, "content-length")
        if not (length.isascii() and length.isdecimal() and len(length) < 16):
            raise DataError("corpus.damaged", "a record has no length", where=place)
        size = int(length)
        if field_of(head, "warc-type").lower() in wanted and size <= MAX_RECORD_BYTES:
            block = stream.read(size)
            missing = size - len(block)
        else:
            block, missing = None, _skip(stream, size)
        if missing:
            raise DataError("corpus.truncated", "a record ends too early", where=place)
        yield WarcRecord(head=head, block=block, size=size)


def http_answer(block: bytes, where: str) -> HttpAnswer:
    """The answer in a `response` record; raises DataError `corpus.bad-row`, `corpus.too-large`."""
    head, _, body = block.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    words = status.split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        raise DataError("corpus.bad-row", "a record holds no HTTP answer", where=where)
    fields = _fields(lines)
    if "chunked" in field_of(fields, "transfer-encoding").lower():
        body = _without_chunks(body)
    encoding = field_of(fields, "content-encoding").lower().strip()
    if encoding not in ("", "identity"):
        body = _unpacked(body, encoding, where)
    return HttpAnswer(status=int(words[1][:9]), head=fields, body=body)


def field_of(head: list[tuple[str, str]], name: str) -> str:
    """The first field of that name, empty if absent."""
    return next((value for key, value in head if key == name.lower()), "")


def _first_line(stream: BinaryIO) -> bytes | None:
    """The next line that is not blank; None at the end."""
    while line := stream.readline(_MAX_HEAD_BYTES):
        if line.strip():
            return line
    return None


def _head(stream: BinaryIO, where: str) -> list[tuple[str, str]]:
    lines: list[bytes] = []
    while (line := stream.readline(_MAX_HEAD_BYTES)).strip():
        lines.append(line)
        if len(lines) > _MAX_HEAD_LINES:
            raise DataError("corpus.damaged", "a record's head has no end", where=where)
    if not line:
        raise DataError("corpus.truncated", "a record ends too early", where=where)
    return _fields(lines)


def _fields(lines: list[bytes]) -> list[tuple[str, str]]:
    """(name in lower case, value) of each line; servers write Latin-1 at worst."""
    found = []
    for line in lines:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            found.append((name.strip().lower(), value.strip()))
    return found


def _skip(stream: BinaryIO, size: int) -> int:
    """How many of `size` bytes are missing."""
    while size and (chunk := stream.read(min(size, _SKIP))):
        size -= len(chunk)
    return size


def _without_chunks(body: bytes) -> bytes:
    """The content of a chunked answer; as it is, where a crawler has put it together already."""
    pieces: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + 20)
        length = body[at:end].partition(b";")[0].strip() if end > 0 else b""
        try:
            size = int(length, 16)
        except ValueError:
            return b"".join(pieces) or body
        if size <= 0:
            return b"".join(pieces)
        pieces.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def _unpacked(body: bytes, encoding: str, where: str) -> bytes:
    """As it was before compression; crawlers often leave the field and store the content."""
    bits = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}.get(encoding, ())
    for wbits in bits:
        unpacker = zlib.decompressobj(wbits)
        try:
            found = unpacker.decompress(body, MAX_RECORD_BYTES)
        except zlib.error:
            continue
        if unpacker.unconsumed_tail:
            raise too_large("a page", where)
        return found
    if encoding == "br" or (bits and body.startswith(b"\x1f\x8b")):
        raise DataError("corpus.bad-row", f"a page is packed as {encoding}", where=where)
    return body
