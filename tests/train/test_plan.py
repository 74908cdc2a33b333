"""The plan counts what the run will have: parameters, tokens, operations, memory by holder."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from tertulia.compute.machine import Machine
from tertulia.model.config import config_from_spec, to_hugging_face
from tertulia.recipe import load_recipe
from tertulia.train.plan import flops_per_token, plan_recipe

MACHINE = Machine(name="test")


def test_the_plan_of_the_quickstart_is_its_model() -> None:
    recipe = load_recipe("quickstart").recipe
    plan = plan_recipe(recipe, MACHINE)
    config = config_from_spec(recipe.model, recipe.tokenizer.vocabulary)
    assert plan.parameters == config.parameters
    assert plan.tokens == plan.steps * recipe.pretrain.batch_tokens <= recipe.pretrain.tokens
    assert plan.memory_bytes["weights"] == plan.memory_bytes["gradients"] == 4 * config.parameters
    assert plan.flops == pytest.approx(plan.tokens * flops_per_token(config))
    assert plan.derived["learning_rate"] == 0.008


def test_operations_are_six_a_parameter_and_token_plus_attention() -> None:
    config = config_from_spec(load_recipe("quickstart").recipe.model, 8192)
    alone = dataclasses.replace(config, context=1)
    # A tied embedding is multiplied once, as the output matrix, and so counts like any other.
    assert flops_per_token(alone) == pytest.approx(6 * config.parameters, rel=0.01)
    per_position = 6 * config.depth * config.width
    assert flops_per_token(config) - flops_per_token(alone) == per_position * (config.context - 1)


def test_the_plan_of_a_base_model_that_is_not_here_is_unknown() -> None:
    recipe = load_recipe("quickstart").recipe
    continued = recipe.model_copy(
        update={"model": recipe.model.model_copy(update={"base": "some-model"})}
    )
    plan = plan_recipe(continued, MACHINE)
    assert plan.tokens == plan_recipe(recipe, MACHINE).tokens
    assert (plan.parameters, plan.flops, plan.peak_bytes, plan.fit) == (None, None, None, None)
    assert plan.memory_bytes == {}
    assert plan.cost.hours is None


def test_a_base_model_that_is_here_gives_its_shape(tmp_path: Path) -> None:
    recipe = load_recipe("quickstart").recipe
    config = config_from_spec(recipe.model, 512)
    (tmp_path / "config.json").write_text(json.dumps(to_hugging_face(config)))
    model = recipe.model.model_copy(update={"base": "some-model", "context": 128})
    plan = plan_recipe(recipe.model_copy(update={"model": model}), MACHINE, tmp_path)
    # The quickstart asks for a vocabulary of its own, so the base's embeddings are exchanged.
    assert plan.derived["vocabulary"] == 8192
    assert plan.derived["context"] == 128
    assert plan.derived["depth"] == config.depth


def test_adamw_keeps_two_moments_where_muon_keeps_one() -> None:
    recipe = load_recipe("quickstart").recipe
    adamw = recipe.model_copy(
        update={"pretrain": recipe.pretrain.model_copy(update={"optimizer": "adamw"})}
    )
    more = plan_recipe(adamw, MACHINE).memory_bytes["optimizer"]
    assert more == 8 * plan_recipe(recipe, MACHINE).parameters
    assert plan_recipe(recipe, MACHINE).memory_bytes["optimizer"] < more
