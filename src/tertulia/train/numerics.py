"""The process-wide settings that decide the bits of a result, set for a while and put back.

Compiled CPU code with two threads was measured to differ from run to run without deterministic
algorithms, and to be bit-identical with them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import torch

from tertulia.compute.machine import Machine
from tertulia.model.config import ModelConfig
from tertulia.model.transformer import Transformer


@contextlib.contextmanager
def numeric_settings(machine: Machine) -> Iterator[None]:
    """Threads and determinism as the machine says; restored on leaving."""
    threads = torch.get_num_threads()
    memory: Any = torch.utils.deterministic
    deterministic = torch.are_deterministic_algorithms_enabled()
    filled = memory.fill_uninitialized_memory
    if machine.device == "cuda":
        # cuBLAS is only deterministic with a workspace of fixed size.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.set_num_threads(machine.threads)
    torch.use_deterministic_algorithms(True)
    # Filling fresh memory guards against reading it uninitialised; it costs a pass over each
    # new tensor and changes no result of code that does not.
    memory.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(deterministic)
        memory.fill_uninitialized_memory = filled


def autocast(machine: Machine) -> contextlib.AbstractContextManager[object]:
    """Matrix products in bfloat16 where the machine says so."""
    return torch.autocast(
        machine.device, dtype=torch.bfloat16, enabled=machine.precision == "bfloat16"
    )


def empty_model(config: ModelConfig, machine: Machine) -> Transformer:
    """A model of this shape on the machine's device, its values not yet set."""
    with torch.device("meta"):
        model = Transformer(config)
    model.to_empty(device=machine.device)
    if config.tied:
        # to_empty gives each name its own storage; the tie has to be made again.
        model.lm_head.weight = model.model.embed_tokens.weight
    return model
