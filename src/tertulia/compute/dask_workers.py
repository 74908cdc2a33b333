"""The same tasks on Dask workers: on this machine, or wherever a scheduler file points to.

Everything between scheduler and workers goes over TLS with a credential that lives as long as
the run; there is no dashboard.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tertulia.compute.task import perform
from tertulia.errors import MissingExtraError, TertuliaError

if TYPE_CHECKING:
    from distributed import Client

_LOOPBACK = "127.0.0.1"
_WAITING_PER_WORKER = 2
_RETRIES = 2
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
}


def perform_on_dask(
    name: str, version: int, arguments: Sequence[str], workers: int
) -> Iterator[str]:
    """Results of a task for each of `arguments`, in their order, as `perform_in_pool` gives them.

    Raises MissingExtraError without the extra `cluster`, what a task raises, and TertuliaError
    `compute.worker-died`.
    """
    with local_client(workers) as client:
        yield from _in_order(client, name, version, arguments, workers)


def import_dask() -> Any:
    """The module dask; raises MissingExtraError `compute.no-dask`.

    `distributed` comes with it: its settings must be there before one of them is changed.
    """
    try:
        import cryptography  # noqa: F401
        import dask
        import distributed  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "compute.no-dask",
            "this machine profile wants Dask workers, and Dask is not installed",
            remedy="Install it with `pip install tertulia[cluster]`, or use another profile",
        ) from error
    return dask


@contextmanager
def local_client(workers: int) -> Iterator[Client]:
    """A client of `workers` fresh worker processes of one thread each, over TLS on loopback.

    Raises MissingExtraError `compute.no-dask`.
    """
    dask = import_dask()
    from distributed import Client, LocalCluster
    from distributed.security import Security

    security = Security.temporary()  # type: ignore[no-untyped-call]
    settings = {
        "distributed.nanny.pre-spawn-environ": _ONE_THREAD,
        # A worker writes its results itself; Dask keeps short strings.
        "distributed.worker.memory.spill": False,
        "distributed.admin.system-monitor.gil.enabled": False,
    }
    with (
        dask.config.set(settings),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=_LOOPBACK,
            protocol="tls://",
            security=security,
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        Client(  # type: ignore[no-untyped-call]
            cluster, security=security
        ) as client,
    ):
        yield client


def _in_order(
    client: Client, name: str, version: int, arguments: Sequence[str], workers: int
) -> Iterator[str]:
    from distributed.scheduler import KilledWorker

    waiting: deque[Any] = deque()
    try:
        for argument in arguments:
            waiting.append(
                client.submit(perform, name, version, argument, pure=False, retries=_RETRIES)
            )
            if len(waiting) >= workers * _WAITING_PER_WORKER:
                yield str(waiting.popleft().result())
        while waiting:
            yield str(waiting.popleft().result())
    except KilledWorker as error:
        raise TertuliaError(
            "compute.worker-died",
            "worker processes were killed again and again, most often for want of memory",
            remedy="Use a machine profile with fewer workers, or free some memory",
        ) from error
    finally:
        client.cancel(list(waiting))  # type: ignore[no-untyped-call]
