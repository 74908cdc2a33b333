"""Processes that calculate, one thread each; one that dies or hangs costs its own task alone."""

from __future__ import annotations

import json
import multiprocessing
import platform
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from tertulia.campaign.calculation import Calculation, Cost, Result
from tertulia.compute.pool import prepare_worker
from tertulia.compute.processor import cpu_capability

CRASHED, TIMED_OUT, ERROR, NO_NUMBER = "worker-crashed", "timed-out", "error", "no-number"
"""Reasons of this room; a task that fails names its own by raising CalculationFailed."""
_TRIES = 2
"""A process that dies may have been killed for another's sake: its task is tried once more."""
_ENDS_WITHIN = 5.0
_LONGEST_WAIT = 3600.0
"""Seconds; poll() bears no number that is much larger."""


class CalculationFailed(Exception):
    """What a task raises where there is no result, with a reason code and a sentence."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    calculation: Calculation | None = None
    began: float = 0.0
    tries: int = 0


class Workers:
    """Calculates what it is given, in the order given, on `count` processes."""

    def __init__(self, count: int, *, timeout: float) -> None:
        """A task that takes longer than `timeout` seconds is ended."""
        self._timeout = timeout
        self._context = multiprocessing.get_context("spawn")
        self._workers = [self._started() for _ in range(count)]
        self._queue: deque[Calculation] = deque()

    @property
    def busy(self) -> bool:
        """Whether anything waits or is being calculated."""
        return bool(self._queue) or any(worker.calculation for worker in self._workers)

    def submit(self, calculation: Calculation) -> None:
        """Queues it."""
        self._queue.append(calculation)
        self._hand_out()

    def finished(self) -> Iterator[Result]:
        """What has come back; waits for the first, or until a task has taken too long."""
        if not self.busy:
            return
        working = {worker.pipe: worker for worker in self._workers if worker.calculation}
        due = min(worker.began for worker in working.values()) + self._timeout - time.monotonic()
        for pipe in wait(list(working), min(max(due, 0.0), _LONGEST_WAIT)):
            assert isinstance(pipe, Connection)
            if (taken := self._taken(working[pipe])) is not None:
                yield taken
        for worker in working.values():
            if worker.calculation and time.monotonic() - worker.began >= self._timeout:
                yield self._given_up(worker, TIMED_OUT, f"more than {self._timeout:g} seconds")
        self._hand_out()

    def close(self) -> None:
        """Ends all processes; what they were at is lost and can be done again."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_ENDS_WITHIN)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.pipe.close()

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _hand_out(self) -> None:
        for worker in self._workers:
            if self._queue and worker.calculation is None:
                self._order(worker, self._queue.popleft(), tries=1)

    def _order(self, worker: _Worker, calculation: Calculation, *, tries: int) -> None:
        worker.calculation, worker.began, worker.tries = calculation, time.monotonic(), tries
        order = [calculation.task, calculation.version, dict(calculation.inputs)]
        try:
            worker.pipe.send_bytes(json.dumps(order).encode())
        except OSError:
            # It was killed while it waited, which is no fault of the task.
            self._replace(worker)
            worker.pipe.send_bytes(json.dumps(order).encode())

    def _taken(self, worker: _Worker) -> Result | None:
        """What came back; None where the process died and its task is tried again."""
        assert worker.calculation is not None
        try:
            told = json.loads(worker.pipe.recv_bytes())
        except (EOFError, OSError):
            return self._mourned(worker)
        calculation, worker.calculation = worker.calculation, None
        return Result(
            calculation=calculation,
            status=told["status"],
            values=told["values"],
            reason=told["reason"],
            detail=told["detail"],
            cost=Cost(**told["cost"]),
        )

    def _mourned(self, worker: _Worker) -> Result | None:
        calculation, tries = worker.calculation, worker.tries
        worker.process.join(_ENDS_WITHIN)
        detail = f"its process ended {tries} times, with {worker.process.exitcode}"
        failed = self._given_up(worker, CRASHED, detail)
        if tries == _TRIES or calculation is None:
            return failed
        self._order(worker, calculation, tries=tries + 1)
        return None

    def _given_up(self, worker: _Worker, reason: str, detail: str) -> Result:
        """The failure of what `worker` was at; a fresh process takes its place."""
        assert worker.calculation is not None
        result = Result(
            calculation=worker.calculation, status="failed", reason=reason, detail=detail
        )
        self._replace(worker)
        worker.calculation = None
        return result

    def _replace(self, worker: _Worker) -> None:
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        fresh = self._started()
        worker.process, worker.pipe = fresh.process, fresh.pipe


def _work(pipe: Connection) -> None:
    prepare_worker()
    while True:
        try:
            task, version, inputs = json.loads(pipe.recv_bytes())
        except EOFError:
            return
        pipe.send_bytes(json.dumps(performed(task, version, inputs)).encode())


def performed(task: str, version: int, inputs: dict[str, Any]) -> dict[str, Any]:
    """What came of a task, as fields of a Result; whatever it raises is told with a reason."""
    from tertulia.compute.task import perform

    began, clock, cpu = datetime.now(tz=UTC), time.perf_counter(), time.process_time()
    told: dict[str, Any] = {"status": "done", "values": {}, "reason": None, "detail": ""}
    try:
        told["values"] = json.loads(
            perform(task, version, json.dumps(inputs)), parse_constant=_refuse
        )
    except CalculationFailed as failure:
        told |= {"status": "failed", "reason": failure.reason, "detail": failure.detail}
    # Whatever a molecule does to a library is that molecule's, and is kept as such.
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"[:500]
        told |= {"status": "failed", "reason": ERROR, "detail": detail}
    told["cost"] = {
        "seconds": round(time.perf_counter() - clock, 4),
        "cpu_seconds": round(time.process_time() - cpu, 4),
        "host": platform.node(),
        "processor": cpu_capability(),
        "began": began.isoformat(timespec="seconds"),
    }
    return told


def _refuse(constant: str) -> None:
    raise CalculationFailed(NO_NUMBER, f"a value is {constant}")
