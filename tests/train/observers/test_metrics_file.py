"""Every step is a line, once, whatever was killed and resumed; a full disk costs the file alone."""

from __future__ import annotations

import errno
import json
import math
from pathlib import Path
from typing import Any

import pytest

from tertulia.train.observers.metrics_file import MetricsFile
from tests.train.observers.runs import Clock, facts, step
from tests.train.observers.watched import KillAfter, Killed, watched_loop
from tests.train.runs import STEPS


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_holds_what_the_step_was(tmp_path: Path) -> None:
    clock = Clock()
    clock.time = 12.3456
    file = MetricsFile(tmp_path / "metrics" / "a.jsonl", clock)
    file.begins(facts())
    file.stepped(step(1))
    file.ends(None)
    assert _rows(tmp_path / "metrics" / "a.jsonl") == [
        {
            "schema": 1,
            "time": 12.346,
            "step": 1,
            "tokens": 1000,
            "loss": 2.0,
            "rate": 1.0,
            "gradient_norm": 1.0,
            "accepted": True,
            "bits_per_byte": {
                "eu": pytest.approx(500 / math.log(2) / 800),
                "gl": pytest.approx(250 / math.log(2) / 800),
            },
            "nats": {"eu": 500.0, "gl": 250.0},
            "targets": {"eu": 250, "gl": 250},
            "bytes": {"eu": 800, "gl": 800},
        }
    ]


def test_what_is_not_finite_is_null_and_the_line_is_json_for_everyone(tmp_path: Path) -> None:
    file = MetricsFile(tmp_path / "a.jsonl")
    file.begins(facts())
    file.stepped(step(1, loss=math.nan, norm=math.inf, nats={"eu": math.nan}, accepted=False))
    file.ends(None)
    text = (tmp_path / "a.jsonl").read_text()
    assert "NaN" not in text and "Infinity" not in text
    (row,) = _rows(tmp_path / "a.jsonl")
    assert (row["loss"], row["gradient_norm"], row["nats"]) == (None, None, {"eu": None})


def test_a_resumed_run_has_each_step_once(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    with pytest.raises(Killed):
        watched_loop(tmp_path / "s", [MetricsFile(path), KillAfter(13)]).run("test")
    assert [row["step"] for row in _rows(path)] == list(range(1, 14))
    with path.open("a") as file:
        file.write('{"schema": 1, "step": 14, "lo')
    # The last checkpoint is of step 8: steps 9 to 13 are done again.
    summary = watched_loop(tmp_path / "s", [MetricsFile(path)]).run("test")
    rows = _rows(path)
    assert [row["step"] for row in rows] == list(range(1, STEPS + 1))
    assert [row["loss"] for row in rows] == [row["loss"] for row in summary.log]
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".jsonl"] == ["s"]


def test_a_full_disk_costs_the_file_and_not_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full:
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    file = MetricsFile(tmp_path / "a.jsonl")
    file.begins(facts())
    assert file._file is not None
    file._file.close()
    file._file = Full()  # type: ignore[assignment]
    file.stepped(step(1))
    file.stepped(step(2))
    file.ends(None)
    expected = f"no metrics from here on: No space left on device ({tmp_path / 'a.jsonl'})\n"
    assert capsys.readouterr().err == expected


def test_a_folder_that_cannot_be_made_costs_the_file_and_not_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "metrics").touch()
    file = MetricsFile(tmp_path / "metrics" / "a.jsonl")
    file.begins(facts())
    file.stepped(step(1))
    file.ends(None)
    assert capsys.readouterr().err.startswith("no metrics from here on: ")
