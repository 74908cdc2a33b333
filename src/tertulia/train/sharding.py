"""A model's parameters divided by rows among processes, and whole again.

FSDP2 gathers the parameters of a block when its turn comes and adds up the gradients of all
processes; between steps each process holds its rows alone (on several nodes with several
processes: each node holds a copy, divided among its processes). What works on parameters between
steps (first values, optimisers, checkpoints) sees `Part`s: with one process a part is the whole.

Shapes: R rows, C columns of a matrix.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from tertulia.compute.machine import Machine
from tertulia.compute.world import World, current_world
from tertulia.model.config import ModelConfig
from tertulia.model.transformer import Transformer
from tertulia.train.numerics import empty_model

_WHOLE = "_tertulia_whole"
"""Attribute of a divided model: its like on the meta device, undivided."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """The rows of one parameter that this process holds."""

    name: str
    parameter: nn.Parameter
    local: Tensor
    """Shares its memory with the parameter; the parameter itself where nothing is divided."""
    first: int = 0
    """Row of the whole that `local` begins with."""
    group: Any = None
    """The torch process group whose members hold the other rows; None where nothing is divided."""

    @property
    def rows(self) -> int:
        """Rows of the whole parameter."""
        return int(self.parameter.shape[0])


def new_model(config: ModelConfig, machine: Machine) -> Transformer:
    """A model on the machine's device, its values not yet set; each process has only its rows."""
    if current_world().size == 1:
        return empty_model(config, machine)
    with torch.device("meta"):
        model = Transformer(config)
    shard(model, machine)
    model.to_empty(device=machine.device)
    return model


def shard(model: Transformer, machine: Machine, *, alone: bool = False) -> None:
    """Divides a model among the current processes; nothing happens to one that is divided.

    One process keeps the plain module, unless `alone`: what a single GPU can show of NCCL.
    """
    world = current_world()
    if (world.size == 1 and not alone) or _WHOLE in model.__dict__:
        return
    from torch.distributed.fsdp import (
        FSDPModule,
        MixedPrecisionPolicy,
        fully_shard,
        register_fsdp_forward_method,
    )

    object.__setattr__(model, _WHOLE, _meta_copy(model))
    mesh = _mesh(machine, world)
    # On CPU autocast rounds the gathered float32 weights, as it does with one process; elsewhere
    # they travel as bfloat16 already, at half the traffic.
    low = machine.device != "cpu" and machine.precision == "bfloat16"
    policy = MixedPrecisionPolicy(
        param_dtype=torch.bfloat16 if low else None,
        reduce_dtype=torch.float32,
        cast_forward_inputs=False,
    )
    for block in model.model.layers:
        fully_shard(block, mesh=mesh, mp_policy=policy)
    fully_shard(model, mesh=mesh, mp_policy=policy)
    register_fsdp_forward_method(model, "hidden")
    for module in model.modules():
        if isinstance(module, FSDPModule):
            # Losses are divided by the weight of the whole batch, so gradients are sums.
            module.set_gradient_divide_factor(1.0)
            module.set_force_sum_reduction_for_comms(True)


def add_across_nodes(model: Transformer, wanted: bool) -> None:
    """Whether the next backward pass exchanges gradients between nodes: once a step is enough."""
    if _WHOLE in model.__dict__:
        model.set_requires_all_reduce(wanted)  # type: ignore[operator]


def parts(model: Transformer) -> list[Part]:
    """What this process holds of each parameter, in the model's order."""
    return [_part(name, parameter) for name, parameter in model.named_parameters()]


