"""A tiny training run, whole or cut short, for tests of the loop."""

from __future__ import annotations

from pathlib import Path

from tertulia.compute.machine import Machine
from tertulia.model.config import config_from_spec
from tertulia.model.transformer import Transformer
from tertulia.recipe.schema import ModelSpec
from tertulia.train.data_order import DataOrder
from tertulia.train.initialise import initialise
from tertulia.train.loop import Loop, LoopSettings
from tertulia.train.numerics import empty_model
from tertulia.train.optimizer import Rates
from tertulia.train.pretrain import Pretraining
from tests.train.shards import random_shard

CONTEXT, ROWS, STEPS = 16, 4, 24


def make_loop(
    scratch: Path,
    *,
    optimizer: str = "muon",
    machine: Machine | None = None,
    checkpoint_tokens: int = 8 * ROWS * CONTEXT,
    learning_rate: float = 0.02,
    model: Transformer | None = None,
) -> tuple[Transformer, Loop]:
    """A loop over a "1m" model, new unless given, and random documents in two languages."""
    machine = machine or Machine(name="test")
    shards = [random_shard("eu", 60, seed=0), random_shard("gl", 60, seed=1)]
    order = DataOrder(shards, {"eu": 0.5, "gl": 0.5}, context=CONTEXT, rows=ROWS * STEPS, seed=0)
    rates = Rates(
        optimizer=optimizer,  # type: ignore[arg-type]
        learning_rate=learning_rate,
        embedding_learning_rate=0.01,
        weight_decay=0.1,
    )
    settings = LoopSettings(
        rates=rates,
        warmup_fraction=0.1,
        decay_fraction=0.4,
        clip_norm=1.0,
        spike_factor=4.0,
        checkpoint_tokens=checkpoint_tokens,
    )
    if model is None:
        model = empty_model(config_from_spec(ModelSpec(size="1m", context=CONTEXT), 512), machine)
        initialise(model, 0)
    return model, Loop(model, Pretraining(order, ROWS), settings, machine, scratch)
