"""One of the processes that train the cases of `test_processes` together, started as a module.

`python -m tests.equivalence.training_process FOLDER [STOP]`: trains each case in `FOLDER/CASE`,
going on from its checkpoints; with STOP, only up to that step. The first process writes the loss
curve to `FOLDER/CASE/log.json`, the model to `FOLDER/CASE/model`, and a line to `begun.txt` there
with the step at which this attempt began.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
from pathlib import Path

import numpy as np
import torch

from tertulia.compute.machine import Machine
from tertulia.compute.world import RENDEZVOUS_FILE, joined, open_store, world_from_environment
from tertulia.errors import Resumable
from tertulia.model.config import config_from_spec
from tertulia.model.disk import save_model
from tertulia.recipe.schema import ModelSpec
from tertulia.train import loop as loop_module
from tertulia.train.batch import Batch, Objective
from tertulia.train.conversations import Conversation, InstructionTuning
from tertulia.train.data_order import DataOrder
from tertulia.train.initialise import initialise
from tertulia.train.loop import Loop, LoopSettings
from tertulia.train.loss import IGNORED
from tertulia.train.numerics import numeric_settings
from tertulia.train.optimizer import Rates
from tertulia.train.pretrain import Pretraining
from tertulia.train.sharding import new_model, whole_model
from tests.train.shards import random_shard

CASES = ("muon-tied", "adamw-untied", "sft")
CONTEXT, ROWS, STEPS, VOCABULARY = 32, 8, 50, 512
CLIP_NORM = 2.0
_MACHINE = Machine(name="test", precision="float32")


class UnevenPretraining(Pretraining):
    """Pretraining whose rows count from a third to all of their targets, so no two ranks alike."""

    def batch(self, step: int) -> Batch:
        batch = super().batch(step)
        for row, targets_T in enumerate(batch.targets_BT):
            targets_T[: (row * 7 + step) % 3 * CONTEXT // 3] = IGNORED
        return batch


def _order(rows: int) -> DataOrder:
    shards = [random_shard("eu", 200, seed=0), random_shard("gl", 200, seed=1)]
    return DataOrder(shards, {"eu": 0.5, "gl": 0.5}, context=CONTEXT, rows=rows, seed=0)


def _conversations(count: int) -> list[Conversation]:
    generator = np.random.default_rng(5)
    found = []
    for _ in range(count):
        ids = generator.integers(64, VOCABULARY, size=int(generator.integers(8, CONTEXT + 1)))
        found.append(Conversation(ids=ids, spoken=(np.arange(len(ids)) > 4).astype(np.int64)))
    return found


def objective_of(case: str) -> Objective:
    """What a case trains on; the last batch of `sft` has fewer rows than the others."""
    if case != "sft":
        return UnevenPretraining(_order(ROWS * STEPS), ROWS)
    return InstructionTuning(
        _conversations(260), _order(64), batch_rows=ROWS, replay_fraction=0.25, epochs=1, seed=0
    )


def loop_of(case: str, folder: Path) -> Loop:
    """A loop over the case's model, whose micro-batches are of two rows."""
    config = config_from_spec(ModelSpec(size="1m", context=CONTEXT), VOCABULARY)
    config = dataclasses.replace(config, tied=case != "adamw-untied")
    model = new_model(config, _MACHINE)
    initialise(model, 0)
    adamw = case == "adamw-untied"
    rates = Rates(
        optimizer="adamw" if adamw else "muon",
        learning_rate=0.003 if adamw else 0.01,
        embedding_learning_rate=0.003,
        weight_decay=0.1,
    )
    settings = LoopSettings(
        rates=rates,
        warmup_fraction=0.1,
        decay_fraction=0.4,
        clip_norm=CLIP_NORM,
        checkpoint_tokens=7 * ROWS * CONTEXT,
    )
    return Loop(model, objective_of(case), settings, _MACHINE, folder)


def train(case: str, folder: Path, stop: int | None) -> None:
    """Trains one case to its end, or to the step at which a stop is asked for."""
    loop = loop_of(case, folder)
    take, begun = loop._take_step, []

    def take_step() -> None:
        begun.append(loop.step)
        # One process asks, at the beginning of the step after which all are to stop.
        if loop.step + 1 == stop and loop._world.rank == loop._world.size - 1:
            loop._stop.asked = True
        take()

    loop._take_step = take_step  # type: ignore[method-assign]
    with contextlib.suppress(Resumable):
        loop.run(case)
    model = whole_model(loop.model)
    if model is not None:
        (folder / "model").mkdir(parents=True, exist_ok=True)
        save_model(model, folder / "model")
        (folder / "log.json").write_text(json.dumps(loop.log))
        with (folder / "begun.txt").open("a") as file:
            file.write(f"{begun[0]}\n")


def main() -> None:
    folder = Path(sys.argv[1])
    stop = int(sys.argv[2]) if len(sys.argv) > 2 else None
    loop_module.MICRO_TOKENS = 2 * CONTEXT
    world = world_from_environment()
    with contextlib.ExitStack() as stack:
        stack.enter_context(numeric_settings(_MACHINE))
        if world.size > 1:
            store = open_store(world, os.environ[RENDEZVOUS_FILE])
            stack.enter_context(joined(world, "cpu", store, "test"))
        for case in CASES:
            train(case, folder / case, stop)


if __name__ == "__main__":
    torch.set_num_interop_threads(1)
    main()
