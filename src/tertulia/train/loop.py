"""The training loop that every objective shares.

A step is: forward and backward over micro-batches, the loss divided by the objective's weight of
the whole batch; the gradient norm in float64; the spike guard; the optimisers at the scheduled
rate. The loop resumes from the newest checkpoint to the same bits as if it had not stopped.

Several processes run the same loop in step: each computes every batch, takes its share of the
rows, and holds its rows of the parameters. What they decide by (loss, norm, a request to stop) is
summed over all of them once a step, so that they always decide alike.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tertulia.compute.machine import Machine
from tertulia.compute.world import current_world
from tertulia.errors import Resumable, StoreError
from tertulia.model.transformer import Transformer
from tertulia.progress import track
from tertulia.train.batch import MICRO_TOKENS, Batch, Objective, on_device
from tertulia.train.checkpoint import Rows, latest_checkpoint
from tertulia.train.checkpoint_writer import CheckpointWriter
from tertulia.train.forward import Forward
from tertulia.train.language_tally import LanguageTally
from tertulia.train.observer import Observer, RunFacts, StepReport
from tertulia.train.optimizer import ModelOptimizer, Rates
from tertulia.train.schedule import rate_factor
from tertulia.train.sharding import (
    Part,
    add_across_nodes,
    parts,
    replicas,
    shard,
    sum_over_ranks,
    take_gradients,
)
from tertulia.train.spike_guard import SpikeGuard
from tertulia.train.stop import StopRequest


@dataclass(frozen=True, kw_only=True)
class LoopSettings:
    """The part of a recipe's section that the loop itself reads."""

    rates: Rates
    warmup_fraction: float
    decay_fraction: float
    clip_norm: float = 1.0
    spike_factor: float = 8.0
    checkpoint_tokens: int = 250_000


@dataclass(frozen=True, kw_only=True)
class TrainingSummary:
    """What a finished run has to say."""

    steps: int
    tokens: int
    skipped_steps: int
    final_loss: float
    log: list[dict[str, float]]
    seconds: float
    """Of this attempt only, so no part of any digest."""
    resumed_at: int


