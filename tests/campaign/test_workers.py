"""Calculations on processes: each has one result, whatever becomes of its process."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tertulia.campaign.calculation import Calculation, Result
from tertulia.campaign.rehearsal import rehearse
from tertulia.campaign.workers import Workers

LIBRARIES = {"rehearsal": "1"}


def calculation(x: float, **inputs: Any) -> Calculation:
    return Calculation.of(rehearse, {"x": x, **inputs}, LIBRARIES)


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(2, timeout=60)
    yield made
    made.close()


def results_of(workers: Workers, calculations: list[Calculation]) -> dict[str, Result]:
    for one in calculations:
        workers.submit(one)
    found = {}
    while workers.busy:
        for result in workers.finished():
            found[result.calculation.key] = result
    return found


def test_each_calculation_has_its_result_and_what_it_cost(workers: Workers) -> None:
    asked = [calculation(x) for x in range(7)]
    found = results_of(workers, asked)
    assert [found[one.key].values for one in asked] == [{"square": x * x} for x in range(7)]
    cost = found[asked[0].key].cost
    assert cost is not None and cost.host and cost.seconds >= 0


@pytest.mark.parametrize(
    ("ends", "reason", "detail"),
    [
        ("refused", "refused", "as asked"),
        ("raising", "error", "ValueError: as asked"),
        ("no-number", "no-number", "NaN"),
        ("dead", "worker-crashed", "-9"),
    ],
)
def test_what_goes_wrong_is_a_result_too_and_others_go_on(
    workers: Workers, ends: str, reason: str, detail: str
) -> None:
    asked = [calculation(1, ends=ends), *(calculation(x) for x in range(2, 6))]
    told = results_of(workers, asked)
    failed = told[asked[0].key]
    assert (failed.status, failed.reason) == ("failed", reason)
    assert detail in failed.detail
    assert all(told[one.key].done for one in asked[1:])


def test_a_process_that_was_killed_costs_its_task_a_second_try_alone(
    workers: Workers, tmp_path: Path
) -> None:
    asked = calculation(3, ends="dead-once", mark=str(tmp_path / "mark"))
    [result] = results_of(workers, [asked]).values()
    assert result.values == {"square": 9}


def test_a_process_that_was_killed_while_it_waited_is_replaced(workers: Workers) -> None:
    results_of(workers, [calculation(1), calculation(2)])
    for idle in multiprocessing.active_children():
        idle.kill()
        idle.join()
    asked = [calculation(x) for x in range(3, 6)]
    found = results_of(workers, asked)
    assert all(found[one.key].done for one in asked)


def test_what_takes_too_long_is_ended() -> None:
    workers = Workers(1, timeout=4.0)
    try:
        began = time.monotonic()
        asked = [calculation(1, seconds=600), calculation(2)]
        slow, quick = results_of(workers, asked).values()
        assert time.monotonic() - began < 60
        assert (slow.reason, quick.values) == ("timed-out", {"square": 4})
    finally:
        workers.close()
