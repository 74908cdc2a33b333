"""What a recipe will take, computed before anything runs: parameters, tokens, operations, memory.

Times and prices are not guessed here. Operations count 6 per parameter and token for the matrices
and 12 * depth * width * context / 2 for attention (Chowdhery et al. 2022, PaLM, appendix B, halved
because the triangle above the diagonal is not needed).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tertulia.compute.machine import Machine
from tertulia.model.config import ModelConfig, config_from_spec
from tertulia.recipe.schema import Recipe
from tertulia.tokenizer.special import padded
from tertulia.train.batch import MICRO_TOKENS

_FLOAT = 4


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The figures of a run; memory in bytes, by what holds it."""

    parameters: int
    embedding_parameters: int
    tokens: int
    steps: int
    flops: float
    memory_bytes: dict[str, int]
    derived: dict[str, Any]


def plan_recipe(recipe: Recipe, machine: Machine) -> Plan:
    """Plans the pretraining of a checked recipe; raises RecipeError for an impossible shape."""
    config = config_from_spec(recipe.model, padded(recipe.tokenizer.vocabulary))
    batch_tokens = recipe.pretrain.batch_tokens
    steps = recipe.pretrain.tokens // batch_tokens
    tokens = steps * batch_tokens
    return Plan(
        parameters=config.parameters,
        embedding_parameters=config.embedding_parameters,
        tokens=tokens,
        steps=steps,
        flops=float(tokens) * flops_per_token(config),
        memory_bytes=_memory(config, recipe, machine),
        derived=config.as_dict() | derived_rates(recipe),
    )


def flops_per_token(config: ModelConfig) -> float:
    """Operations of one training token, forward and backward."""
    # A tied matrix is counted once as parameters but multiplied once, as the output layer.
    matrices = config.parameters - config.embedding_parameters + config.vocabulary * config.width
    attention = 6 * config.depth * config.heads * config.head_width * config.context
    return 6.0 * matrices + attention


def derived_rates(recipe: Recipe) -> dict[str, Any]:
    """The learning rates in force."""
    from tertulia.train.rates import pretrain_rates

    rates = pretrain_rates(recipe.model, recipe.pretrain)
    return {
        "learning_rate": rates.learning_rate,
        "embedding_learning_rate": rates.embedding_learning_rate,
    }


def _memory(config: ModelConfig, recipe: Recipe, machine: Machine) -> dict[str, int]:
    parameters = config.parameters
    matrices = parameters - config.embedding_parameters - config.width * (2 * config.depth + 1)
    # Muon keeps one momentum for each matrix entry, AdamW two for everything else.
    states = 2 * parameters - (matrices if recipe.pretrain.optimizer == "muon" else 0)
    width = 2 if machine.precision == "bfloat16" else _FLOAT
    tokens = min(MICRO_TOKENS, recipe.pretrain.batch_tokens)
    inner = config.heads * config.head_width
    kept = (
        6 * config.width + 2 * inner + 2 * config.kv_heads * config.head_width + 4 * config.hidden
    )
    return {
        "weights": parameters * _FLOAT,
        "gradients": parameters * _FLOAT,
        "optimizer": states * _FLOAT,
        "activations": tokens * config.depth * kept * width,
        "output_layer": 1024 * config.vocabulary * 3 * _FLOAT
        + config.vocabulary * config.width * _FLOAT,
    }
