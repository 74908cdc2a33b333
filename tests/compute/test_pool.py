"""Work on shards: in order, one thread a worker, and errors as they were raised."""

from __future__ import annotations

import itertools
import os
import signal

import pytest

from tertulia.compute.pool import map_shards
from tertulia.errors import DataError, TertuliaError


def square(number: int) -> int:
    return number * number


def threads_of_worker(_: int) -> tuple[str | None, bool]:
    return os.environ.get("OMP_NUM_THREADS"), "torch" in __import__("sys").modules


def refuse(number: int) -> int:
    if number == 3:
        raise DataError("corpus.bad", "what", where="shard 3", remedy="mend it")
    return number


def die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers: int) -> None:
    assert list(map_shards(square, range(20), workers)) == [n * n for n in range(20)]


def test_items_are_taken_as_they_are_needed() -> None:
    taken = itertools.count()
    results = map_shards(square, taken, 2)
    assert [next(results) for _ in range(3)] == [0, 1, 4]
    results.close()  # type: ignore[attr-defined]
    assert next(taken) < 20


def test_workers_have_one_thread_and_nothing_heavy() -> None:
    assert set(map_shards(threads_of_worker, range(4), 2)) == {("1", False)}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_worker_arrives_whole(workers: int) -> None:
    with pytest.raises(DataError) as caught:
        list(map_shards(refuse, range(9), workers))
    error = caught.value
    assert (error.code, error.where, error.remedy) == ("corpus.bad", "shard 3", "mend it")


def test_a_killed_worker_is_told() -> None:
    with pytest.raises(TertuliaError) as caught:
        list(map_shards(die, range(3), 2))
    assert caught.value.code == "compute.worker-died"
