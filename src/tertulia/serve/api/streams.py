"""Answers as they come: closed when the client leaves, several at a time, as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio
from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Send

from tertulia.serve.api.errors import api_error, error_body

T = TypeVar("T")

DONE = b"data: [DONE]\n\n"


async def close(stream: AsyncIterator[Any]) -> None:
    """Ends the stream's work, even while its reader is being cancelled."""
    aclose = getattr(stream, "aclose", None)
    if aclose is not None:
        with anyio.CancelScope(shield=True):
            await aclose()


@asynccontextmanager
async def closing(stream: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """The stream, closed at the end however that comes."""
    try:
        yield stream
    finally:
        await close(stream)


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, cancelled when the client leaves (raises ClientDisconnect)."""
    task, left = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({task, left}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
        left.cancel()
        await asyncio.gather(task, left, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def together(works: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """All the results, in order; the first failure cancels the others and is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def merged(streams: Sequence[AsyncIterator[T]]) -> AsyncIterator[tuple[int, T]]:
    """Items of all the streams as they come, each with its stream's place."""
    if len(streams) == 1:
        async with closing(streams[0]) as only:
            async for item in only:
                yield 0, item
        return
    queue: asyncio.Queue[tuple[int, T | None, Exception | None]] = asyncio.Queue(64)

    async def pump(place: int, stream: AsyncIterator[T]) -> None:
        try:
            async with closing(stream):
                async for item in stream:
                    await queue.put((place, item, None))
            await queue.put((place, None, None))
        except Exception as error:
            await queue.put((place, None, error))

    tasks = [asyncio.ensure_future(pump(*pair)) for pair in enumerate(streams)]
    try:
        open_streams = len(tasks)
        while open_streams:
            place, came, error = await queue.get()
            if error is not None:
                raise error
            if came is None:
                open_streams -= 1
            else:
                yield place, came
    finally:
        for task in tasks:
            task.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.gather(*tasks, return_exceptions=True)


def event(data: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return (
        b"data: " + json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
    )


class EventStream(StreamingResponse):
    """Events to the client; the source is closed when the client has left."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        super().__init__(
            _until_failure(events),
            headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
        )

    async def stream_response(self, send: Send) -> None:
        """Sends everything; raises what the client's leaving raises."""
        async with closing(aiter(self.body_iterator)):
            await super().stream_response(send)


async def _until_failure(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The events; a failure after the first becomes the last event, without the `[DONE]`."""
    async with closing(events):
        try:
            async for one in events:
                yield one
        except Exception as error:
            told = api_error(error)
            body = error_body(told.status_code, str(told.detail), param=told.param, code=told.code)
            yield event(body)


async def begun(request: Request, events: AsyncIterator[bytes]) -> EventStream:
    """A response once the first event is there, so that what fails before it has an HTTP status."""
    try:
        first = await while_connected(request, _next(events))
    except BaseException:
        await close(events)
        raise
    return EventStream(_after(first, events))


async def _next(events: AsyncIterator[bytes]) -> bytes:
    return await anext(events, DONE)


async def _after(first: bytes, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async with closing(events):
        yield first
        async for one in events:
            yield one
