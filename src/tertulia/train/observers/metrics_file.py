"""Every step as a line of JSON, with the wall time, for whoever wants to draw curves.

`runs/NAME/metrics/STAGE-KEY16.jsonl` lies beside the artifacts and is no part of any: its times
differ from run to run. A line holds `schema`, `time` (UTC seconds since 1970), `step`, `tokens`,
`loss`, `rate`, `gradient_norm`, `accepted`, and by language `bits_per_byte`, `nats`, `targets` and
`bytes` of that step alone. What is not finite is null.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from tertulia.progress import log
from tertulia.train.observer import RunFacts, StepReport
from tertulia.train.observers.figures import bits_per_byte


class MetricsFile:
    """Appends a line a step; an attempt that resumes takes out the steps it will do again.

    A file that cannot be written costs the file and one line that says so, not the run.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives UTC seconds since 1970."""
        self._path, self._clock = path, clock
        self._file: IO[str] | None = None

    def begins(self, facts: RunFacts) -> None:
        """Opens the file after the last step that counts."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            _keep_until(self._path, facts.first_step)
            self._file = self._path.open("a", encoding="utf-8")
        except OSError as error:
            self._give_up(error)

    def stepped(self, report: StepReport) -> None:
        """Writes the step down."""
        if self._file is None:
            return
        try:
            self._file.write(json.dumps(_row(report, self._clock())) + "\n")
            # Into the system's hands, so that a killed process loses nothing.
            self._file.flush()
        except OSError as error:
            self._give_up(error)

    def ends(self, error: BaseException | None) -> None:
        """Closes the file."""
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as failure:
            self._give_up(failure)
        self._file = None

    def _give_up(self, error: OSError) -> None:
        log(f"no metrics from here on: {error.strerror} ({self._path})")
        file, self._file = self._file, None
        if file is not None:
            # What the buffer still holds cannot be written either.
            with contextlib.suppress(OSError):
                file.close()


def _keep_until(path: Path, step: int) -> None:
    """Leaves whole lines of steps up to `step`."""
    if not path.exists():
        return
    kept = path.with_suffix(".jsonl.new")
    with path.open("rb") as old, kept.open("wb") as new:
        new.writelines(line for line in old if _step_of(line) <= step)
    kept.replace(path)


def _step_of(line: bytes) -> float:
    """Infinite for half a line, as a kill leaves it."""
    try:
        return int(json.loads(line)["step"]) if line.endswith(b"\n") else math.inf
    except (ValueError, KeyError, TypeError):
        return math.inf


def _row(report: StepReport, now: float) -> dict[str, Any]:
    targets = report.targets_by_language
    return {
        "schema": 1,
        "time": round(now, 3),
        "step": report.step,
        "tokens": report.tokens,
        "loss": _finite(report.loss),
        "rate": report.rate,
        "gradient_norm": _finite(report.gradient_norm),
        "accepted": report.accepted,
        "bits_per_byte": _all_finite(bits_per_byte([report])),
        "nats": _all_finite(report.nats_by_language),
        "targets": {language: counts["tokens"] for language, counts in targets.items()},
        "bytes": {language: counts["bytes"] for language, counts in targets.items()},
    }


def _all_finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _finite(value) for name, value in values.items()}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
