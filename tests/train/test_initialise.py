"""First weights depend on seed, name and place alone, whatever part is made and in what order."""

from __future__ import annotations

import torch

from tertulia.compute.machine import Machine
from tertulia.model.config import config_from_spec
from tertulia.recipe.schema import ModelSpec
from tertulia.train.initialise import initialise, normal_rows
from tertulia.train.numerics import empty_model


def test_a_part_equals_the_same_part_of_the_whole() -> None:
    whole = normal_rows(7, "a.weight", 0, 100, 48)
    assert torch.equal(normal_rows(7, "a.weight", 30, 20, 48), whole[30:50])


def test_values_are_standard_normal() -> None:
    values = normal_rows(0, "b.weight", 0, 1000, 256).double()
    assert abs(values.mean().item()) < 0.01
    assert abs(values.std().item() - 1) < 0.01
    assert abs((values.abs() < 1).double().mean().item() - 0.6827) < 0.005


def test_names_and_seeds_give_unrelated_values() -> None:
    one = normal_rows(0, "a.weight", 0, 200, 64).flatten()
    for other in (normal_rows(1, "a.weight", 0, 200, 64), normal_rows(0, "b.weight", 0, 200, 64)):
        correlation = torch.corrcoef(torch.stack((one, other.flatten())))[0, 1]
        assert abs(correlation.item()) < 0.05


def test_a_model_from_meta_is_filled_whole_and_alike() -> None:
    config = config_from_spec(ModelSpec(size="1m"), 256)
    models = [empty_model(config, Machine(name="test")) for _ in range(2)]
    for model in models:
        initialise(model, 3)
    for name, value in models[0].state_dict().items():
        assert torch.equal(models[1].state_dict()[name], value), name
        assert torch.isfinite(value).all(), name
    assert models[0].lm_head.weight is models[0].model.embed_tokens.weight
