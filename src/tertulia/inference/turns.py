"""Users take turns at something that does several things at a time, on one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tertulia.inference.request_queue import RequestQueue
from tertulia.inference.text_engine import Load, QueueLimits


class Turns:
    """At most `limits.running` are inside; the others wait in the order of a `RequestQueue`."""

    def __init__(self, limits: QueueLimits) -> None:
        self._most = limits.running
        self._inside = 0
        self._queue: RequestQueue[asyncio.Future[None]] = RequestQueue(limits)

    @asynccontextmanager
    async def turn(self, user: str) -> AsyncIterator[None]:
        """Waits for a turn and holds it; raises ModelError `inference.busy`."""
        await self._enter(user)
        try:
            yield
        finally:
            self._leave()

    def load(self) -> Load:
        """How many are inside and how many wait."""
        return Load(running=self._inside, waiting=len(self._queue))

    async def _enter(self, user: str) -> None:
        if self._inside < self._most and not len(self._queue):
            self._inside += 1
            return
        called = asyncio.get_running_loop().create_future()
        self._queue.add(user, called)
        try:
            await called
        except asyncio.CancelledError:
            # Called and cancelled at once: the turn is somebody else's.
            if not self._queue.remove(user, called) and not called.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        """Hands the turn on, to someone who still waits."""
        while (called := self._queue.take()) is not None:
            if not called.done():
                called.set_result(None)
                return
        self._inside -= 1
