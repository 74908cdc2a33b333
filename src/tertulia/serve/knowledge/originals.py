"""The files as they were given, each once, under the SHA-256 of its bytes.

What a user calls a file is never part of a path. A file exists whole or not at all: it is written
to a temporary sibling, fsynced and renamed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from tertulia.errors import ServeError

RESERVE_BYTES = 256 << 20
"""Of the disk, which stay free: a database that cannot write is worse than a refused file."""

YOUNGEST_SECONDS = 3600
"""Below this age nothing is swept: what uses it may be about to be written down."""

_PIECE = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PARTIAL = "part-"
_USERS = "databases"


@dataclass(frozen=True, kw_only=True)
class Original:
    """What was stored."""

    sha256: str
    size: int


class Originals:
    """A folder `ab/abcdef…` of files by their digest; may be used from several threads."""

    def __init__(self, folder: Path, *, reserve: int = RESERVE_BYTES) -> None:
        """`reserve` bytes of the disk are left free."""
        self._folder, self._reserve = folder, reserve
        self._settling = Lock()

    def put(self, stream: BinaryIO, limit: int) -> Original:
        """Stores what `stream` gives, at most `limit` bytes; the same content is stored once.

        Raises ServeError `serve.too-large` or `serve.disk-full`; nothing is left behind then.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=_PARTIAL, dir=self._folder)
        except OSError as error:
            raise _disk_full(str(error.strerror)) from error
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                original = self._copied(stream, file, limit)
                file.flush()
                os.fsync(file.fileno())
            self._settle(partial, original)
        except OSError as error:
            raise _disk_full(str(error.strerror)) from error
        finally:
            partial.unlink(missing_ok=True)
        return original

    def path(self, sha256: str) -> Path:
        """Where the file with this digest lies; raises ServeError `serve.no-original`."""
        if _DIGEST.fullmatch(sha256):
            path = self._place(sha256)
            if path.is_file():
                return path
        raise ServeError("serve.no-original", "the original of a document is not there")

    def open(self, sha256: str) -> BinaryIO:
        """The file for reading; raises ServeError `serve.no-original`."""
        return self.path(sha256).open("rb")

    def verify(self, sha256: str) -> bool:
        """Whether the bytes on disk still have the digest that they are stored under."""
        with self.path(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def sweep(self, in_use: set[str], database: int) -> int:
        """Removes what is not in use, and unfinished files, both only when an hour old.

        Returns how many were removed. Of a folder that another database has used too nothing is:
        one does not know what the other needs. `database` is `Database.identity`.
        """
        if not self._is_only_user(str(database)):
            return 0
        limit = time.time() - YOUNGEST_SECONDS
        stored = [path for path in self._folder.glob("??/*") if path.name not in in_use]
        removed = 0
        for path in (*stored, *self._folder.glob(f"{_PARTIAL}*")):
            with self._settling:
                if path.is_file() and path.stat().st_mtime < limit:
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _is_only_user(self, database: str) -> bool:
        """Notes that the database uses the folder, and looks whether another ever did."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / _USERS).open("a+", encoding="ascii") as note:
            note.seek(0)
            users = set(note.read().split())
            if database not in users:
                note.write(f"{database}\n")
                note.flush()
                os.fsync(note.fileno())
        return users <= {database}

    def _copied(self, stream: BinaryIO, file: BinaryIO, limit: int) -> Original:
        digest, size = hashlib.sha256(), 0
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > limit:
                raise ServeError(
                    "serve.too-large",
                    f"a file is larger than {limit} bytes",
                    remedy="Split it, or raise the limit of the server",
                )
            if shutil.disk_usage(self._folder).free - len(piece) < self._reserve:
                raise _disk_full("too little space is left")
            digest.update(piece)
            file.write(piece)
        return Original(sha256=digest.hexdigest(), size=size)

    def _settle(self, partial: Path, original: Original) -> None:
        place = self._place(original.sha256)
        with self._settling:
            if place.is_file() and place.stat().st_size == original.size:
                # As good as new: a sweep must not take what was just given again.
                os.utime(place)
                return
        place.parent.mkdir(exist_ok=True)
        partial.chmod(0o600)
        partial.replace(place)
        for folder in (place.parent, self._folder):
            _sync_folder(folder)

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _disk_full(why: str) -> ServeError:
    return ServeError(
        "serve.disk-full", f"a file cannot be stored ({why})", remedy="Free some disk space"
    )
