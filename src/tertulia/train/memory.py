"""The memory of one training process, predicted from the code that will run.

Held all the time: weights, the optimiser's state, torch itself. Beside them the largest of three
moments: the end of a forward pass (activations and the output layer's table), the end of a
backward pass (gradients), the optimiser's step (gradients and copies of matrices). Where the
weights are divided among processes, each holds its part of weights, gradients and state, and
gathers the embeddings and two blocks for as long as they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tertulia.compute.machine import Machine
from tertulia.model.config import ModelConfig

if TYPE_CHECKING:
    from tertulia.train.activations import Kept

_FLOAT, _HALF = 4, 2

_TORCH = {"cpu": 365 * 10**6, "cuda": 10**9, "xpu": 10**9, "mps": 10**9}
"""Bytes of torch's code and libraries once it has run. CPU: measured, torch 2.13.0+cpu on Linux;
the others, on the device: assumed."""
_COMPILER = 80 * 10**6
"""Bytes that compiling leaves in the process: measured as above."""
_HEAP_SLACK = {"cpu": 0.5, "cuda": 0.05, "xpu": 0.05, "mps": 0.05}
_COMPILED_HEAP_SLACK = {**_HEAP_SLACK, "cpu": 0.35}
"""What lies idle between blocks in use, as a share of the activations. CPU: glibc's heap, measured
over two optimisers and two precisions (benchmarks/plan_memory.py), of blocks that it does not give
back at once; the others: assumed."""
_LOGIT_ROWS = 1024
"""Tokens whose logits the output layer holds at once."""
_EAGER_LOGIT_BYTES = 24
"""Of each logit: six tables in float32 at the worst moment."""
_COMPILED_LOGIT_TABLES = 2
"""A logit and its gradient, in the precision of the matrix products."""
_OUTPUT_GRADIENTS = 3
"""Copies of the output matrix's gradient: the sum, its next addend, and the scaled result."""
_ORTHOGONAL_TABLES = 4
"""Of each entry of the largest stack of matrices while it is made orthogonal, beside the stack."""
_EXCHANGED_TABLES = 2
"""Of each entry that is gathered from other processes: what is sent and what is received."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Bytes of one process, by what holds them, and the most at any moment."""

    parts: dict[str, int]
    peak: int
    """Less than the sum of the parts: not all of them are there at the same time."""


def process_memory(
    config: ModelConfig,
    machine: Machine,
    *,
    optimizer: Literal["muon", "adamw"],
    rows: int,
    context: int,
    accumulates: bool,
    divided_by: int = 1,
    adapters: int = 0,
) -> Memory:
    """Memory of a process that takes `rows` sequences at a time.

    `accumulates` where a step has several such passes; `divided_by` as many processes as share
    one copy of the weights; `adapters` are parameters beside the model's, and alone trained.
    """
    from tertulia.train.activations import kept_for_backward

    kept = kept_for_backward(config, rows, context, machine)
    trained = adapters or config.parameters
    matrices = trained - config.embedding_parameters - config.width * (2 * config.depth + 1)
    # Adapters train under AdamW: their thin matrices are no rotation.
    muon = optimizer == "muon" and not adapters
    # Muon keeps one momentum for each matrix entry, AdamW two for everything else.
    states = 2 * trained - (matrices if muon else 0)
    tokens = rows * context
    activations = _recomputed(config, machine, tokens, kept) if machine.recompute else kept.total
    output = _output_layer(config, machine, tokens)
    slack = (_COMPILED_HEAP_SLACK if machine.compile else _HEAP_SLACK)[machine.device]
    short_lived = kept.small if machine.device == "cpu" else activations
    short_lived = min(short_lived, activations)
    parts = {
        "weights": (config.parameters + adapters) * _FLOAT // divided_by,
        "gathered": _gathered(config, machine) if divided_by > 1 else 0,
        "gradients": trained * _FLOAT // divided_by,
        "optimizer": states * _FLOAT // divided_by,
        "activations": activations,
        "output_layer": output,
        "update": _update(config, machine, matrices, divided_by) if muon else 0,
        "idle": round(slack * short_lived),
        "torch": _TORCH[machine.device] + (_COMPILER if _compiles_here(machine) else 0),
    }
    held = parts["weights"] + parts["optimizer"] + parts["torch"] + parts["idle"]
    forward = activations + output + parts["gathered"]
    forward += parts["gradients"] if accumulates else 0
    backward = parts["gradients"] + parts["gathered"]
    backward += activations if machine.recompute else kept.block
    step = parts["gradients"] + parts["update"]
    return Memory(parts=parts, peak=held + max(forward, backward, step))


def _recomputed(config: ModelConfig, machine: Machine, tokens: int, kept: Kept) -> int:
    """What each block takes in, and all of one of them when its turn comes to run again."""
    width = _HALF if machine.precision == "bfloat16" else _FLOAT
    return config.depth * tokens * config.width * width + kept.block


def _compiles_here(machine: Machine) -> bool:
    """Whether the compiler's memory counts: on a GPU it lies in main memory."""
    return machine.compile and machine.device == "cpu"


def _output_layer(config: ModelConfig, machine: Machine, tokens: int) -> int:
    half = machine.precision == "bfloat16"
    width = _HALF if half else _FLOAT
    matrix = config.vocabulary * config.width
    logits = min(_LOGIT_ROWS, tokens) * config.vocabulary
    table = _COMPILED_LOGIT_TABLES * width if machine.compile else _EAGER_LOGIT_BYTES
    return (
        logits * table
        + _OUTPUT_GRADIENTS * matrix * _FLOAT
        + (matrix * _HALF if half else 0)
        + tokens * config.width * width
    )


def _gathered(config: ModelConfig, machine: Machine) -> int:
    """Embeddings and two blocks, with the gradients of the embeddings and of one block."""
    block = (config.parameters - config.embedding_parameters) // config.depth
    # On CPU the weights travel in float32 and are rounded where they arrive.
    half = machine.device != "cpu" and machine.precision == "bfloat16"
    weights = (config.embedding_parameters + 2 * block) * (_HALF if half else _FLOAT)
    return weights + (config.embedding_parameters + block) * _FLOAT


def _update(config: ModelConfig, machine: Machine, matrices: int, divided_by: int) -> int:
    """Muon's step: looked-ahead gradients, updates, and the largest stack of matrices alike."""
    from tertulia.train.muon import STACK_ENTRIES

    width = _HALF if machine.precision == "bfloat16" else _FLOAT
    square = config.heads * config.head_width * config.width
    shared = config.kv_heads * config.head_width * config.width
    # Gate and up are of one shape, so are query, output, key and value where heads are not shared.
    attention = 4 * square if square == shared else 2 * max(square, shared)
    feed_forward = config.hidden * config.width
    largest = config.depth * max(2 * feed_forward, attention) // divided_by
    largest = min(largest, max(STACK_ENTRIES, feed_forward, square))
    exchanged = _EXCHANGED_TABLES * _FLOAT if divided_by > 1 else 0
    of_all = matrices * (_FLOAT + width + exchanged)
    stacked = largest * (_FLOAT + _ORTHOGONAL_TABLES * width)
    return of_all // divided_by + stacked
