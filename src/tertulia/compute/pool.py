"""A pool of processes for work on shards that do not depend on one another."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TypeVar

from tertulia.errors import TertuliaError

Item = TypeVar("Item")
Result = TypeVar("Result")

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)
_WAITING_PER_WORKER = 2


@dataclass(frozen=True, kw_only=True)
class _Failure:
    """An error of a worker in parts: an exception with keyword arguments does not pickle."""

    kind: type[TertuliaError]
    code: str
    what: str
    where: str | None
    remedy: str | None

    def raised(self) -> TertuliaError:
        return self.kind(self.code, self.what, where=self.where, remedy=self.remedy)


def map_shards(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """Results of `function` (a module's own, it is pickled) in the order of `items`.

    Each worker is a fresh process with one thread. Few items are taken ahead of the results, so
    that an endless iterable needs bounded memory. With one worker nothing is started. A
    TertuliaError of a worker is raised here; `compute.worker-died` if one is killed.
    """
    if workers <= 1:
        yield from map(function, items)
        return
    executor = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare_worker
    )
    waiting: deque[Future[Result | _Failure]] = deque()
    rest = iter(items)
    try:
        for item in itertools.islice(rest, workers * _WAITING_PER_WORKER):
            waiting.append(executor.submit(_call, function, item))
        while waiting:
            result = waiting.popleft().result()
            if isinstance(result, _Failure):
                raise result.raised()
            yield result
            for item in itertools.islice(rest, 1):
                waiting.append(executor.submit(_call, function, item))
    except BrokenProcessPool:
        raise TertuliaError(
            "compute.worker-died",
            "a worker process was killed, most often for want of memory",
            remedy="Use a machine profile with fewer threads, or free some memory",
        ) from None
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _prepare_worker() -> None:
    # Runs before the function's module, and with it numpy or polars, is imported.
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))
    # The terminal sends Ctrl-C to every process; only the parent answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _call(function: Callable[[Item], Result], item: Item) -> Result | _Failure:
    try:
        return function(item)
    except TertuliaError as error:
        return _Failure(
            kind=type(error),
            code=error.code,
            what=error.what,
            where=error.where,
            remedy=error.remedy,
        )
