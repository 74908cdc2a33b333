"""Zip archives from outside: bounded in number and size, and never unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from tertulia.corpus.opening import MAX_DOCUMENT_BYTES, too_large
from tertulia.errors import DataError

MAX_ENTRIES = 10_000
MAX_TOTAL_BYTES = 1 << 30
MAX_RATIO = 200
"""Unpacked bytes per packed byte, above `FREE_BYTES`; XML of office files reaches 50."""

FREE_BYTES = 1 << 24
_ENCRYPTED = 0x1


class ZipArchive:
    """The entries of an archive in memory; names are keys, never paths of this machine."""

    def __init__(self, data: bytes, path: Path) -> None:
        """Raises DataError `corpus.damaged`, `corpus.encrypted` or `corpus.too-large`."""
        self._where = str(path)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except _BROKEN as error:
            raise self._damaged(error) from error
        total = sum(entry.file_size for entry in entries)
        swollen = total > FREE_BYTES and total > MAX_RATIO * len(data)
        if len(entries) > MAX_ENTRIES or total > MAX_TOTAL_BYTES or swollen:
            raise too_large("an archive", self._where)
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise encrypted(self._where)

    def names(self) -> list[str]:
        """Of all entries, in the archive's order."""
        return self._zip.namelist()

    def read(self, name: str) -> bytes:
        """An entry's content; zipfile reads no more than the size that it declares."""
        try:
            if self._zip.getinfo(name).file_size > MAX_DOCUMENT_BYTES:
                raise too_large("an entry of an archive", f"{self._where}, {name}")
            return self._zip.read(name)
        except _BROKEN as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> DataError:
        return DataError(
            "corpus.damaged", f"an archive cannot be read ({error})", where=self._where
        )


def encrypted(where: str) -> DataError:
    """The error for a file that asks for a password or carries digital restrictions."""
    return DataError(
        "corpus.encrypted", "a file is encrypted", where=where, remedy="Give an open copy of it"
    )


_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, NotImplementedError,
    RuntimeError, OverflowError, IndexError, ImportError,
)  # fmt: skip
"""What zipfile raises on hostile archives; RuntimeError asks for a password."""
