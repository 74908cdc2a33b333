"""Runs tasks wherever the machine profile says: here, in a pool of processes, on Dask workers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tertulia.compute.task import TaskFunction, order_for, perform

if TYPE_CHECKING:
    from tertulia.compute.machine import Machine


BYTES_A_WORKER = 8_000_000
"""Of files on disk: a process takes a second or two to start, and for less it is not worth it."""


def run_tasks(
    function: TaskFunction,
    arguments: Sequence[dict[str, Any]],
    machine: Machine,
    *,
    file_bytes: int,
) -> Iterator[dict[str, Any]]:
    """Results of the registered `function` for each of `arguments`, in their order.

    The same whatever the machine: a task sees JSON and what lies on the disk, `file_bytes` of it
    in all. With one worker, one task or little to do everything happens in this process, unless
    the profile asks for Dask.
    """
    name, version = order_for(function)
    written = [json.dumps(argument, ensure_ascii=False) for argument in arguments]
    worth = max(1, file_bytes // BYTES_A_WORKER)
    workers = min(machine.workers, len(arguments), worth)
    for result in _performed(name, version, written, machine, workers):
        yield json.loads(result)


def _performed(
    name: str, version: int, arguments: Sequence[str], machine: Machine, workers: int
) -> Iterator[str]:
    if machine.executor == "dask" and arguments:
        from tertulia.compute.dask_workers import perform_on_dask

        return perform_on_dask(name, version, arguments, machine.workers)
    if workers <= 1:
        return (perform(name, version, argument) for argument in arguments)
    from tertulia.compute.pool import perform_in_pool

    return perform_in_pool(name, version, arguments, workers)
