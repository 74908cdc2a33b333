"""Memory is predicted from the model's own code: what it keeps, and the moment that needs most."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.model.config import config_from_spec
from tertulia.model.transformer import Transformer
from tertulia.recipe.schema import ModelSpec
from tertulia.train.activations import kept_for_backward
from tertulia.train.memory import Memory, process_memory
from tertulia.train.numerics import autocast

CONFIG = config_from_spec(ModelSpec(size="1m", depth=3, context=32), 512)
FLOAT = Machine(name="float")
HALF = Machine(name="half", precision="bfloat16")


def really_kept(machine: Machine, rows: int) -> int:
    """Bytes that a real forward pass keeps, weights left out."""
    model = Transformer(CONFIG)
    ids_BT = torch.zeros(rows, CONFIG.context, dtype=torch.int64)
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t), autocast(machine):
        hidden_BTD = model.hidden(ids_BT, documents_BT=ids_BT)
    assert hidden_BTD.requires_grad
    return sum(storage.nbytes() for storage in kept.values())


@pytest.mark.parametrize("machine", [FLOAT, HALF], ids=lambda machine: machine.precision)
def test_what_is_kept_is_what_a_real_pass_keeps(machine: Machine) -> None:
    assert kept_for_backward(CONFIG, 4, 32, machine).total == really_kept(machine, 4)


def test_a_compiled_model_keeps_less() -> None:
    compiled = dataclasses.replace(FLOAT, compile=True)
    eager = kept_for_backward(CONFIG, 4, 32, FLOAT)
    assert 0 < kept_for_backward(CONFIG, 4, 32, compiled).total < eager.total


def test_a_model_of_forty_billion_is_measured_without_its_memory() -> None:
    config = config_from_spec(ModelSpec(size="40b", context=2048), 262_144)
    assert kept_for_backward(config, 4, 2048, HALF).total > 10**11


def memory(**changes: object) -> Memory:
    arguments = {"optimizer": "adamw", "rows": 4, "context": 32, "accumulates": False}
    return process_memory(CONFIG, FLOAT, **{**arguments, **changes})  # type: ignore[arg-type]


def test_all_parts_are_never_there_at_once() -> None:
    found = memory()
    assert max(found.parts.values()) < found.peak < sum(found.parts.values())


def test_gradients_stay_from_pass_to_pass() -> None:
    gradients = memory().parts["gradients"]
    large = {"rows": 256}
    assert memory(accumulates=True, **large).peak == memory(**large).peak + gradients


def test_muon_copies_matrices_in_its_step_and_adamw_does_not() -> None:
    assert memory(optimizer="muon").parts["update"] > 0
    assert memory().parts["update"] == 0
