"""One model, many requests: who waits, who is computed, and how the pieces reach the event loop.

A thread of its own steps the batch. Requests arrive from an event loop; what a step wrote goes
back to it in one call per step. Whoever stops listening is dropped before the next step.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import AsyncGenerator, Sequence

from tertulia.errors import ModelError
from tertulia.inference.answer import Answer, post
from tertulia.inference.decoding_batch import DecodingBatch, failed
from tertulia.inference.request_queue import RequestQueue
from tertulia.inference.text_engine import Load, Piece, QueueLimits, TextRequest


class Scheduler:
    """Feeds a batch from a queue; all but the thread's own methods are called on an event loop."""

    def __init__(self, batch: DecodingBatch, limits: QueueLimits) -> None:
        self._batch, self._limits = batch, limits
        self._queue: RequestQueue[Answer] = RequestQueue(limits)
        self._running: dict[int, Answer] = {}
        self._left: list[Answer] = []
        self._changed = threading.Condition()
        self._closed = False
        self._keys = itertools.count()
        self._thread = threading.Thread(target=self._work, name="tertulia-scheduler", daemon=True)
        self._thread.start()

    async def generate(
        self, ids: Sequence[int], request: TextRequest, user: str
    ) -> AsyncGenerator[Piece, None]:
        """Pieces of what follows `ids`; queued when the first one is asked for.

        Raises ModelError `inference.busy`, `inference.timeout`, `inference.failed`,
        `inference.closed` and what `DecodingBatch.begin` raises.
        """
        answer = Answer(next(self._keys), ids, request, user)
        with self._changed:
            if self._closed:
                raise _closed()
            self._queue.add(user, answer)
            self._changed.notify()
        try:
            async for piece in answer.pieces():
                yield piece
        finally:
            if not answer.over:
                with self._changed:
                    self._left.append(answer)
                    self._changed.notify()

    def load(self) -> Load:
        """How many run and wait."""
        with self._changed:
            return Load(running=len(self._running), waiting=len(self._queue))

    async def close(self) -> None:
        """Ends what runs and waits with ModelError `inference.closed`, and frees the model."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        await asyncio.to_thread(self._thread.join)

    # What follows runs on the thread.

    def _work(self) -> None:
        try:
            while self._admit():
                self._step()
        except Exception as error:
            # The batch could not even be reset: nothing can be computed any more.
            with self._changed:
                self._closed = True
            self._fail_all(failed(error))
        self._fail_all(_closed())
        self._batch.close()

    def _admit(self) -> bool:
        """Waits for work, drops who left or is late and lets others in; false once closed."""
        with self._changed:
            while not (self._closed or self._running or len(self._queue)):
                self._left.clear()
                self._changed.wait()
            if self._closed:
                return False
            now = time.monotonic()
            everyone = (*self._queue.waiting(), *self._running.values())
            late = [answer for answer in everyone if answer.deadline <= now]
            gone, self._left = [*self._left, *late], []
            for answer in gone:
                self._queue.remove(answer.user, answer)
            ended = [answer for answer in gone if self._running.pop(answer.key, None)]
            admitted: list[Answer] = []
            while len(self._running) < self._limits.running and (taken := self._queue.take()):
                admitted.append(taken)
                self._running[taken.key] = taken
        for answer in ended:
            self._batch.end(answer.key)
        post((answer, answer.late()) for answer in late)
        for answer in admitted:
            self._begin(answer)
        return True

    def _begin(self, answer: Answer) -> None:
        try:
            self._batch.begin(answer.key, answer.ids, answer.request)
        except Exception as error:
            self._forget(answer)
            post([(answer, failed(error))])

    def _step(self) -> None:
        if not self._running:
            return
        try:
            grown = self._batch.step()
        except Exception as error:
            self._fail_all(failed(error))
            self._batch.reset()
            return
        arrivals: list[tuple[Answer, Piece | ModelError]] = []
        for decoded in grown:
            answer = self._running.get(decoded.key)
            if answer is None or (arrived := answer.grow(decoded)) is None:
                continue
            arrivals.append((answer, arrived))
            if isinstance(arrived, ModelError) or arrived.finish is not None:
                self._forget(answer)
                self._batch.end(answer.key)
        post(arrivals)

    def _forget(self, answer: Answer) -> None:
        with self._changed:
            self._running.pop(answer.key, None)

    def _fail_all(self, error: ModelError) -> None:
        """Everyone who runs; once closed, everyone who waits too."""
        with self._changed:
            everyone = list(self._running.values())
            self._running.clear()
            while self._closed and (waiting := self._queue.take()):
                everyone.append(waiting)
        post((answer, error) for answer in everyone)


def _closed() -> ModelError:
    return ModelError(
        "inference.closed", "the engine is being closed", remedy="Start the server again"
    )
