"""Who waits, who is computed, who is told what, with a batch whose steps the test allows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from tertulia.errors import ModelError
from tertulia.inference.scheduler import Scheduler
from tertulia.inference.text_engine import Piece, QueueLimits, TextRequest
from tests.inference.scripted_batch import ScriptedBatch

FINE, CANNOT_BEGIN, FAILS_ALONE, FAILS_ALL = 9, 1, 2, 3


@asynccontextmanager
async def scheduled(batch: ScriptedBatch, **limits: int) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler(batch, QueueLimits(**limits))
    try:
        yield scheduler
    finally:
        if batch._allowed is not None:
            batch.allow(1000)
        await scheduler.close()


async def text(
    scheduler: Scheduler, ids: tuple[int, ...] = (FINE,), user: str = "", **settings: Any
) -> str:
    """The answer, or the code of the error that it became."""
    pieces: list[Piece] = []
    try:
        async for piece in scheduler.generate(ids, TextRequest(**settings), user):
            pieces.append(piece)
    except ModelError as error:
        return error.code
    return "".join(piece.text for piece in pieces)


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("it never holds")


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_answers_are_written_side_by_side() -> None:
    async def work() -> None:
        batch = ScriptedBatch()
        async with scheduled(batch) as scheduler:
            answers = [text(scheduler, max_tokens=n) for n in (3, 5, 1)]
            assert await asyncio.gather(*answers) == ["abc", "abcde", "a"]
        assert batch.closed

    run(work())


def test_no_more_are_computed_together_than_the_limit() -> None:
    async def work() -> None:
        batch = ScriptedBatch()
        async with scheduled(batch, running=3) as scheduler:
            answers = await asyncio.gather(*(text(scheduler, max_tokens=4) for _ in range(20)))
        assert answers == ["abcd"] * 20
        assert batch.most_rows == 3

    run(work())


def test_users_are_served_in_turn() -> None:
    """One asked for five before the others came: each of them waits for one of hers at most."""

    async def work() -> None:
        batch = ScriptedBatch(held=True)
        async with scheduled(batch, running=1) as scheduler:
            asked = [("ana", n) for n in range(5)] + [("bea", 10), ("carles", 20), ("bea", 11)]
            answers = []
            for user, number in asked:
                ids = (FINE, number)
                answers.append(asyncio.create_task(text(scheduler, ids, user, max_tokens=1)))
                await until(lambda: scheduler.load().running == 1)
            await until(lambda: scheduler.load().waiting == 7)
            batch.allow(len(asked))
            await asyncio.gather(*answers)
        assert [ids[1] for ids in batch.begun] == [0, 1, 10, 20, 2, 11, 3, 4]

    run(work())


def test_a_full_queue_refuses() -> None:
    async def work() -> None:
        batch = ScriptedBatch(held=True)
        async with scheduled(batch, running=1, waiting=3, waiting_each=2) as scheduler:
            first = asyncio.create_task(text(scheduler, user="ana", max_tokens=1))
            await until(lambda: scheduler.load().running == 1)
            waiting = [
                asyncio.create_task(text(scheduler, user="ana", max_tokens=1)) for _ in range(2)
            ]
            await until(lambda: scheduler.load().waiting == 2)
            assert await text(scheduler, user="ana") == "inference.busy"
            waiting.append(asyncio.create_task(text(scheduler, user="bea", max_tokens=1)))
            await until(lambda: scheduler.load().waiting == 3)
            assert await text(scheduler, user="carles") == "inference.busy"
            batch.allow(10)
            assert await asyncio.gather(first, *waiting) == ["a"] * 4

    run(work())


def test_who_leaves_is_dropped_before_the_next_step() -> None:
    async def work() -> None:
        batch = ScriptedBatch(held=True)
        async with scheduled(batch) as scheduler:
            async with aclosing(scheduler.generate((FINE,), TextRequest(), "")) as pieces:
                batch.allow()
                assert (await anext(pieces)).text == "a"
            # The step under way ends; the one after it does not compute this answer.
            batch.allow()
            await until(lambda: scheduler.load().running == 0)
            await until(lambda: not batch.rows)
            assert len(batch.ended) == 1

    run(work())


def test_who_leaves_the_queue_is_never_begun() -> None:
    async def work() -> None:
        batch = ScriptedBatch(held=True)
        async with scheduled(batch, running=1) as scheduler:
            first = asyncio.create_task(text(scheduler, (FINE, 0), max_tokens=2))
            await until(lambda: scheduler.load().running == 1)
            second = asyncio.create_task(text(scheduler, (FINE, 1)))
            await until(lambda: scheduler.load().waiting == 1)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            batch.allow(2)
            assert await first == "ab"
            await until(lambda: scheduler.load().waiting == 0)
        assert batch.begun == [(FINE, 0)]

    run(work())


def test_time_counts_from_being_queued() -> None:
    async def work() -> None:
        batch = ScriptedBatch(held=True)
        async with scheduled(batch, running=1) as scheduler:
            slow = asyncio.create_task(text(scheduler, (FINE, 0), timeout=0.02))
            waiting = asyncio.create_task(text(scheduler, (FINE, 1), timeout=0.02))
            await until(lambda: scheduler.load().running == 1)
            # The step is still under way: whoever waits for it is told all the same.
            assert await slow == "inference.timeout"
            assert await waiting == "inference.timeout"
            batch.allow()
            await until(lambda: batch.ended != [])
        assert batch.begun == [(FINE, 0)]

    run(work())


def test_a_failure_is_one_answers_alone() -> None:
    async def work() -> None:
        batch = ScriptedBatch()
        async with scheduled(batch) as scheduler:
            answers = await asyncio.gather(
                text(scheduler, max_tokens=5),
                text(scheduler, (CANNOT_BEGIN,)),
                text(scheduler, (FAILS_ALONE,), max_tokens=5),
                text(scheduler, max_tokens=5),
            )
        assert answers == ["abcde", "inference.setting", "inference.failed", "abcde"]
        assert batch.resets == 0

    run(work())


def test_after_a_failure_of_all_the_next_are_answered() -> None:
    async def work() -> None:
        batch = ScriptedBatch()
        async with scheduled(batch) as scheduler:
            assert await text(scheduler, (FAILS_ALL,)) == "inference.failed"
            assert await text(scheduler, max_tokens=2) == "ab"
        assert batch.resets == 1

    run(work())


def test_a_batch_that_stays_broken_refuses_at_once() -> None:
    async def work() -> None:
        batch = ScriptedBatch()
        batch.broken = True
        async with scheduled(batch) as scheduler:
            assert await text(scheduler, (FAILS_ALL,)) == "inference.failed"
            await until(lambda: batch.closed)
            assert await text(scheduler) == "inference.closed"

    run(work())


def test_closing_tells_everyone() -> None:
    async def work() -> None:
        batch = ScriptedBatch(held=True)
        async with scheduled(batch, running=1) as scheduler:
            answers = [asyncio.create_task(text(scheduler)) for _ in range(3)]
            await until(lambda: scheduler.load().waiting == 2)
            batch.allow(100)
            await scheduler.close()
            assert await asyncio.gather(*answers) == ["inference.closed"] * 3
            assert await text(scheduler) == "inference.closed"
        assert batch.closed

    run(work())


def test_stop_strings_end_an_answer_and_its_work() -> None:
    async def work() -> None:
        batch = ScriptedBatch()
        async with scheduled(batch) as scheduler:
            request = TextRequest(max_tokens=20, stop=("de",))
            pieces = [piece async for piece in scheduler.generate((FINE,), request, "")]
        assert "".join(piece.text for piece in pieces) == "abc"
        assert pieces[-1].finish == "stop"
        assert pieces[-1].usage is not None
        assert pieces[-1].usage.completion_tokens == 5
        assert len(batch.ended) == 1

    run(work())
