"""The processes that train together: which of them this is, and how they find each other.

A launcher (srun, torchrun, or tertulia itself on one machine) says so in the environment. The
messages between them are torch's: gloo on CPU, NCCL on CUDA, XCCL on XPU. Where all of them are on
one machine, nothing listens beyond its loopback.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tertulia.errors import TrainingError

if TYPE_CHECKING:
    from torch._C._distributed_c10d import Store

RENDEZVOUS_FILE = "TERTULIA_RENDEZVOUS_FILE"
"""Environment: the file through which the processes of one machine find each other."""
_TIMEOUT = "TERTULIA_RANK_TIMEOUT_SECONDS"
_DEFAULT_TIMEOUT = 600
"""Seconds that a process waits for the others in one exchange before it gives them up."""
_LINK_WORDS = ("/gloo/", "gloo::", "NCCL", "Connection closed by peer", "Connection reset")
_BACKENDS = {"cpu": "gloo", "cuda": "nccl", "xpu": "xccl"}


@dataclass(frozen=True, kw_only=True)
class World:
    """One process among those that train; by itself unless a launcher says otherwise."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    """Among the processes of its node."""
    local_size: int = 1
    nodes: int = 1

    @property
    def even(self) -> bool:
        """Whether every node has as many processes as this one."""
        return self.local_size * self.nodes == self.size


_CURRENT: ContextVar[World | None] = ContextVar("world", default=None)


def current_world() -> World:
    """The processes that train with this one right now: itself alone, unless it has `joined`."""
    return _CURRENT.get() or World()


def world_from_environment(environment: Mapping[str, str] | None = None) -> World:
    """This process' world: srun's where TERTULIA_RANKS is `slurm`, else torchrun's, else its own.

    Raises TrainingError `train.ranks-unclear` where the launcher's variables do not add up.
    """
    given = os.environ if environment is None else environment
    if given.get("TERTULIA_RANKS") == "slurm":
        names = ("SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_NNODES")
    elif "RANK" in given and "WORLD_SIZE" in given:
        names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    else:
        return World()
    try:
        rank, size, local_rank, last = (int(given[name]) for name in names)
        nodes = last if names[-1] == "SLURM_NNODES" else max(1, size // last)
        if not (0 <= rank < size and 1 <= nodes <= size):
            raise ValueError
    except (KeyError, ValueError, ZeroDivisionError) as error:
        said = ", ".join(f"{name}={given.get(name)}" for name in names)
        raise TrainingError(
            "train.ranks-unclear",
            f"the launcher does not say which process this is: {said}",
            remedy="Start with srun or torchrun, or unset these variables",
        ) from error
    return World(
        rank=rank, size=size, local_rank=local_rank, local_size=max(1, size // nodes), nodes=nodes
    )


class RankFailed(Exception):
    """Another process has failed, and says itself with what."""


def is_broken_link(error: BaseException) -> bool:
    """Whether `error` tells of the other processes rather than of this one."""
    if isinstance(error, RankFailed):
        return True
    import torch.distributed as dist

    # gloo's errors reach Python as plain RuntimeErrors.
    said = str(error)
    plain = isinstance(error, RuntimeError) and any(word in said for word in _LINK_WORDS)
    return plain or isinstance(error, dist.DistError)


def rank_timeout() -> timedelta:
    """How long a process waits for the others in one exchange."""
    return timedelta(seconds=float(os.environ.get(_TIMEOUT, _DEFAULT_TIMEOUT)))


def open_store(world: World, file: str | None = None) -> Store:
    """The table of keys and values that all processes of `world` see.

    It lies in `file` where the processes share a machine, else with the first process (or the
    launcher) at MASTER_ADDR:MASTER_PORT. Raises TrainingError `train.ranks-apart`.
    """
    from torch._C._distributed_c10d import FileStore
    from torch.distributed import DistError

    store: Store
    if file is not None:
        store = FileStore(file, world.size)
    else:
        try:
            store = _store_at_master(world)
        except (ValueError, OSError, DistError) as error:
            raise TrainingError(
                "train.ranks-apart",
                f"process {world.rank} of {world.size} does not find the first one: {error}",
                where="MASTER_ADDR, MASTER_PORT",
                remedy="Start with srun from the job script that --submit writes, or with torchrun",
            ) from error
    store.set_timeout(rank_timeout())
    return store


def _store_at_master(world: World) -> Store:
    from torch._C._distributed_c10d import TCPStore
    from torch.distributed.rendezvous import rendezvous

    address, port = os.environ.get("MASTER_ADDR"), os.environ.get("MASTER_PORT", "")
    if world.rank or not address or "TORCHELASTIC_USE_AGENT_STORE" in os.environ:
        found = rendezvous("env://", world.rank, world.size, timeout=rank_timeout())
        store, _, _ = next(iter(found))
        return store  # type: ignore[no-any-return]
    # Left to itself torch would listen on every interface.
    listener = socket.create_server((address, int(port)))
    return TCPStore(
        address,
        int(port),
        world.size,
        is_master=True,
        timeout=rank_timeout(),
        wait_for_workers=False,
        master_listen_fd=listener.detach(),
    )


@contextlib.contextmanager
def joined(world: World, device: str, store: Store, name: str) -> Iterator[None]:
    """While entered, the processes of `world` can exchange tensors; `name` is new each time."""
    import torch
    import torch.distributed as dist
    from torch._C._distributed_c10d import PrefixStore

    with _loopback_only(world):
        if device in ("cuda", "xpu"):
            getattr(torch, device).set_device(world.local_rank)
        dist.init_process_group(
            _BACKENDS[device],
            store=PrefixStore(name, store),
            rank=world.rank,
            world_size=world.size,
            timeout=rank_timeout(),
        )
        entered = _CURRENT.set(world)
        try:
            yield
        finally:
            _CURRENT.reset(entered)
            dist.destroy_process_group()


@contextlib.contextmanager
def _loopback_only(world: World) -> Iterator[None]:
    """Names the loopback to the transports, unless somebody named an interface already."""
    alone = world.nodes == 1 or os.environ.get("MASTER_ADDR", "").startswith("127.")
    loopback = next((name for _, name in socket.if_nameindex() if name.startswith("lo")), None)
    variables = ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME")
    wanted = [v for v in variables if v not in os.environ] if alone and loopback else []
    for variable in wanted:
        os.environ[variable] = str(loopback)
    try:
        yield
    finally:
        for variable in wanted:
            del os.environ[variable]
