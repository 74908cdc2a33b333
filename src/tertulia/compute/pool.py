"""A pool of processes on this machine for tasks that do not depend on one another."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from tertulia.compute.task import perform
from tertulia.errors import TertuliaError

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)
_WAITING_PER_WORKER = 2
_DEATHS_BORNE = 3
"""Of workers in a row without a result between them; more is no accident."""


def perform_in_pool(
    name: str, version: int, arguments: Sequence[str], workers: int
) -> Iterator[str]:
    """Results of a task for each of `arguments`, in their order.

    Each worker is a fresh process with one thread. A worker that is killed costs its tasks a
    second run, no result. Raises what a task raises, and TertuliaError `compute.worker-died`
    where workers keep dying.
    """
    done = deaths = 0
    while done < len(arguments):
        try:
            for result in _pass(name, version, arguments[done:], workers):
                yield result
                done, deaths = done + 1, 0
        except BrokenProcessPool:
            deaths += 1
            if deaths >= _DEATHS_BORNE:
                raise _worker_died() from None


def _pass(name: str, version: int, arguments: Sequence[str], workers: int) -> Iterator[str]:
    executor = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=prepare_worker
    )
    waiting: deque[Future[str]] = deque()
    rest = iter(arguments)
    try:
        for argument in rest:
            waiting.append(executor.submit(perform, name, version, argument))
            if len(waiting) >= workers * _WAITING_PER_WORKER:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def prepare_worker() -> None:
    # Runs before the task's module, and with it numpy or polars, is imported.
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))
    # The terminal sends Ctrl-C to every process; only the parent answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed outright tells nobody: its workers would wait for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "runs in a worker"
    parent.join()
    os._exit(1)


def _worker_died() -> TertuliaError:
    return TertuliaError(
        "compute.worker-died",
        "worker processes were killed again and again, most often for want of memory",
        remedy="Use a machine profile with fewer workers, or free some memory",
    )
