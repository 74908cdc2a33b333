"""What a recipe will take, computed before anything runs: parameters, memory, time, energy, money.

Operations count 6 per parameter and token for the matrices and 12 * depth * width * context / 2
for attention (Chowdhery et al. 2022, PaLM, appendix B, halved because the triangle above the
diagonal is not needed). The plan is of pretraining, which takes nearly all of a run's time.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tertulia.compute.machine import Machine
from tertulia.model.config import ModelConfig, config_from_spec
from tertulia.recipe.base_spec import keeps_tokenizer
from tertulia.recipe.schema import Recipe
from tertulia.tokenizer.special import padded
from tertulia.train.cost import Cost, cost_of
from tertulia.train.layout import Fit, Layout, fit_of, layout_of, memory_of, room_of


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The figures of a run; those of a base model that is not here are None or empty."""

    parameters: int | None
    embedding_parameters: int | None
    tokens: int
    steps: int
    flops: float | None
    """Operations of the whole training."""
    memory_bytes: dict[str, int]
    """Of each process, by what holds it; not all of it is there at the same time."""
    peak_bytes: int | None
    """The most that a process holds at any moment."""
    room_bytes: int | None
    """What a process may hold; None where the profile does not tell."""
    layout: Layout
    fit: Fit | None
    """None where the room is unknown."""
    cost: Cost
    derived: dict[str, Any]


def plan_recipe(recipe: Recipe, machine: Machine, base: Path | None = None) -> Plan:
    """Plans the pretraining of a checked recipe; raises RecipeError for an impossible shape.

    `base` is where the base model lies that the recipe names, None where it is not here.
    """
    steps = recipe.pretrain.tokens // recipe.pretrain.batch_tokens
    tokens = steps * recipe.pretrain.batch_tokens
    config, layout = _config(recipe, base), layout_of(recipe, machine)
    per_token = None if config is None else flops_per_token(config, recipe.model.context)
    memory = None if config is None else memory_of(config, recipe, machine)
    return Plan(
        parameters=None if config is None else config.parameters,
        embedding_parameters=None if config is None else config.embedding_parameters,
        tokens=tokens,
        steps=steps,
        flops=None if per_token is None else tokens * per_token,
        memory_bytes={} if memory is None else memory.parts,
        peak_bytes=None if memory is None else memory.peak,
        room_bytes=room_of(machine),
        layout=layout,
        fit=None if config is None else fit_of(config, recipe, machine),
        cost=cost_of(
            machine,
            layout,
            tokens=tokens,
            steps=steps,
            flops_per_token=per_token,
            parameters=0 if config is None else config.parameters,
        ),
        derived=({} if config is None else config.as_dict()) | derived_rates(recipe),
    )


def flops_per_token(config: ModelConfig, context: int | None = None) -> float:
    """Operations of one training token, forward and backward, in sequences of `context` tokens.

    Without it, in sequences as long as the model can take.
    """
    # A tied matrix is counted once as parameters but multiplied once, as the output layer.
    matrices = config.parameters - config.embedding_parameters + config.vocabulary * config.width
    attention = 6 * config.depth * config.heads * config.head_width * (context or config.context)
    return 6.0 * matrices + attention


def derived_rates(recipe: Recipe) -> dict[str, Any]:
    """The learning rates in force."""
    from tertulia.train.rates import pretrain_rates

    rates = pretrain_rates(recipe.model, recipe.pretrain)
    return {
        "learning_rate": rates.learning_rate,
        "embedding_learning_rate": rates.embedding_learning_rate,
    }


def _config(recipe: Recipe, base: Path | None) -> ModelConfig | None:
    """The shape that is trained, at the context of training; None where the base is not here."""
    vocabulary = padded(recipe.tokenizer.vocabulary)
    if recipe.model.base is None:
        return config_from_spec(recipe.model, vocabulary)
    if base is None:
        return None
    from tertulia.model.disk import read_config

    config = dataclasses.replace(read_config(base), context=recipe.model.context)
    if keeps_tokenizer(recipe):
        return config
    return dataclasses.replace(config, vocabulary=vocabulary)
