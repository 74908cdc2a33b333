"""Writing so that a reader, a kill or a power cut meets the old content or the new, never half."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tertulia.errors import StoreError, TertuliaError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# Libraries that write by themselves (safetensors, polars, torch) tell a full disk in words only.
_FULL_IN_WORDS = (
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
    "StorageFull",
)
_REFUSED = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG}
)


def write_text(path: Path, text: str) -> None:
    """Replaces `path` by `text` as UTF-8: written beside it, fsynced, renamed.

    Raises OSError; nothing of the attempt stays behind.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    fsync(path.parent)


def fsync(path: Path) -> None:
    """Puts the content of a file, or the names in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_tree(folder: Path, *, leave_out: Path) -> None:
    """Puts everything below `folder` on the disk, but for the folder `leave_out`."""
    for name, folders, files in os.walk(folder, topdown=True):
        folders[:] = [child for child in folders if Path(name, child) != leave_out]
        for file in files:
            fsync(Path(name, file))
        fsync(Path(name))


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Turns a full or read-only disk, however a library reports it, into a StoreError.

    Raises `store.disk-full` or `store.not-writable`; other exceptions pass through.
    """
    try:
        yield
    except TertuliaError:
        raise
    except Exception as error:
        if is_disk_full(error):
            raise StoreError(
                "store.disk-full",
                f"the disk is full: {_last_words(error)}",
                where=str(place),
                remedy="Free some space, then run the same command: finished stages are kept",
            ) from error
        if isinstance(error, OSError) and error.errno in _REFUSED and _is_below(error, place):
            raise StoreError(
                "store.not-writable",
                f"the run cannot be written: {(error.strerror or 'refused').lower()}",
                where=str(error.filename),
                remedy="Correct the permissions, or choose another folder for runs",
            ) from error
        raise


def is_disk_full(error: BaseException) -> bool:
    """Whether `error`, or one that it came from, says that there is no room (or no quota) left."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return True
        if any(words in str(cause) for words in _FULL_IN_WORDS):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _is_below(error: OSError, place: Path) -> bool:
    return error.filename is not None and Path(os.fsdecode(error.filename)).is_relative_to(place)


def _last_words(error: BaseException) -> str:
    """The reason, in one line."""
    strerror = error.strerror if isinstance(error, OSError) else None
    return (strerror or str(error).splitlines()[0]).lower()
