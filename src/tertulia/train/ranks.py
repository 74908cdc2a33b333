"""The first process tells the others which training stage to take part in, and when all is over.

The process that runs the pipeline is the first one. Under srun or torchrun the others are started
with it and wait; on one machine whose profile says `processes`, a stage starts them for itself.
Orders go through the table of keys that torch keeps for the processes: a stage's name, its spec and
inputs as JSON, nothing pickled. Every process then calls the same stage function: the others into
a folder that is thrown away, with the first one's scratch for checkpoints.
"""

from __future__ import annotations

import contextlib
import functools
import json
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.compute.machine import Machine
from tertulia.compute.rank_launch import LocalRanks, local_ranks, local_world
from tertulia.compute.world import (
    World,
    is_broken_link,
    joined,
    open_store,
    rank_timeout,
    world_from_environment,
)
from tertulia.errors import Resumable, TertuliaError
from tertulia.recipe.sources import Inputs
from tertulia.store.draft import Draft
from tertulia.train.rank_orders import (
    Order,
    error_from_json,
    error_to_json,
    order_from_json,
    order_to_json,
)

if TYPE_CHECKING:
    from torch._C._distributed_c10d import Store

StageFunction = Callable[[Any, Inputs, Draft, Machine], None]

_MODULE = "tertulia.train.rank_process"
_WORDS_SECONDS = 5.0
"""How long the last words of a process that failed are waited for."""
_FAREWELL_SECONDS = 10.0
_LOOK_SECONDS = 0.05

_following: ContextVar[tuple[World, Store, int] | None] = ContextVar("following", default=None)


def on_all_ranks(stage: str) -> Callable[[StageFunction], StageFunction]:
    """A stage function that all training processes call together; with one process, as it is.

    What a process other than the first one fails with is raised by the first one.
    """

    def decorated(function: StageFunction) -> StageFunction:
        @functools.wraps(function)
        def run(spec: Any, inputs: Inputs, out: Draft, machine: Machine) -> None:
            order = Order(stage=stage, spec=spec, inputs=inputs, scratch=out.scratch)
            with _together(order, machine):
                function(spec, inputs, out, machine)

        return run

    return decorated


@contextlib.contextmanager
def _together(order: Order, machine: Machine) -> Iterator[None]:
    world = world_from_environment()
    if (following := _following.get()) is not None:
        with _as_follower(*following, machine.device):
            yield
    elif world.size > 1:
        with _as_leader(order, machine, world, _table(world, None)):
            yield
    elif machine.processes > 1:
        world = local_world(machine.processes)
        with local_ranks(_MODULE, world.size, machine.threads) as others:
            store = open_store(world, others.file)
            try:
                with _as_leader(order, machine, world, store, others):
                    yield
            finally:
                _post(store, {"end": 0})
    else:
        yield


@contextlib.contextmanager
def _as_leader(
    order: Order, machine: Machine, world: World, store: Store, others: LocalRanks | None = None
) -> Iterator[None]:
    number = _post(store, order_to_json(order, machine))
    try:
        _await_all(store, number, world, others)
        with joined(world, machine.device, store, f"training/{number}"):
            yield
    except Exception as error:
        if not is_broken_link(error):
            raise
        if (said := _last_words(store, number, world)) is not None:
            raise said from error
        raise _lost(others) from error


@contextlib.contextmanager
def _as_follower(world: World, store: Store, number: int, device: str) -> Iterator[None]:
    store.set(f"ready/{number}/{world.rank}", "")
    with joined(world, device, store, f"training/{number}"):
        try:
            yield
        except Exception as error:
            # Before the links to the others break: they look here for the reason.
            if not is_broken_link(error):
                store.set(f"error/{number}/{world.rank}", json.dumps(error_to_json(error)))
            raise


@contextlib.contextmanager
def leading(world: World) -> Iterator[None]:
    """Around the first process' whole run: tells the others its exit code when it ends."""
    code, patience = 0, _FAREWELL_SECONDS
    try:
        yield
    except TertuliaError as error:
        code = error.exit_code
        if error.code == "train.rank-lost":
            # One of them will not read it; those that are left are about to.
            patience = _WORDS_SECONDS
        raise
    except KeyboardInterrupt:
        code = 130
        raise
    except BaseException:
        code = 1
        raise
    finally:
        if world.size > 1:
            _say_farewell(world, code, patience)


