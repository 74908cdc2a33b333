"""Opens a source's file for reading bytes, compressed or not, and names what is wrong with it.

A zstd stream that ends early reads like a shorter one unless its frames are watched; here it is
an error, because half a corpus must not pass for a whole one.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tertulia.errors import DataError

if TYPE_CHECKING:
    from zstandard import ZstdDecompressionObj

_COMPRESSIONS = (".zst", ".gz")
_FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "txt", ".parquet": "parquet"}
_CHUNK = 1 << 16
_LONGEST_WINDOW = 1 << 31
"""Bytes; what `zstd --long=31` writes, above the library's own limit."""


def file_format(path: Path) -> str | None:
    """`jsonl`, `txt`, `parquet`, or None for a file that is not read."""
    name = path.name.lower()
    for suffix in _COMPRESSIONS:
        if name.endswith(suffix) and not name.endswith(f".parquet{suffix}"):
            name = name.removesuffix(suffix)
    return _FORMATS.get(Path(name).suffix)


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """A buffered stream of the decompressed content.

    Raises DataError `corpus.truncated` at an early end, `corpus.damaged` for other content than
    the name promises, `corpus.unreadable` where the system refuses.
    """
    import zstandard

    try:
        with path.open("rb") as file:
            yield _decompressed(file, path.suffix.lower())
    except EOFError as error:
        raise DataError(
            "corpus.truncated",
            "a compressed file ends before its content does",
            where=str(path),
            remedy="Copy or download it again",
        ) from error
    except (zstandard.ZstdError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            "corpus.damaged",
            f"a compressed file cannot be decompressed ({error})",
            where=str(path),
            remedy="Copy or download it again",
        ) from error
    except OSError as error:
        raise DataError(
            "corpus.unreadable", f"a file cannot be read ({error.strerror})", where=str(path)
        ) from error


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


def _decompressed(file: BinaryIO, suffix: str) -> BinaryIO:
    if suffix == ".zst":
        return io.BufferedReader(_ZstdStream(file), 1 << 20)
    if suffix == ".gz":
        return io.BufferedReader(gzip.GzipFile(fileobj=file), 1 << 20)
    return file


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
        return b"".join(out)
