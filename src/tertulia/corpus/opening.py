"""Opens a source's file for reading bytes, compressed or not, and names what is wrong with it.

A stream that ends early is an error, because half a corpus must not pass for a whole one; so is
one that swells out of all proportion, because a small file must not fill a machine.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tertulia.errors import DataError

if TYPE_CHECKING:
    from zstandard import ZstdDecompressionObj

_COMPRESSIONS = (".zst", ".gz", ".bz2", ".xz")
_WHOLE = frozenset({"parquet", "pdf", "docx", "odt", "epub"})
"""Formats that compress their own content: another layer around them is not looked through."""

_FORMATS = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".csv": "csv", ".tsv": "tsv",
    ".txt": "txt", ".md": "txt", ".markdown": "txt",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".warc": "warc", ".xml": "wiki",
    ".pdf": "pdf", ".docx": "docx", ".odt": "odt", ".epub": "epub",
    ".po": "po", ".tmx": "tmx", ".conllu": "conllu",
}  # fmt: skip

MAX_RATIO = 1000
"""Decompressed bytes per byte on disk, above which a stream counts as a bomb; text reaches 20."""

FREE_BYTES = 1 << 28
"""Decompressed bytes up to which the ratio is not looked at."""

MAX_DOCUMENT_BYTES = 1 << 28
"""Of one document, line or record in memory; the longest books are a hundredth of it."""

_CHUNK = 1 << 14
"""Compressed bytes fed at once: at zstd's highest ratio they become 512 MB, not gigabytes."""

_LONGEST_WINDOW = 1 << 31
"""Bytes; what `zstd --long=31` writes, above the library's own limit."""


def file_format(path: Path) -> str | None:
    """A name such as `jsonl`, `html` or `warc`, or None for a file that is not read."""
    name = path.name.lower()
    stem = name
    for suffix in _COMPRESSIONS:
        stem = stem.removesuffix(suffix)
    found = _FORMATS.get(Path(stem).suffix)
    return None if found in _WHOLE and stem != name else found


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """A buffered stream of the decompressed content.

    Raises DataError `corpus.truncated` at an early end, `corpus.damaged` for other content than
    the name promises, `corpus.too-large` for a bomb, `corpus.unreadable` where the system refuses.
    """
    import zstandard

    try:
        with path.open("rb") as file:
            yield _decompressed(file, path)
    except EOFError as error:
        raise DataError(
            "corpus.truncated",
            "a compressed file ends before its content does",
            where=str(path),
            remedy="Copy or download it again",
        ) from error
    except (zstandard.ZstdError, zlib.error, gzip.BadGzipFile, lzma.LZMAError) as error:
        raise _damaged(path, error) from error
    except OSError as error:
        if error.errno is None:
            # What bz2 raises where there is no bzip2.
            raise _damaged(path, error) from error
        raise DataError(
            "corpus.unreadable", f"a file cannot be read ({error.strerror})", where=str(path)
        ) from error


def whole_bytes(path: Path) -> bytes:
    """All of a file's decompressed content; raises DataError as `open_bytes` does."""
    with open_bytes(path) as stream:
        data = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise too_large("a document", str(path))
    return data


def too_large(what: str, where: str) -> DataError:
    """The error for what is beyond the bounds of memory."""
    return DataError(
        "corpus.too-large",
        f"{what} is too large to be read",
        where=where,
        remedy="Split it, if it is what it should be",
    )


def decoded(data: bytes, path: Path, *, line: int) -> str:
    """`data`, which begins at `line` of `path`, as text.

    Raises DataError `corpus.not-utf8` that names the line and the byte within it.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line += before.count(b"\n")
        byte = error.start - (before.rfind(b"\n") + 1) + 1
        raise DataError(
            "corpus.not-utf8",
            f"a text is not UTF-8 (byte 0x{data[error.start]:02x})",
            where=f"{path}, line {line}, byte {byte}",
            remedy="Convert the file to UTF-8, for instance with `iconv -f latin1 -t utf-8`",
        ) from error


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(
        "corpus.damaged",
        f"a compressed file cannot be decompressed ({error})",
        where=str(path),
        remedy="Copy or download it again",
    )


def _decompressed(file: BinaryIO, path: Path) -> BinaryIO:
    suffix = path.suffix.lower()
    stream: io.RawIOBase | io.BufferedIOBase
    if suffix == ".zst":
        stream = _ZstdStream(file)
    elif suffix == ".gz":
        stream = gzip.GzipFile(fileobj=file)
    elif suffix == ".bz2":
        stream = bz2.BZ2File(file)
    elif suffix == ".xz":
        stream = lzma.LZMAFile(file)  # noqa: SIM115
    else:
        return file
    return io.BufferedReader(_BoundedStream(stream, file, path), 1 << 20)


class _BoundedStream(io.RawIOBase):
    """Hands on what `stream` decompresses until it is too much for what `file` has given."""

    def __init__(
        self, stream: io.RawIOBase | io.BufferedIOBase, file: BinaryIO, path: Path
    ) -> None:
        self._stream, self._file, self._path = stream, file, path
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size = self._stream.readinto(buffer) or 0
        self._total += size
        if self._total > FREE_BYTES and self._total > MAX_RATIO * self._file.tell():
            raise too_large("a compressed file", str(self._path))
        return size


class _ZstdStream(io.RawIOBase):
    """One or more zstd frames, end to end; an unfinished last one is an EOFError."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._frame: ZstdDecompressionObj | None = None
        self._pending = memoryview(b"")
        self._started = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._pending:
            chunk = self._file.read(_CHUNK)
            if not chunk:
                if self._frame is not None or not self._started:
                    raise EOFError
                return 0
            self._started = True
            self._pending = memoryview(self._feed(chunk))
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size

    def _feed(self, chunk: bytes) -> bytes:
        import zstandard

        out = []
        while chunk:
            if self._frame is None:
                context = zstandard.ZstdDecompressor(max_window_size=_LONGEST_WINDOW)
                self._frame = context.decompressobj()
            out.append(self._frame.decompress(chunk))
            chunk = b""
            if self._frame.eof:
                chunk, self._frame = self._frame.unused_data, None
        return out[0] if len(out) == 1 else b"".join(out)