def follow(world: World, file: str | None = None) -> int:
    """Takes part in what the first process orders until the end; returns its exit code.

    Raises Resumable `train.rank-lost` where the first process is gone.
    """
    # A signal that all processes get is the first one's to answer, but while they train.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(ignored, signal.SIG_IGN)
    store = _table(world, file)
    number, failed = 0, None
    while True:
        number += 1
        order = _next_order(store, number, hurried=failed is not None)
        if order is None:
            # The first process did not fail with it: this one has to go for it to notice.
            return failed or 1
        if "end" in order:
            store.add("left", 1)
            return int(order["end"])
        failed = _obey(order, number, world, store)


def _obey(values: dict[str, Any], number: int, world: World, store: Store) -> int | None:
    """Takes part in a stage; returns the exit code of what this process failed with, if it did."""
    order, machine = order_from_json(values)
    entered = _following.set((world, store, number))
    try:
        with tempfile.TemporaryDirectory(prefix="tertulia-rank-") as folder:
            out = Draft(path=Path(folder, "run", "stage"), scratch=order.scratch)
            out.path.mkdir(parents=True)
            order.function()(order.spec, order.inputs, out, machine)
        return None
    except TertuliaError as error:
        return error.exit_code  # The first process raises it too, or says it for this one.
    except Exception as error:
        if is_broken_link(error):
            return None
        traceback.print_exc()
        return 1
    finally:
        _following.reset(entered)


@functools.cache
def _table(world: World, file: str | None) -> Store:
    return open_store(world, file)


def _post(store: Store, values: dict[str, Any]) -> int:
    number = int(store.add("orders", 1))
    store.set(f"order/{number}", json.dumps(values))
    return number


def _next_order(store: Store, number: int, *, hurried: bool) -> dict[str, Any] | None:
    """Waits for an order, which may take days; `hurried`, only seconds, and then there is None."""
    from torch.distributed import DistError, DistStoreError

    key = f"order/{number}"
    patience = timedelta(seconds=_WORDS_SECONDS) if hurried else rank_timeout()
    while True:
        begun = time.monotonic()
        try:
            store.wait([key], patience)
            values: dict[str, Any] = json.loads(store.get(key))
            return values
        except DistStoreError as error:
            # A store that refuses at once is no more.
            if time.monotonic() - begun < patience.total_seconds() / 2:
                raise _lost(None) from error
            if hurried:
                return None
        except (DistError, ConnectionError) as error:
            raise _lost(None) from error


def _await_all(store: Store, number: int, world: World, others: LocalRanks | None) -> None:
    """Waits until every process is ready; raises Resumable where one will not be."""
    keys = [f"ready/{number}/{rank}" for rank in range(1, world.size)]
    deadline = time.monotonic() + rank_timeout().total_seconds()
    while not store.check(keys):
        if (others is not None and others.gone()) or time.monotonic() > deadline:
            raise _lost(others)
        time.sleep(_LOOK_SECONDS)


def _last_words(store: Store, number: int, world: World) -> Exception | None:
    """What another process failed with, if it could say so."""
    deadline = time.monotonic() + _WORDS_SECONDS
    while time.monotonic() < deadline:
        for rank in range(1, world.size):
            key = f"error/{number}/{rank}"
            with contextlib.suppress(RuntimeError):
                if store.check([key]):
                    return error_from_json(json.loads(store.get(key)), rank)
        time.sleep(_LOOK_SECONDS)
    return None


def _lost(others: LocalRanks | None) -> Resumable:
    what = "; ".join(others.gone()) if others is not None else ""
    return Resumable(
        "train.rank-lost",
        "a training process has gone or does not answer" + (f": {what}" if what else ""),
        remedy="Run the same command to go on from the last checkpoint",
    )


def _say_farewell(world: World, code: int, patience: float) -> None:
    """Keeps the table open until the others have read the end in it."""
    with contextlib.suppress(RuntimeError, TertuliaError):
        store = _table(world, None)
        _post(store, {"end": code})
        deadline = time.monotonic() + patience
        while int(store.add("left", 0)) < world.size - 1 and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
