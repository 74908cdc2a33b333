"""The plain loop's side of a paired run: `plain_training`'s step on the rows of the others.

Same shape, first weights, rows, targets, batch, precision and threads. The model is `plain_model`,
compiled whole with its loss; no documents apart, no checkpoints, no deterministic algorithms.
"""

from __future__ import annotations

import time

import torch

from benchmarks.plain_model import PlainModel
from benchmarks.plain_training import plain_loss, plain_optimizers
from benchmarks.tertulia_leg import initial_weights, pretraining_of
from benchmarks.timed_leg import LegSpec, LegTimes, times_of


def train(spec: LegSpec) -> LegTimes:
    """Trains and times."""
    found, config, pretraining = pretraining_of(spec)
    torch.set_num_threads(spec.threads)
    model = PlainModel(config)
    model.load_state_dict(initial_weights(spec, found, config))
    optimizers = plain_optimizers(model, muon=spec.optimizer == "muon")
    loss_of = torch.compile(plain_loss) if spec.compile else plain_loss
    begins, losses = [], []
    for step in range(pretraining.steps):
        begins.append(time.perf_counter())
        batch = pretraining.batch(step)
        ids_BT, targets_BT = torch.from_numpy(batch.ids_BT), torch.from_numpy(batch.targets_BT)
        loss = loss_of(model, ids_BT, targets_BT, spec.precision == "bfloat16")
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
    return times_of(begins, spec, pretraining.tokens_per_step, sum(losses) / len(losses))
