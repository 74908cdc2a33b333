"""Calculations on Dask workers: results are those of our own processes, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tertulia.campaign.batch import calculate_all
from tertulia.campaign.calculators import Calculators, calculators
from tertulia.campaign.result_store import ResultStore
from tests.campaign.test_workers import calculation

pytestmark = pytest.mark.loopback


@pytest.fixture
def workers() -> Iterator[Calculators]:
    made = calculators("dask", 2, timeout=3)
    yield made
    made.close()


def test_results_are_those_of_our_own_processes(workers: Calculators, tmp_path: Path) -> None:
    asked = [
        *(calculation(x) for x in range(4)),
        calculation(5, ends="refused"),
        calculation(6, ends="no-number"),
    ]
    theirs, ours = ResultStore(tmp_path / "dask"), ResultStore(tmp_path / "pool")
    pool = calculators("pool", 2, timeout=60)
    try:
        on_dask = calculate_all(asked, theirs, workers)
        in_pool = calculate_all(asked, ours, pool)
    finally:
        pool.close()
    assert [one.digest for one in on_dask] == [one.digest for one in in_pool]
    assert theirs.reasons() == {"done": 4, "refused": 1, "no-number": 1}
    theirs.close()
    ours.close()


def test_a_death_and_a_hang_cost_their_own_task_alone(workers: Calculators, tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    asked = [calculation(1, ends="dead"), calculation(2, seconds=60.0), calculation(3)]
    dead, hung, well = calculate_all(asked, store, workers)
    store.close()
    assert (dead.reason, hung.reason) == ("worker-crashed", "timed-out")
    assert well.values == {"square": 9}
