"""Starts the other training processes of this machine, and sees that none outlives this one.

Each is a Python of its own that runs a module by name. Its standard input is a pipe whose other
end this process holds and never writes to: when this process goes, however it goes, the pipe ends
and the others leave (`leave_with_parent`). They find each other through a file: no port is taken.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tertulia.compute.world import RENDEZVOUS_FILE, World

LOST = 75
"""Exit code of a process whose first one has gone: the same command goes on."""

_GRACE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class LocalRanks:
    """The other processes of this machine, and the file through which all find each other."""

    file: str
    processes: tuple[subprocess.Popen[bytes], ...]

    def gone(self) -> list[str]:
        """What became of those that have ended, for a message."""
        return [
            f"process {rank} was ended by signal {-code}"
            if code < 0
            else f"process {rank} ended with code {code}"
            for rank, process in enumerate(self.processes, start=1)
            if (code := process.poll()) is not None
        ]


@contextlib.contextmanager
def local_ranks(module: str, size: int, threads: int) -> Iterator[LocalRanks]:
    """Ranks 1 to `size` - 1 as `python -m module`, for this process as rank 0.

    On leaving, they are given ten seconds to end by themselves and are killed then.
    """
    with tempfile.TemporaryDirectory(prefix="tertulia-ranks-") as folder:
        file = str(Path(folder, "rendezvous"))
        shared = {
            RENDEZVOUS_FILE: file,
            "WORLD_SIZE": str(size),
            "LOCAL_WORLD_SIZE": str(size),
            "OMP_NUM_THREADS": str(threads),
            "OMP_WAIT_POLICY": "PASSIVE",
        }
        started: list[subprocess.Popen[bytes]] = []
        try:
            for rank in range(1, size):
                own = {"RANK": str(rank), "LOCAL_RANK": str(rank)}
                command = [sys.executable, "-m", module]
                environment = {**os.environ, **shared, **own}
                started.append(subprocess.Popen(command, stdin=subprocess.PIPE, env=environment))
            yield LocalRanks(file=file, processes=tuple(started))
        finally:
            _end(started)


def local_world(size: int) -> World:
    """The world of rank 0 beside `local_ranks`."""
    return World(size=size, local_size=size)


def leave_with_parent() -> None:
    """In a started process: exits at once when the process that started it is gone."""

    def wait() -> None:
        while os.read(0, 1):
            pass
        os._exit(LOST)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _end(started: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _GRACE_SECONDS
    for process in started:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