def rows_of(rows: int, processes: int, process: int) -> tuple[int, int]:
    """(first row, rows) that a process holds of so many: equal chunks, the last ones short."""
    chunk = -(-rows // processes)
    first = min(rows, process * chunk)
    return first, min(rows, first + chunk) - first


@torch.no_grad()
def take_gradients(of: Sequence[Part]) -> None:
    """Gives each part the gradient of its rows, after the backward pass of a step."""
    for part in of:
        if part.group is not None:
            gradient: Any = part.parameter.grad
            part.local.grad = None if gradient is None else gradient.to_local()


def drop_gradients(of: Sequence[Part]) -> None:
    """Forgets the gradients of a step."""
    for part in of:
        part.parameter.grad = None
        part.local.grad = None


@torch.no_grad()
def whole_model(model: Transformer) -> Transformer | None:
    """The undivided model: on the first process, None on the others, which all have to ask.

    Where nothing is divided, the model itself; else its values are on the CPU.
    """
    rank = current_world().rank
    whole: Transformer | None = model.__dict__.get(_WHOLE)
    if whole is None:
        return model if rank == 0 else None
    values: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        value = parameter.full_tensor()  # type: ignore[attr-defined]
        if rank == 0:
            values[name] = value.cpu()
    if rank:
        return None
    whole.load_state_dict(values, assign=True)
    if whole.config.tied:
        whole.lm_head.weight = whole.model.embed_tokens.weight
    return whole


def sum_over_ranks(values: Sequence[float], device: str) -> list[float]:
    """The sum of each value over all current processes, in float64."""
    if current_world().size == 1:
        return list(values)
    import torch.distributed as dist

    total = torch.tensor(values, dtype=torch.float64, device=device)
    dist.all_reduce(total)
    return [float(v) for v in total.tolist()]


def _meta_copy(model: Transformer) -> Transformer:
    """The same modules without memory for their parameters."""
    memo: dict[int, Any] = {
        id(p): nn.Parameter(p.detach().to("meta"), requires_grad=p.requires_grad)
        for p in model.parameters()
    }
    return copy.deepcopy(model, memo)


def replicas(machine: Machine, world: World) -> int:
    """Copies of the whole model: one a node that has several processes, unless told otherwise."""
    within = world.even and world.local_size > 1 and not machine.shard_across_nodes
    return world.nodes if within else 1


def _mesh(machine: Machine, world: World) -> Any:
    from torch.distributed.device_mesh import init_device_mesh

    copies = replicas(machine, world)
    if copies > 1:
        shape = (copies, world.size // copies)
        return init_device_mesh(machine.device, shape, mesh_dim_names=("nodes", "local"))
    return init_device_mesh(machine.device, (world.size,))


def _part(name: str, parameter: nn.Parameter) -> Part:
    mesh = getattr(parameter, "device_mesh", None)
    if mesh is None:
        return Part(name=name, parameter=parameter, local=parameter)
    with torch.no_grad():
        local: Tensor = parameter.to_local()  # type: ignore[attr-defined]
    shards = mesh.ndim - 1
    first, _ = rows_of(parameter.shape[0], mesh.size(shards), mesh.get_local_rank(shards))
    return Part(
        name=name,
        parameter=parameter,
        local=local.detach(),
        first=first,
        group=mesh.get_group(shards),
    )


class MatrixExchange:
    """Brings the rows of a matrix together on one process, and its rows back to where they live.

    Each matrix has an owner, the largest first in turn, so that the work on whole matrices is
    shared evenly. One exchange of all matrices goes each way.
    """

    def __init__(self, matrices: Sequence[Part]) -> None:
        self._matrices = matrices
        self._group = next((part.group for part in matrices), None)
        self._rank, self._size = 0, 1
        if self._group is not None:
            self._rank, self._size = self._group.rank(), self._group.size()
        largest = sorted(range(len(matrices)), key=lambda i: -matrices[i].parameter.numel())
        self._owner = {index: turn % self._size for turn, index in enumerate(largest)}
        self._owned = [
            [i for i in range(len(matrices)) if self._owner[i] == r] for r in range(self._size)
        ]

    def gather(self, rows: Sequence[Tensor]) -> dict[int, Tensor]:
        """Index -> whole matrix (R, C), of those this process owns; `rows` are its own of each."""
        if self._group is None:
            return dict(enumerate(rows))
        sent = [
            torch.cat([rows[i].reshape(-1) for i in owned] or [rows[0].new_empty(0)])
            for owned in self._owned
        ]
        mine = self._owned[self._rank]
        sizes = [sum(self._numel(i, r) for i in mine) for r in range(self._size)]
        received = self._exchange(sent, sizes)
        pieces: dict[int, list[Tensor]] = {i: [] for i in mine}
        for r, flat in enumerate(received):
            for i, piece in zip(mine, _split(flat, [self._numel(i, r) for i in mine]), strict=True):
                pieces[i].append(piece)
        return {i: torch.cat(found).view(self.shape(i)) for i, found in pieces.items()}

    def scatter(self, whole: dict[int, Tensor]) -> list[Tensor]:
        """The rows that this process holds of every matrix, from the whole ones at their owners."""
        if self._group is None:
            return [whole[i] for i in range(len(self._matrices))]
        first = next(iter(whole.values()), self._matrices[0].local)
        sent = [
            torch.cat(
                [self._rows(whole[i], r) for i in self._owned[self._rank]] or [first.new_empty(0)]
            )
            for r in range(self._size)
        ]
        sizes = [sum(self._numel(i, self._rank) for i in owned) for owned in self._owned]
        found: dict[int, Tensor] = {}
        for owned, flat in zip(self._owned, self._exchange(sent, sizes), strict=True):
            numels = [self._numel(i, self._rank) for i in owned]
            for i, piece in zip(owned, _split(flat, numels), strict=True):
                found[i] = piece.view(-1, self.shape(i)[1])
        return [found[i] for i in range(len(self._matrices))]

    def shape(self, index: int) -> tuple[int, int]:
        """Rows and columns of a whole matrix."""
        rows, columns = self._matrices[index].parameter.shape
        return rows, columns

    def _numel(self, index: int, process: int) -> int:
        rows, columns = self.shape(index)
        return rows_of(rows, self._size, process)[1] * columns

    def _rows(self, whole_RC: Tensor, process: int) -> Tensor:
        first, count = rows_of(whole_RC.shape[0], self._size, process)
        return whole_RC[first : first + count].reshape(-1)

    def _exchange(self, sent: Sequence[Tensor], sizes: Sequence[int]) -> tuple[Tensor, ...]:
        import torch.distributed as dist

        flat = torch.cat(list(sent))
        received = flat.new_empty(sum(sizes))
        dist.all_to_all_single(
            received, flat, list(sizes), [len(s) for s in sent], group=self._group
        )
        return _split(received, sizes)


def _split(flat: Tensor, sizes: Sequence[int]) -> tuple[Tensor, ...]:
    found: tuple[Tensor, ...] = flat.split(list(sizes))  # type: ignore[no-untyped-call]
    return found
