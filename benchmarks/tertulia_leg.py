"""tertulia's side of a paired run: its Loop, as the stage `pretrain` calls it."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.starter_tokens import StarterTokens, starter_tokens
from benchmarks.timed_leg import LegSpec, LegTimes, times_of
from tertulia.model.config import ModelConfig, config_from_spec
from tertulia.model.transformer import Transformer
from tertulia.tokenizer.tokenizer import load_tokenizer
from tertulia.train.batch import Batch, NextTokenObjective
from tertulia.train.data_order import DataOrder
from tertulia.train.initialise import initialise
from tertulia.train.loop import Loop, LoopSettings
from tertulia.train.numerics import empty_model, numeric_settings
from tertulia.train.pretrain import Pretraining
from tertulia.train.rates import pretrain_rates
from tertulia.train.token_shards import open_shards, read_mixture


class Timed(NextTokenObjective):
    """Pretraining that notes when each step asks for its batch, which is the step's begin."""

    def __init__(self, inner: Pretraining) -> None:
        self.inner, self.context = inner, inner.context
        self.begins: list[float] = []

    @property
    def steps(self) -> int:
        """Whole batches in the data order."""
        return self.inner.steps

    @property
    def tokens_per_step(self) -> int:
        """Tokens of a batch."""
        return self.inner.tokens_per_step

    def batch(self, step: int) -> Batch:
        """The batch of a step."""
        self.begins.append(time.perf_counter())
        return self.inner.batch(step)


def pretraining_of(spec: LegSpec) -> tuple[StarterTokens, ModelConfig, Pretraining]:
    """The recipe, its model's shape, and as many batches as the leg takes."""
    found = starter_tokens(spec.recipe, Path(spec.runs_dir))
    vocabulary = load_tokenizer(found.tokenizer).vocabulary
    config = config_from_spec(found.recipe.model, vocabulary)
    rows = found.recipe.pretrain.batch_tokens // config.context
    order = DataOrder(
        open_shards(found.tokens, found.recipe.languages, vocabulary),
        read_mixture(found.tokens),
        context=config.context,
        rows=rows * (spec.warm_up + spec.steps + 1),
        seed=found.recipe.seed,
    )
    return found, config, Pretraining(order, rows)


def loop_settings(spec: LegSpec, found: StarterTokens) -> LoopSettings:
    """The recipe's own, checkpoints included, with the leg's optimiser."""
    section = found.recipe.pretrain.model_copy(update={"optimizer": spec.optimizer})
    if spec.optimizer != found.recipe.pretrain.optimizer:
        # A rate written for one optimiser says nothing of the other.
        section = section.model_copy(update={"learning_rate": None})
    return LoopSettings(
        rates=pretrain_rates(found.recipe.model, section),
        warmup_fraction=section.warmup_fraction,
        decay_fraction=section.decay_fraction,
        clip_norm=section.clip_norm,
        spike_factor=section.spike_factor,
        checkpoint_tokens=section.checkpoint_tokens,
    )


def train(spec: LegSpec) -> LegTimes:
    """Trains and times; determinism as the leg says."""
    _, timed, loss = trained(spec)
    return times_of(timed.begins, spec, timed.tokens_per_step, loss)


def trained(spec: LegSpec) -> tuple[Transformer, Timed, float]:
    """The model, when each step began, and the mean loss."""
    found, config, pretraining = pretraining_of(spec)
    timed = Timed(pretraining)
    memory: Any = torch.utils.deterministic
    with tempfile.TemporaryDirectory() as scratch, numeric_settings(spec.machine):
        # What the pipeline sets, unless the leg is there to see what that costs.
        torch.use_deterministic_algorithms(spec.deterministic)
        memory.fill_uninitialized_memory = spec.fill_memory
        model = empty_model(config, spec.machine)
        initialise(model, found.recipe.seed)
        settings = loop_settings(spec, found)
        summary = Loop(model, timed, settings, spec.machine, Path(scratch)).run("leg")
    return model, timed, _mean_loss(summary.log)


def _mean_loss(log: list[dict[str, float]]) -> float:
    return sum(row["loss"] for row in log) / len(log)


def initial_weights(spec: LegSpec, found: StarterTokens, config: ModelConfig) -> dict[str, Any]:
    """The state that training begins from, for a peer to begin from the same."""
    machine = dataclasses.replace(spec.machine, compile=False)
    model = empty_model(config, machine)
    initialise(model, found.recipe.seed)
    return dict(model.state_dict())
