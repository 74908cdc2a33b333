"""The same calculations on Dask workers, in place of processes of our own."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from tertulia.campaign.calculation import Calculation, Cost, Result
from tertulia.campaign.workers import CRASHED, TIMED_OUT, performed

_LOOKS_EVERY = 0.2
"""Seconds between two looks at what is there."""


class DaskWorkers:
    """Calculates on `count` workers of a Dask cluster on this machine."""

    def __init__(self, count: int, *, timeout: float) -> None:
        """A task that takes longer than `timeout` seconds is ended, its worker with it."""
        from tertulia.compute.dask_workers import import_dask, local_client

        dask = import_dask()

        self._timeout = timeout
        self._stack = ExitStack()
        # Dask blames all tasks of a worker that dies; who is to blame is found out below.
        self._stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": 0}))
        self._client = self._stack.enter_context(local_client(count))
        self._running: dict[str, tuple[Any, Calculation]] = {}
        self._began: dict[str, float] = {}
        self._suspects: deque[Calculation] = deque()
        self._alone = False

    @property
    def busy(self) -> bool:
        """Whether anything waits or is being calculated."""
        return bool(self._running or self._suspects)

    def submit(self, calculation: Calculation) -> None:
        """Queues it."""
        self._alone = False
        self._send(calculation)

    def _send(self, calculation: Calculation) -> None:
        order = [calculation.task, calculation.version, json.dumps(dict(calculation.inputs))]
        future = self._client.submit(perform_calculation, *order, pure=False)
        self._running[str(future.key)] = (future, calculation)

    def finished(self) -> Iterator[Result]:
        """What has come back; waits for the first, or until a task has taken too long."""
        while self.busy:
            if not self._running:
                self._alone = True
                self._send(self._suspects.popleft())
            back = [key for key, (future, _) in self._running.items() if future.done()]
            if back:
                taken = [one for one in map(self._taken, back) if one is not None]
                if not taken:
                    continue
                yield from taken
                return
            late = self._late()
            if late:
                yield from self._given_up(late)
                return
            time.sleep(_LOOKS_EVERY)

    def close(self) -> None:
        """Ends all workers."""
        self._stack.close()

    def _taken(self, key: str) -> Result | None:
        """What came back; None where its worker died and it is tried once more, alone."""
        future, calculation = self._running.pop(key)
        self._began.pop(key, None)
        failure = future.exception()
        if failure is not None and not self._alone:
            self._suspects.append(calculation)
            return None
        if failure is not None:
            return Result(
                calculation=calculation,
                status="failed",
                reason=CRASHED,
                detail=f"{type(failure).__name__}: its worker ended twice",
            )
        told = json.loads(future.result())
        return Result(
            calculation=calculation,
            status=told["status"],
            values=told["values"],
            reason=told["reason"],
            detail=told["detail"],
            cost=Cost(**told["cost"]),
        )

    def _late(self) -> list[str]:
        """Keys that have been with a worker for too long; waiting for a worker does not count."""
        now = time.monotonic()
        running = {
            str(key) for keys in self._processing().values() for key in keys
        } & self._running.keys()
        for key in running:
            self._began.setdefault(key, now)
        return [key for key in running if now - self._began[key] >= self._timeout]

    def _processing(self) -> Mapping[str, Sequence[object]]:
        """Worker -> keys of what it has."""
        processing: Mapping[str, Sequence[object]] = self._client.processing()  # type: ignore[no-untyped-call]
        return processing

    def _given_up(self, late: list[str]) -> Iterator[Result]:
        busy = [
            worker
            for worker, keys in self._processing().items()
            if {str(key) for key in keys} & set(late)
        ]
        for key in late:
            future, calculation = self._running.pop(key)
            self._began.pop(key, None)
            future.cancel()
            detail = f"more than {self._timeout:g} seconds"
            yield Result(calculation=calculation, status="failed", reason=TIMED_OUT, detail=detail)
        self._client.restart_workers(busy)
        # Whoever waited behind a late one on the same worker begins again.
        self._began.clear()


def perform_calculation(task: str, version: int, inputs: str) -> str:
    """Runs a registered task on JSON inputs, as JSON: what a Dask worker is told to do."""
    return json.dumps(performed(task, version, json.loads(inputs)))
