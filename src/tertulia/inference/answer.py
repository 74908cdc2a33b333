"""One request on its way: what the engine wrote becomes pieces that its event loop waits for."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace

from tertulia.errors import ModelError
from tertulia.inference.decoding_batch import Decoded
from tertulia.inference.stop_strings import StopStrings
from tertulia.inference.text_engine import Finish, Piece, TextRequest, TokenLikelihood, Usage


class Answer:
    """Made on an event loop; `grow` is called by the engine's thread, `pieces` on the loop."""

    def __init__(self, key: int, ids: Sequence[int], request: TextRequest, user: str) -> None:
        self.key, self.ids, self.request, self.user = key, ids, request, user
        self.deadline = time.monotonic() + request.timeout
        self.loop = asyncio.get_running_loop()
        self.due = self.loop.time() + request.timeout
        """The deadline by the clock of the event loop."""
        self.over = False
        """Whether the last piece has come, or the error instead of it."""
        self._arrived: asyncio.Queue[Piece | ModelError] = asyncio.Queue()
        self._stops = StopStrings(request.stop)
        self._untold: deque[tuple[int, TokenLikelihood]] = deque()
        self._written = self._sent = 0

    async def pieces(self) -> AsyncIterator[Piece]:
        """What arrives, until the piece that says why the answer ended; raises the ModelError.

        Time runs here too: an engine that is stuck in a step tells nobody that theirs is over.
        """
        while not self.over:
            try:
                async with asyncio.timeout_at(self.due):
                    arrived = await self._arrived.get()
            except TimeoutError as error:
                raise self.late() from error
            # A reader who is slower than the engine gets larger pieces, not ever later ones.
            while isinstance(arrived, Piece) and not self._arrived.empty():
                arrived = _joined(arrived, self._arrived.get_nowait())
            if isinstance(arrived, ModelError):
                self.over = True
                raise arrived
            self.over = arrived.finish is not None
            yield arrived

    def late(self) -> ModelError:
        """The error for one whose time is over."""
        return ModelError(
            "inference.timeout",
            f"the answer was not ready after {self.request.timeout:g} seconds",
            remedy="Ask for fewer tokens, allow more time, or ask when there is less to do",
        )

    def put(self, arrived: Piece | ModelError) -> None:
        """Hands over what was made of a step; on the loop alone."""
        self._arrived.put_nowait(arrived)

    def grow(self, decoded: Decoded) -> Piece | ModelError | None:
        """What is to be sent of a step; None where all of it is held back."""
        if decoded.error is not None:
            return decoded.error
        self._written += len(decoded.text)
        self._untold.extend((self._written, told) for told in decoded.likelihoods)
        text = self._stops.push(decoded.text)
        finish: Finish | None = "stop" if self._stops.found else decoded.finish
        if finish is not None and not self._stops.found:
            text += self._stops.finish()
        self._sent += len(text)
        likelihoods = tuple(self._told(everything=finish is not None and not self._stops.found))
        if finish is None:
            return Piece(text=text, likelihoods=likelihoods) if text or likelihoods else None
        usage = Usage(
            prompt_tokens=len(self.ids),
            completion_tokens=decoded.tokens,
            cached_tokens=decoded.cached,
        )
        return Piece(text=text, likelihoods=likelihoods, finish=finish, usage=usage)

    def _told(self, *, everything: bool) -> Iterable[TokenLikelihood]:
        """Likelihoods of the tokens whose text is sent; the others wait for theirs."""
        while self._untold and (everything or self._untold[0][0] <= self._sent):
            yield self._untold.popleft()[1]


def _joined(first: Piece, then: Piece | ModelError) -> Piece | ModelError:
    """Both as one; an error takes the place of what came before it."""
    if isinstance(then, ModelError):
        return then
    return replace(
        then, text=first.text + then.text, likelihoods=first.likelihoods + then.likelihoods
    )


def post(arrivals: Iterable[tuple[Answer, Piece | ModelError]]) -> None:
    """From the engine's thread to the event loops: one call for each, however many answers."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Answer, Piece | ModelError]]] = {}
    for answer, arrived in arrivals:
        loops.setdefault(answer.loop, []).append((answer, arrived))
    for loop, its in loops.items():
        try:
            loop.call_soon_threadsafe(_put, its)
        except RuntimeError:
            # The loop is closed: nobody listens there any more.
            continue


def _put(arrivals: Iterable[tuple[Answer, Piece | ModelError]]) -> None:
    for answer, arrived in arrivals:
        answer.put(arrived)
