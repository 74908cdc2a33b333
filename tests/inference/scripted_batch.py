"""A batch that writes what it is told to, and steps only when it may."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from tertulia.errors import ModelError
from tertulia.inference.decoding_batch import Decoded
from tertulia.inference.text_engine import Capability, TextRequest


class ScriptedBatch:
    """Each sequence writes the letters a, b, c… one a step, up to its `max_tokens`.

    The first id of a prompt makes it special: 1 fails when it begins, 2 fails alone at its second
    letter, 3 makes the whole step fail.
    """

    capabilities: frozenset[Capability] = frozenset(("seed", "batching"))

    def __init__(self, *, held: bool = False) -> None:
        """`held`: no step ends before `allow` is called for it."""
        self._allowed = threading.Semaphore(0) if held else None
        self.rows: dict[int, tuple[int, int, int]] = {}
        """Key -> what kind it is, letters written, letters to write."""
        self.begun: list[tuple[int, ...]] = []
        self.ended: list[int] = []
        self.most_rows = 0
        self.resets = 0
        self.closed = False
        self.broken = False
        """A batch that cannot be reset."""

    def allow(self, steps: int = 1) -> None:
        assert self._allowed is not None
        self._allowed.release(steps)

    def begin(self, key: int, ids: Sequence[int], request: TextRequest) -> None:
        if ids[0] == 1:
            raise ModelError("inference.setting", "it cannot begin")
        self.begun.append(tuple(ids))
        self.rows[key] = (ids[0], 0, request.max_tokens)
        self.most_rows = max(self.most_rows, len(self.rows))

    def step(self) -> list[Decoded]:
        if self._allowed is not None:
            self._allowed.acquire()
        if any(kind == 3 for kind, _, _ in self.rows.values()):
            raise RuntimeError("the whole batch fails")
        return [self._grown(key) for key in list(self.rows)]

    def end(self, key: int) -> None:
        if self.rows.pop(key, None) is not None:
            self.ended.append(key)

    def reset(self) -> None:
        if self.broken:
            raise RuntimeError("it stays broken")
        self.rows.clear()
        self.resets += 1

    def close(self) -> None:
        self.closed = True

    def _grown(self, key: int) -> Decoded:
        kind, written, most = self.rows[key]
        if kind == 2 and written == 1:
            del self.rows[key]
            return Decoded(key=key, error=ModelError("inference.failed", "it fails alone"))
        self.rows[key] = (kind, written + 1, most)
        done = written + 1 == most
        if done:
            del self.rows[key]
        letter = chr(ord("a") + written % 26)
        return Decoded(key=key, text=letter, tokens=written + 1, finish="length" if done else None)
