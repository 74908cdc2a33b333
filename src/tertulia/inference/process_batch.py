"""A batch in a process of its own: its computing never holds up the event loop, nor its crash.

Messages go over a pipe between the two processes alone. The child computes ahead of a parent that
is busy, up to what the pipe surely holds: neither can fill it and block.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, Pipe
from typing import Any

from tertulia.errors import TertuliaError
from tertulia.inference.decoding_batch import Decoded, DecodingBatch, failed
from tertulia.inference.text_engine import Capability, TextRequest

Opener = Callable[[], DecodingBatch]

_PROGRAM = "import sys; from tertulia.inference.process_batch import serve; serve(int(sys.argv[1]))"
_AHEAD_MESSAGES, _AHEAD_BYTES = 64, 2**16
"""What the child tells at most before the parent has taken it."""
_PATIENCE = 10.0
"""Seconds that a child has to end by itself."""
_WAIT = 0.05
"""Seconds after which a step gives up waiting, so that who left, and a close, are noticed."""
_SILENCE = 120.0
"""Seconds of a step after which a child counts as stuck: reading a prompt takes a few."""


class ProcessBatch:
    """A `DecodingBatch` whose work another process does."""

    def __init__(self, opener: Opener, *, silence: float = _SILENCE) -> None:
        """`opener` travels to the child: a function of a module, or a partial of one.

        After `silence` seconds of steps that tell nothing the child counts as stuck.
        Raises what the opener raises there.
        """
        self._opener, self._silence = opener, silence
        self._process: subprocess.Popen[bytes]
        self._connection: Connection
        self._start()

    def begin(self, key: int, ids: Sequence[int], request: TextRequest) -> None:
        """See `DecodingBatch`; what is wrong with a request is told by the next step."""
        self._tell("begin", key, tuple(ids), request)

    def step(self) -> list[Decoded]:
        """See `DecodingBatch`; empty where the child is still at it."""
        try:
            if not self._connection.poll(_WAIT):
                return self._nothing()
            grown: list[Decoded] = self._connection.recv()
        except (EOFError, OSError) as error:
            status = self._process.wait(_PATIENCE)
            raise RuntimeError(f"its process ended with status {status}") from error
        self._silent = 0.0
        self._tell("taken")
        return grown

    def end(self, key: int) -> None:
        """See `DecodingBatch`."""
        self._tell("end", key)

    def reset(self) -> None:
        """Starts another child: the one before may be gone. Raises what the opener raises."""
        self.close()
        self._start()

    def close(self) -> None:
        """See `DecodingBatch`."""
        self._connection.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _nothing(self) -> list[Decoded]:
        self._silent += _WAIT
        if self._silent >= self._silence:
            self._process.kill()
            raise RuntimeError(f"its process told nothing for {self._silence:g} seconds")
        return []

    def _tell(self, verb: str, *arguments: object) -> None:
        # That a child is gone is told by the next step, as the error of all whom it concerns.
        with contextlib.suppress(OSError):
            self._connection.send((verb, arguments))

    def _start(self) -> None:
        self._silent = 0.0
        """Seconds that steps have waited for the child since it told anything."""
        self._connection, theirs = Pipe()
        # Not by multiprocessing: that would run the user's own script again in the child.
        self._process = subprocess.Popen(
            # -P: no module of the folder in which the server happens to be started.
            [sys.executable, "-P", "-c", _PROGRAM, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            # Ctrl-C is for the server, which ends its children itself.
            start_new_session=True,
        )
        theirs.close()
        self._connection.send_bytes(pickle.dumps(self._opener))
        try:
            opened: frozenset[Capability] | TertuliaError = self._connection.recv()
        except (EOFError, OSError):
            status = self._process.wait(_PATIENCE)
            opened = failed(RuntimeError(f"its process ended with status {status}"))
        if isinstance(opened, TertuliaError):
            self.close()
            raise opened
        self.capabilities = opened


def serve(descriptor: int) -> None:
    """What the child does until the other end of the pipe, an open file, is closed."""
    connection = Connection(descriptor)
    try:
        opener: Opener = pickle.loads(connection.recv_bytes())
        batch = opener()
    except Exception as error:
        connection.send(error if isinstance(error, TertuliaError) else failed(error))
        return
    connection.send(batch.capabilities)
    with contextlib.suppress(EOFError, OSError):
        _Child(connection, batch).run()
    batch.close()


class _Child:
    """Steps the batch while there is anything to compute."""

    def __init__(self, connection: Connection, batch: DecodingBatch) -> None:
        self._connection, self._batch = connection, batch
        self._keys: set[int] = set()
        self._untaken: deque[int] = deque()
        """Bytes of each message that has not been taken yet."""
        self._refused: list[Decoded] = []

    def run(self) -> None:
        """Raises EOFError or OSError when the other end is closed."""
        while True:
            while not (self._keys or self._refused) or self._connection.poll():
                self._hear(*self._connection.recv())
            grown, self._refused = self._refused + self._step(), []
            for decoded in grown:
                if decoded.finish is not None or decoded.error is not None:
                    self._keys.discard(decoded.key)
            message = pickle.dumps(grown)
            while len(self._untaken) >= _AHEAD_MESSAGES or sum(self._untaken) > _AHEAD_BYTES:
                self._hear(*self._connection.recv())
            self._connection.send_bytes(message)
            self._untaken.append(len(message))

    def _hear(self, verb: str, arguments: tuple[Any, ...]) -> None:
        if verb == "taken":
            self._untaken.popleft()
        elif verb == "end":
            self._keys.discard(arguments[0])
            self._batch.end(arguments[0])
        else:
            self._begin(*arguments)

    def _begin(self, key: int, ids: Sequence[int], request: TextRequest) -> None:
        try:
            self._batch.begin(key, ids, request)
        except Exception as error:
            self._refused.append(Decoded(key=key, error=failed(error)))
        else:
            self._keys.add(key)

    def _step(self) -> list[Decoded]:
        if not self._keys:
            return []
        try:
            return self._batch.step()
        except Exception as error:
            told = failed(error)
            keys, self._keys = sorted(self._keys), set()
            self._batch.reset()
            return [Decoded(key=key, error=told) for key in keys]
