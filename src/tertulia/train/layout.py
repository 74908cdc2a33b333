"""How the processes of a machine share a training run, and whether each one's part fits.

With several processes on a node its weights, gradients and optimiser state are divided among them
(FSDP), and further nodes hold copies (HSDP); with one process a node they are divided among the
nodes. Rows of a batch are divided among all processes. Tensor parallelism is not built.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tertulia.compute.machine import Machine
from tertulia.model.config import ModelConfig
from tertulia.recipe.lora_spec import LoraSpec
from tertulia.recipe.schema import Recipe
from tertulia.train.memory import Memory, process_memory

Kind = Literal["single", "fsdp", "hsdp"]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Who holds what: `processes` a node on `nodes`, in `replicas` copies of the model."""

    kind: Kind
    nodes: int
    processes: int
    replicas: int
    divided_by: int
    """Processes that share one copy of weights, gradients and optimiser state."""
    rows: int
    """Sequences of a step that each process takes; the last may take fewer."""
    rows_at_once: int
    """Of these, in one forward pass."""
    even: bool
    """Whether the rows of a batch divide by the processes, without which training is refused."""

    @property
    def passes(self) -> int:
        """Forward passes of a step."""
        return -(-self.rows // self.rows_at_once)


def layout_of(recipe: Recipe, machine: Machine) -> Layout:
    """The layout that training takes on `machine`."""
    from tertulia.train.batch import MICRO_TOKENS

    context = recipe.model.context
    batch_rows = recipe.pretrain.batch_tokens // context
    rows = max(1, -(-batch_rows // machine.ranks))
    replicas = machine.nodes if machine.processes > 1 and not machine.shard_across_nodes else 1
    divided_by = machine.ranks // replicas
    kind: Kind = "single" if machine.ranks == 1 else "hsdp" if replicas > 1 else "fsdp"
    return Layout(
        kind=kind,
        nodes=machine.nodes,
        processes=machine.processes,
        replicas=replicas,
        divided_by=divided_by,
        rows=rows,
        rows_at_once=max(1, min(rows, MICRO_TOKENS // context)),
        even=batch_rows % machine.ranks == 0,
    )


def memory_of(config: ModelConfig, recipe: Recipe, machine: Machine) -> Memory:
    """Memory of one process of the layout."""
    layout = layout_of(recipe, machine)
    return process_memory(
        config,
        machine,
        optimizer=recipe.pretrain.optimizer,
        rows=layout.rows_at_once,
        context=recipe.model.context,
        accumulates=layout.passes > 1,
        divided_by=layout.divided_by,
        adapters=0 if recipe.pretrain.lora is None else _adapters(config, recipe.pretrain.lora),
    )


def _adapters(config: ModelConfig, lora: LoraSpec) -> int:
    """Parameters of low-rank adapters: rank times inputs and outputs of each matrix."""
    query = config.heads * config.head_width
    key = config.kv_heads * config.head_width
    across = {
        "q_proj": config.width + query,
        "k_proj": config.width + key,
        "v_proj": config.width + key,
        "o_proj": config.width + query,
        "gate_proj": config.width + config.hidden,
        "up_proj": config.width + config.hidden,
        "down_proj": config.width + config.hidden,
    }
    return config.depth * lora.rank * sum(across[name] for name in lora.targets)


def room_of(machine: Machine) -> int | None:
    """Bytes that one process may take: a GPU's memory, else its share of the node's."""
    if machine.device != "cpu":
        claim = machine.facts.device_memory_gb
        return None if claim is None else round(claim.least * 1e9)
    return None if machine.memory_bytes is None else machine.memory_bytes // machine.processes


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Whether training fits; `nodes` is the smallest number on which it does, None if none."""

    fits: bool
    nodes: int | None
    shard_across_nodes: bool
    """Whether that takes weights that are divided across nodes too."""


def fit_of(config: ModelConfig, recipe: Recipe, machine: Machine) -> Fit | None:
    """Whether the layout fits, and else from how many nodes one does; None where nobody knows.

    No more nodes are tried than the machine has, nor than the batch has rows for.
    """
    room = room_of(machine)
    if room is None:
        return None
    if memory_of(config, recipe, machine).peak <= room:
        across = machine.shard_across_nodes
        return Fit(fits=True, nodes=machine.nodes, shard_across_nodes=across)
    for across in (machine.shard_across_nodes, True):
        for nodes in _node_counts(recipe, machine):
            tried = dataclasses.replace(machine, nodes=nodes, shard_across_nodes=across)
            if memory_of(config, recipe, tried).peak <= room:
                return Fit(fits=False, nodes=nodes, shard_across_nodes=across)
    return Fit(fits=False, nodes=None, shard_across_nodes=False)


def _node_counts(recipe: Recipe, machine: Machine) -> Iterator[int]:
    """Numbers of nodes among whose processes the rows of a batch divide, fewest first."""
    rows = recipe.pretrain.batch_tokens // recipe.model.context
    available = machine.facts.available_nodes
    most = rows // machine.processes
    if available is not None:
        most = min(most, round(available.least))
    elif machine.slurm is None:
        # A machine that is no cluster is a single node, unless its profile says otherwise.
        most = min(most, machine.nodes)
    return (n for n in range(1, most + 1) if rows % (n * machine.processes) == 0)
