"""What one forward pass keeps for its backward pass, found by doing it on tensors without data.

The model's own code runs once with one block and once with two, under torch's fake tensors, which
have shapes and no memory: a model of any size is measured in a second. A compiled block keeps less
than an eager one, since its cheap steps are done again on the way back; the same partition of its
graph is made here as the compiler makes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import warnings
from collections.abc import Iterator
from typing import Any

from tertulia.compute.machine import Machine, Precision
from tertulia.model.config import ModelConfig

SMALL_BLOCK = 32 * 2**20
"""Bytes from which glibc, at the latest, takes a block from the system and gives it back."""

_PARTITIONED = "aot_eager_decomp_partition"
"""torch's backend that divides a graph as `inductor` does, and then runs it step by step."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kept:
    """Bytes kept for the backward pass by a whole model and by each of its blocks."""

    total: int
    block: int
    small: int
    """Of the total, what lies in tensors below `SMALL_BLOCK`."""


def kept_for_backward(config: ModelConfig, rows: int, context: int, machine: Machine) -> Kept:
    """What a forward pass over `rows` sequences of `context` tokens keeps on `machine`.

    Found on the processor's code path whatever the device; for a GPU without documents, since its
    attention keeps no weights and no mask of them.
    """
    packed = machine.device == "cpu"
    return _kept(config, rows, context, machine.precision, machine.compile, packed)


@functools.cache
def _kept(
    config: ModelConfig,
    rows: int,
    context: int,
    precision: Precision,
    compiled: bool,
    packed: bool,
) -> Kept:
    machine = Machine(name="planned", precision=precision, compile=compiled)
    sizes = [
        _kept_sizes(dataclasses.replace(config, depth=depth), rows, context, machine, packed)
        for depth in (1, 2)
    ]
    one, two = (sum(found) for found in sizes)
    small_one, small_two = (sum(n for n in found if n < SMALL_BLOCK) for found in sizes)
    more = config.depth - 1
    return Kept(
        total=one + more * (two - one),
        block=two - one,
        small=small_one + more * (small_two - small_one),
    )


def _kept_sizes(
    config: ModelConfig, rows: int, context: int, machine: Machine, packed: bool
) -> list[int]:
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode

    from tertulia.model.transformer import Transformer
    from tertulia.train.numerics import autocast

    with FakeTensorMode(), _without_compiled_code():
        model = Transformer(config)
        if machine.compile:
            for block in model.model.layers:
                block.compile(backend=_PARTITIONED, dynamic=False)
        ids_BT = torch.zeros(rows, context, dtype=torch.int64)
        weights = {p.untyped_storage()._cdata for p in model.parameters()}
        kept: dict[int, Any] = {}

        def keep(tensor: torch.Tensor) -> torch.Tensor:
            storage = tensor.untyped_storage()
            if storage._cdata not in weights:
                kept[storage._cdata] = storage
            return tensor

        hooks = torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor)
        with hooks, autocast(machine):
            model.hidden(ids_BT, documents_BT=ids_BT if packed else None)
        return [storage.nbytes() for storage in kept.values()]


@contextlib.contextmanager
def _without_compiled_code() -> Iterator[None]:
    """Leaves behind nothing that was compiled: a later run in this process begins clean."""
    import torch

    try:
        with warnings.catch_warnings():
            # torch's own, of what it does itself when it traces.
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.compiler.reset()
