"""Users take turns on one event loop."""

from __future__ import annotations

import asyncio

import pytest

from tertulia.errors import ModelError
from tertulia.inference.text_engine import Load, QueueLimits
from tertulia.inference.turns import Turns


def test_users_go_in_by_turns_and_no_more_than_fit() -> None:
    async def work() -> None:
        turns, order = Turns(QueueLimits(running=2)), list[str]()
        inside = 0

        async def go(user: str) -> None:
            nonlocal inside
            async with turns.turn(user):
                inside += 1
                assert inside <= 2
                order.append(user)
                await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*(go(user) for user in ("a", "a", "a", "a", "b", "c", "b")))
        assert order[:2] == ["a", "a"]
        assert order[2:] == ["a", "b", "c", "a", "b"]
        assert turns.load() == Load(running=0, waiting=0)

    asyncio.run(work())


def test_who_leaves_the_queue_or_is_called_too_late_holds_no_turn() -> None:
    async def work() -> None:
        turns = Turns(QueueLimits(running=1))
        entered = asyncio.Event()

        async def hold() -> None:
            async with turns.turn("a"):
                entered.set()
                await asyncio.sleep(10)

        async def pass_through() -> None:
            async with turns.turn("b"):
                pass

        holder = asyncio.create_task(hold())
        await entered.wait()
        waiting = asyncio.create_task(pass_through())
        called = asyncio.create_task(pass_through())
        await asyncio.sleep(0)
        assert turns.load() == Load(running=1, waiting=2)
        waiting.cancel()
        await asyncio.sleep(0)
        holder.cancel()
        await asyncio.sleep(0)
        # Called in the same moment in which it is cancelled.
        called.cancel()
        await asyncio.gather(holder, waiting, called, return_exceptions=True)
        assert turns.load() == Load(running=0, waiting=0)
        await pass_through()

    asyncio.run(work())


def test_a_full_queue_refuses() -> None:
    async def work() -> None:
        turns = Turns(QueueLimits(running=1, waiting=0))
        async with turns.turn("a"):
            with pytest.raises(ModelError) as caught:
                async with turns.turn("b"):
                    pass
            assert caught.value.code == "inference.busy"

    asyncio.run(work())
