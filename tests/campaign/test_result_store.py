"""Results are kept for good, found by what was calculated, and verified when read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tertulia.campaign.calculation import Calculation, Cost, Result
from tertulia.campaign.result_store import ResultStore
from tertulia.errors import StoreError
from tests.campaign.test_workers import calculation

COST = Cost(seconds=2.0, cpu_seconds=1.5, host="here", processor="avx2", began="2026-01-01")


def result(x: float = 2.0, reason: str | None = None) -> Result:
    done = reason is None
    return Result(
        calculation=calculation(x),
        status="done" if done else "failed",
        values={"square": x * x} if done else {},
        reason=reason,
        cost=COST,
    )


def test_a_key_is_of_task_version_inputs_and_libraries() -> None:
    one = calculation(1)
    assert one.key == calculation(1).key
    others = [
        calculation(2),
        Calculation(task="other", version=1, inputs=one.inputs, libraries=one.libraries),
        Calculation(task=one.task, version=2, inputs=one.inputs, libraries=one.libraries),
        Calculation(task=one.task, version=1, inputs=one.inputs, libraries={"rehearsal": "2"}),
    ]
    assert len({one.key, *(other.key for other in others)}) == 5


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    assert store.get(calculation(2.0)) is None
    for kept in (result(), result(3.0, "refused")):
        assert store.put(kept) == kept
        assert store.get(kept.calculation) == kept
    assert store.reasons() == {"done": 1, "refused": 1}
    assert store.cpu_seconds() == 3.0
    assert len(list(store.results())) == 2
    store.close()


def test_the_first_result_of_a_key_stays(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.put(result())
    other = Result(calculation=result().calculation, status="done", values={"square": 5.0})
    assert store.put(other).values == {"square": 4.0}
    store.close()


@pytest.mark.parametrize("damage", ["", "{}", "half", "value"])
def test_a_damaged_record_is_told_and_never_used(tmp_path: Path, damage: str) -> None:
    store = ResultStore(tmp_path)
    path = store.path(store.put(result()).calculation.key)
    text = path.read_text()
    if damage == "half":
        damage = text[: len(text) // 2]
    elif damage == "value":
        record = json.loads(text)
        record["values"]["square"] = 4.5
        damage = json.dumps(record)
    path.write_text(damage)
    with pytest.raises(StoreError) as caught:
        store.get(result().calculation)
    assert caught.value.code == "campaign.record-damaged"
    store.close()


def test_the_index_catches_up_with_the_files(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.put(result())
    store.close()
    for file in tmp_path.glob("index.sqlite*"):
        file.unlink()
    again = ResultStore(tmp_path)
    assert again.reasons() == {"done": 1}
    again.close()
