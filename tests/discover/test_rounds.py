"""A round is found again by all that decided it, and by nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tertulia.campaign.calculation import Calculation, Cost, Result
from tertulia.discover.outcome import Interval
from tertulia.discover.pool import Addition, Eligible
from tertulia.discover.rounds import Round, RoundStore, round_key
from tertulia.errors import StoreError

ONE = Calculation(task="t:f", version=1, inputs={"x": 1})
OTHER = Calculation(task="t:f", version=1, inputs={"x": 2})
DONE = Result(calculation=ONE, status="done", values={"square": 1})


def a_round(key: str) -> Round:
    """With one candidate that was chosen."""
    eligible = Eligible(
        smiles="CS(=O)(=O)O",
        anion="CS(=O)(=O)[O-]",
        family="sulfonic",
        batch=3,
        generator="fragments",
    )
    addition = Addition(
        proposed={"fragments": 2}, dropped={"fragments": {"repeated": 1}}, eligible=(eligible,)
    )
    expected = {eligible.anion: {"acidity": Interval(value=0.1, low=-1 / 3, high=1e-17)}}
    return Round(key=key, addition=addition, chosen=(eligible.anion,), predicted=expected)


def key(**other: Any) -> str:
    """The key of a round that differs from the usual one by `other`."""
    usual = {"campaign": "c", "number": 3, "known": [DONE], "pending": [OTHER], "count": 4}
    return round_key(**{**usual, **other})


def test_a_round_is_read_as_it_was_written(tmp_path: Path) -> None:
    """To the last digit: what follows from it must not change by having been stored."""
    written = a_round(key())
    RoundStore(tmp_path / "rounds").put(3, written)
    assert RoundStore(tmp_path / "rounds").get(3, key()) == written


def test_another_beginning_is_another_round(tmp_path: Path) -> None:
    store = RoundStore(tmp_path)
    store.put(3, a_round(key()))
    assert store.get(4, key()) is None
    failed = Result(calculation=ONE, status="failed", reason="timed-out")
    others = [
        key(campaign="d"),
        key(number=4),
        key(known=[]),
        key(known=[failed]),
        key(pending=[]),
        key(count=5),
    ]
    assert len({key(), *others}) == 7
    assert all(store.get(3, one) is None for one in others)


def test_what_a_result_cost_decides_nothing() -> None:
    cost = Cost(seconds=1, cpu_seconds=1, host="h", processor="p", began="2026-01-01")
    dear = Result(calculation=ONE, status="done", values={"square": 1}, cost=cost)
    assert key(known=[dear]) == key()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"key": 1}', "\xff"])
def test_a_damaged_round_is_said_with_its_file(tmp_path: Path, text: str) -> None:
    store = RoundStore(tmp_path)
    store.put(3, a_round(key()))
    [path] = tmp_path.glob("*.json")
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError) as caught:
        store.get(3, key())
    assert caught.value.code == "campaign.record-damaged"
    assert str(path) in str(caught.value.where) and "Delete" in str(caught.value.remedy)


def test_a_round_of_another_key_is_none_of_ours(tmp_path: Path) -> None:
    store = RoundStore(tmp_path)
    store.put(3, a_round(key()))
    [path] = tmp_path.glob("*.json")
    path.write_text(path.read_text(encoding="utf-8").replace(key(), "0" * 64), encoding="utf-8")
    with pytest.raises(StoreError):
        store.get(3, key())
