"""The cost of a stage is that of all its attempts, and says what it does not know."""

from __future__ import annotations

from pathlib import Path

from tertulia.store.attempts import Attempt, Cost, begin_attempt, end_attempt


def cost(joules: float | None, basis: str) -> Cost:
    return Cost(wall_seconds=2.0, cpu_seconds=1.0, joules=joules, basis=basis)  # type: ignore[arg-type]


def test_attempts_add_up(tmp_path: Path) -> None:
    begin_attempt(tmp_path)
    end_attempt(tmp_path, cost(10.0, "measured"))
    begin_attempt(tmp_path)
    total = end_attempt(tmp_path, cost(5.0, "measured"))
    assert (total.begun, total.unmeasured) == (2, 0)
    assert (total.wall_seconds, total.cpu_seconds, total.joules) == (4.0, 2.0, 15.0)
    assert total.basis == "measured"


def test_a_killed_attempt_is_counted_as_unmeasured(tmp_path: Path) -> None:
    begin_attempt(tmp_path)
    begin_attempt(tmp_path)
    total = end_attempt(tmp_path, cost(5.0, "estimated"))
    assert (total.begun, total.unmeasured, total.wall_seconds) == (2, 1, 2.0)


def test_a_sum_is_as_sure_as_its_least_sure_part(tmp_path: Path) -> None:
    begin_attempt(tmp_path)
    end_attempt(tmp_path, cost(10.0, "measured"))
    begin_attempt(tmp_path)
    assert end_attempt(tmp_path, cost(5.0, "estimated")).basis == "estimated"
    begin_attempt(tmp_path)
    total = end_attempt(tmp_path, cost(None, "unknown"))
    assert (total.joules, total.basis) == (None, "unknown")


def test_a_damaged_note_does_not_stop_a_run(tmp_path: Path) -> None:
    (tmp_path / ".attempts.json").write_text("{")
    begin_attempt(tmp_path)
    attempt = Attempt()
    attempt.end(tmp_path, cost(None, "unknown"))
    assert attempt.total.begun == 1
    assert attempt.ended >= attempt.started
