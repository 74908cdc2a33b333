"""One of the processes that train `test_objective_processes`' cases, started as a module.

`python -m tests.equivalence.objective_process FOLDER`: trains each case in `FOLDER/CASE`; the first
process writes the loss curve to `FOLDER/CASE/log.json` and the model to `FOLDER/CASE/model`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import torch

from tertulia.compute.machine import Machine
from tertulia.compute.world import RENDEZVOUS_FILE, joined, open_store, world_from_environment
from tertulia.model.config import config_from_spec
from tertulia.model.disk import save_model
from tertulia.model.lora import merge
from tertulia.model.transformer import Transformer
from tertulia.recipe.lora_spec import LoraSpec
from tertulia.recipe.schema import ModelSpec
from tertulia.train import contrastive, loop, preference
from tertulia.train.batch import Objective
from tertulia.train.contrastive import ContrastiveTuning
from tertulia.train.forward import Forward
from tertulia.train.initialise import initialise
from tertulia.train.loop import Loop, LoopSettings
from tertulia.train.lora import adapt
from tertulia.train.numerics import empty_model, numeric_settings
from tertulia.train.optimizer import Rates
from tertulia.train.preference import PreferenceTuning, reference_log_probabilities
from tertulia.train.preference_data import Answer, PreferencePair
from tertulia.train.sharding import shard, whole_model

CASES = ("dpo", "orpo", "dpo-lora", "contrastive")
CONTEXT, ROWS, VOCABULARY = 48, 6, 512
_MACHINE = Machine(name="test", precision="float32")


def _pairs(count: int) -> list[PreferencePair]:
    generator = np.random.default_rng(3)

    def answer(prompt: list[int]) -> Answer:
        words = generator.integers(64, VOCABULARY, size=int(generator.integers(1, 12)))
        spoken = [0] * len(prompt) + [1] * len(words)
        return Answer(ids=np.array([*prompt, *words]), answered=np.array(spoken))

    prompts = [[1, *generator.integers(64, VOCABULARY, size=5).tolist()] for _ in range(count)]
    return [PreferencePair(chosen=answer(p), rejected=answer(p)) for p in prompts]


def _objective(case: str, model: Transformer) -> Objective:
    """Rows hold different numbers of pairs, and the last batch ends in empty ones."""
    pairs = _pairs(100)
    if case == "contrastive":
        sentences = [(pair.chosen.ids, pair.rejected.ids[1:]) for pair in pairs]
        return ContrastiveTuning(sentences, context=CONTEXT, batch_rows=ROWS, epochs=1, seed=0)
    reference = None
    if case != "orpo":
        reference = reference_log_probabilities(Forward(model, _MACHINE), pairs, CONTEXT)
    return PreferenceTuning(
        pairs,
        context=CONTEXT,
        batch_rows=ROWS,
        method="orpo" if case == "orpo" else "dpo",
        beta=0.2,
        epochs=1,
        seed=0,
        reference_N2=reference,
    )


def train(case: str, folder: Path) -> None:
    """Trains one case; the reference is found with the model divided already."""
    config = config_from_spec(ModelSpec(size="1m", context=CONTEXT), VOCABULARY)
    model = empty_model(config, _MACHINE)
    initialise(model, 0)
    lora = case.endswith("lora")
    adapt(model, LoraSpec(rank=4) if lora else None, seed=0)
    shard(model, _MACHINE)
    rates = Rates(
        optimizer="adamw" if lora else "muon",
        learning_rate=0.01,
        embedding_learning_rate=0.003,
        weight_decay=0.0,
    )
    settings = LoopSettings(rates=rates, warmup_fraction=0.1, decay_fraction=0.4)
    summary = Loop(model, _objective(case, model), settings, _MACHINE, folder).run(case)
    whole = whole_model(model)
    if whole is not None:
        (folder / "model").mkdir(parents=True)
        save_model(merge(whole), folder / "model")
        (folder / "log.json").write_text(json.dumps(summary.log))


def main() -> None:
    for module in (loop, contrastive, preference):
        module.MICRO_TOKENS = 2 * CONTEXT
    world = world_from_environment()
    with contextlib.ExitStack() as stack:
        stack.enter_context(numeric_settings(_MACHINE))
        if world.size > 1:
            store = open_store(world, os.environ[RENDEZVOUS_FILE])
            stack.enter_context(joined(world, "cpu", store, "test"))
        for case in CASES:
            train(case, Path(sys.argv[1]) / case)


if __name__ == "__main__":
    torch.set_num_interop_threads(1)
    main()