class Loop:
    """One training run over one model, on the processes that train with this one."""

    def __init__(
        self,
        model: Transformer,
        objective: Objective,
        settings: LoopSettings,
        machine: Machine,
        scratch: Path,
        *,
        observers: Sequence[Observer] = (),
        token_bytes: Tensor | None = None,
    ) -> None:
        """`token_bytes` [V] is how many bytes of text each entry of the vocabulary stands for.

        With several processes the model is divided among them in place (`whole_model` puts it
        together again), all of them name the same `scratch`, and the first one's observers watch.
        """
        self.model, self.objective, self.settings = model, objective, settings
        self.machine, self.scratch = machine, scratch
        self._world = current_world()
        shard(model, machine)
        self._parts = parts(model)
        exact = machine.precision == "float32"
        self.optimizer = ModelOptimizer(
            self._parts, settings.rates, muon_dtype=torch.float32 if exact else torch.bfloat16
        )
        self.guard = SpikeGuard(settings.spike_factor)
        self.step = 0
        self.log: list[dict[str, float]] = []
        self._forward = Forward(model, machine)
        self._observers = observers if self._world.rank == 0 else ()
        self._token_bytes = token_bytes
        self._writer = CheckpointWriter(scratch, machine, self._world)
        self._stop = StopRequest()
        self._all_stop = False
        self._phase = ""

    def run(self, description: str) -> TrainingSummary:
        """Trains to the end; raises Resumable after a checkpoint when a signal asks for it."""
        self._phase = description
        self._restore()
        first, started = self.step, time.monotonic()
        self._begin()
        error: BaseException | None = None
        try:
            self._take_steps()
            self._writer.finish()
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._writer.give_up()
            for observer in self._observers:
                observer.ends(error)
        return TrainingSummary(
            steps=self.step,
            tokens=self._tokens,
            skipped_steps=self.guard.skipped,
            final_loss=_mean([row["loss"] for row in self.log[-20:]]),
            log=self.log,
            seconds=time.monotonic() - started,
            resumed_at=first * self.objective.tokens_per_step,
        )

    @property
    def _tokens(self) -> int:
        return self.step * self.objective.tokens_per_step

    def _begin(self) -> None:
        facts = RunFacts(
            description=self._phase,
            config=self.model.config,
            machine=self.machine,
            steps=self.objective.steps,
            tokens_per_step=self.objective.tokens_per_step,
            context=self.objective.context,
            first_step=self.step,
            refused=self.guard.skipped,
        )
        for observer in self._observers:
            observer.begins(facts)

    def _take_steps(self) -> None:
        every = max(1, self.settings.checkpoint_tokens // self.objective.tokens_per_step)
        left = range(self.step, self.objective.steps)
        with self._stop:
            for _ in track(left, self._phase) if self._world.rank == 0 else left:
                self._take_step()
                if self._all_stop or (self._stop.asked and self._world.size == 1):
                    self._save()
                    self._writer.finish()
                    raise Resumable(
                        "train.stopped",
                        f"stopped on request after {self._tokens} tokens",
                        remedy="Run the same command to go on",
                    )
                if self.step % every == 0 and self.step < self.objective.steps:
                    self._save()

    def _take_step(self) -> None:
        batch = self.objective.batch(self.step)
        tally = LanguageTally(self._token_bytes)
        total = self._backward(batch, tally)
        loss, norm = self._agree(batch, total, tally)
        factor = rate_factor(
            (self.step + 0.5) / self.objective.steps,
            warmup=self.settings.warmup_fraction,
            decay=self.settings.decay_fraction,
        )
        accepted = self.guard.accepts(norm if math.isfinite(loss) else math.nan)
        if accepted:
            self._clip(norm)
            self.optimizer.set_rate(factor)
            self.optimizer.step()
        else:
            self.optimizer.clear()
        self.step += 1
        self.log.append(
            {"tokens": self._tokens, "loss": loss, "rate": factor, "gradient_norm": norm}
        )
        report = StepReport(
            step=self.step,
            tokens=self._tokens,
            loss=loss,
            rate=factor,
            gradient_norm=norm,
            accepted=accepted,
            nats_by_language=dict(tally.nats),
            targets_by_language=tally.targets(),
        )
        for observer in self._observers:
            observer.stepped(report)
        self.guard.check(self._phase, step=self.step, loss=loss, norm=norm)

    def _backward(self, batch: Batch, tally: LanguageTally) -> float:
        """Adds up the gradients of this process' rows; returns their summed loss."""
        own = batch.share(self._world.rank, self._world.size)
        rows = max(1, min(len(own), MICRO_TOKENS // own.ids_BT.shape[1]))
        weight, total = self.objective.weight(batch), 0.0
        for first in range(0, len(own), rows):
            part = own.rows(slice(first, first + rows))
            add_across_nodes(self.model, first + rows >= len(own))
            found = self.objective.loss(self._forward, on_device(part, self.machine.device))
            (found.total / weight).backward()  # type: ignore[no-untyped-call]
            total += float(found.total.detach())
            if found.token_nats_BT is not None and (self._observers or self._world.size > 1):
                tally.add(part, found.token_nats_BT)
        take_gradients(self.optimizer.parts)
        return total

    def _agree(self, batch: Batch, total: float, tally: LanguageTally) -> tuple[float, float]:
        """Loss and gradient norm of the whole batch; the tally and a stop, of all processes too."""
        languages = sorted(set(batch.languages)) if self._world.size > 1 else []
        squared = squared_norm(self.optimizer.parts) / replicas(self.machine, self._world)
        flags = [float(self._stop.asked), float(self._writer.failed)]
        own = [total, squared, *flags, *tally.sums(languages)]
        total, squared, stop, failed, *sums = sum_over_ranks(own, self.machine.device)
        if failed:
            self._writer.raise_failure()
        tally.replace(languages, sums)
        # Alone, a signal is heeded at once; together, when all have heard of it.
        self._all_stop = stop > 0
        return total / self.objective.weight(batch), math.sqrt(squared)

    def _clip(self, norm: float) -> None:
        if norm > self.settings.clip_norm:
            locals_ = (part.local.grad for part in self.optimizer.parts)
            gradients = [gradient for gradient in locals_ if gradient is not None]
            torch._foreach_mul_(gradients, self.settings.clip_norm / norm)

    def _save(self) -> None:
        tensors = {
            f"model/{part.name}": Rows(values=part.local, first=part.first, rows=part.rows)
            for part in self.optimizer.parts
        }
        state: dict[str, Any] = {
            "step": self.step,
            "guard": self.guard.state(),
            "log": list(self.log),
        }
        self._writer.save(self._tokens, tensors | self.optimizer.state(), state)

    @torch.no_grad()
    def _restore(self) -> None:
        """Takes up the newest checkpoint, whatever the number of processes that wrote it."""
        world, device = self._world, self.machine.device
        self._writer.begin()
        # Also a barrier: nobody writes before what is stale has been cleared away.
        sum_over_ranks([0.0], device)
        checkpoint = latest_checkpoint(
            self.scratch,
            share=slice(world.rank, None, world.size),
            sum_over=lambda damaged: int(sum_over_ranks([damaged], device)[0]),
        )
        if checkpoint is not None:
            for part in self.optimizer.parts:
                rows = checkpoint.rows(f"model/{part.name}", part.first, part.local.shape[0])
                part.local.copy_(rows)
            self.optimizer.restore(checkpoint)
            self.guard.restore(checkpoint.state["guard"])
            self.step, self.log = int(checkpoint.state["step"]), list(checkpoint.state["log"])
        if sum_over_ranks([self.step], device)[0] != self.step * world.size:
            raise StoreError(
                "store.not-shared",
                "the processes do not see the same checkpoints",
                where=str(self.scratch),
                remedy="Put runs on a disk that all nodes see, then run the same command",
            )


def squared_norm(of: Sequence[Part]) -> float:
    """The sum of all squared gradients, in float64: in float32 it differs between rank counts."""
    squares = [
        torch.linalg.vector_norm(part.local.grad, dtype=torch.float64).square()
        for part in of
        if part.local.grad is not None
    ]
    return float(torch.stack(squares).sum()) if squares else 0.0


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan
