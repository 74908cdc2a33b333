"""A record leads to a calculation that gives the same number again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tertulia.campaign.batch import calculate_all
from tertulia.campaign.calculation import Result
from tertulia.campaign.reproduce import records, reproduce
from tertulia.campaign.result_store import ResultStore
from tertulia.campaign.workers import Workers
from tertulia.errors import DataError
from tests.campaign.test_workers import LIBRARIES, calculation


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(1, timeout=60)
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path, workers: Workers) -> Iterator[ResultStore]:
    made = ResultStore(tmp_path)
    calculate_all([calculation(3), calculation(5, ends="refused")], made, workers)
    yield made
    made.close()


def test_numbers_and_failures_come_out_the_same(store: ResultStore, workers: Workers) -> None:
    kept = list(store.results())
    found = reproduce(kept, LIBRARIES, workers)
    assert [one.verdict for one in found] == ["identical", "identical"]
    assert {one.now.reason for one in found} == {None, "refused"}


@pytest.mark.parametrize(
    ("value", "verdict"), [(9.000001, "equal"), (9.1, "different"), ("9", "different")]
)
def test_another_number_is_told_from_another_rounding(
    store: ResultStore, workers: Workers, value: object, verdict: str
) -> None:
    [kept] = [one for one in store.results() if one.done]
    altered: Result = replace(kept, values={"square": value})
    [found] = reproduce([altered], {"rehearsal": "2"}, workers)
    assert found.verdict == verdict
    assert found.libraries == {"rehearsal": ("1", "2")}


def test_a_record_is_found_by_the_beginning_of_its_key(store: ResultStore) -> None:
    key = calculation(3).key
    assert [one.calculation.key for one in records(store, [key[:12]])] == [key]


@pytest.mark.parametrize("prefix", ["0000000000", "../index", "", "*"])
def test_a_record_that_is_not_there_is_said(store: ResultStore, prefix: str) -> None:
    with pytest.raises(DataError) as caught:
        records(store, [prefix])
    assert caught.value.code == "campaign.no-record"
