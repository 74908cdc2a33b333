"""One process at a time builds in a run folder."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tertulia.errors import StoreError

LOCK_NAME = ".lock"


@contextmanager
def run_lock(run: Path) -> Iterator[None]:
    """Holds the lock of the run folder; a process that dies in whatever way lets go of it.

    Raises StoreError `store.locked`, naming who holds it, or `store.no-locks` where the file
    system has none.
    """
    path = run / LOCK_NAME
    # Opened without truncating: until the lock is held, the text is someone else's.
    with path.open("a+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(path) from None
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
            raise StoreError(
                "store.no-locks",
                "the file system of the run folder has no locks",
                where=str(run),
                remedy="Mount it with locks (on Lustre: -o flock), or choose another folder for "
                "runs",
            ) from None
        stream.truncate(0)
        stream.write(f"{os.getpid()} {os.uname().nodename}\n".encode())
        stream.flush()
        try:
            yield
        finally:
            # The file stays: deleting it would let two processes lock two files of one name.
            stream.truncate(0)


def _held(path: Path) -> StoreError:
    holder = path.read_text(errors="replace").split()
    pid, host = holder if len(holder) == 2 else ("of unknown number", "this machine")
    return StoreError(
        "store.locked",
        f"process {pid} on {host} is building in this run folder",
        where=str(path.parent),
        remedy="Wait for it to finish, or stop it there"
        + (f" with `kill -INT {pid}`" if pid.isdecimal() else "")
        + "; what it has done is kept",
    )
