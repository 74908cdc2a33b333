"""The training loop that every objective shares.

A step is: forward and backward over micro-batches, the loss divided by the objective's weight of
the whole batch; the gradient norm in float64; the spike guard; the optimisers at the scheduled
rate. The loop resumes from the newest checkpoint to the same bits as if it had not stopped.
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
from tertulia.errors import Resumable
from tertulia.model.transformer import Transformer
from tertulia.progress import track
from tertulia.train.batch import MICRO_TOKENS, Batch, Objective, on_device
from tertulia.train.checkpoint import Checkpoint, latest_checkpoint, save_checkpoint
from tertulia.train.forward import Forward
from tertulia.train.language_tally import LanguageTally
from tertulia.train.observer import Observer, RunFacts, StepReport
from tertulia.train.optimizer import ModelOptimizer, Rates
from tertulia.train.schedule import rate_factor
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
    """One training run over one model."""

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
        """`token_bytes` [V] is how many bytes of text each entry of the vocabulary stands for."""
        self.model, self.objective, self.settings = model, objective, settings
        self.machine, self.scratch = machine, scratch
        self.optimizer = ModelOptimizer(model, settings.rates)
        self.guard = SpikeGuard(settings.spike_factor)
        self.step = 0
        self.log: list[dict[str, float]] = []
        self._forward = Forward(model, machine)
        self._observers, self._token_bytes = observers, token_bytes

    def run(self, description: str) -> TrainingSummary:
        """Trains to the end; raises Resumable after a checkpoint when a signal asks for it."""
        self._restore()
        first, started = self.step, time.monotonic()
        self._begin(description)
        error: BaseException | None = None
        try:
            self._take_steps(description)
        except BaseException as raised:
            error = raised
            raise
        finally:
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

    def _begin(self, description: str) -> None:
        facts = RunFacts(
            description=description,
            config=self.model.config,
            machine=self.machine,
            steps=self.objective.steps,
            tokens_per_step=self.objective.tokens_per_step,
            first_step=self.step,
        )
        for observer in self._observers:
            observer.begins(facts)

    def _take_steps(self, description: str) -> None:
        every = max(1, self.settings.checkpoint_tokens // self.objective.tokens_per_step)
        with StopRequest() as stop:
            for _ in track(range(self.step, self.objective.steps), description):
                self._take_step()
                if stop.asked:
                    self._save()
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
        loss = self._backward(batch, tally)
        norm = gradient_norm(self.model)
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

    def _backward(self, batch: Batch, tally: LanguageTally) -> float:
        rows = max(1, min(len(batch), MICRO_TOKENS // batch.ids_BT.shape[1]))
        weight, total = self.objective.weight(batch), 0.0
        for first in range(0, len(batch), rows):
            part = batch.rows(slice(first, first + rows))
            found = self.objective.loss(self._forward, on_device(part, self.machine.device))
            (found.total / weight).backward()  # type: ignore[no-untyped-call]
            total += float(found.total.detach())
            if found.token_nats_BT is not None and self._observers:
                tally.add(part, found.token_nats_BT)
        return total / weight

    def _clip(self, norm: float) -> None:
        if norm > self.settings.clip_norm:
            gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
            torch._foreach_mul_(gradients, self.settings.clip_norm / norm)

    def _save(self) -> None:
        tensors = {f"model/{name}": p.detach() for name, p in self.model.named_parameters()}
        tensors |= self.optimizer.state()
        state: dict[str, Any] = {"step": self.step, "guard": self.guard.state(), "log": self.log}
        save_checkpoint(self.scratch, self._tokens, Checkpoint(tensors=tensors, state=state))

    @torch.no_grad()
    def _restore(self) -> None:
        checkpoint = latest_checkpoint(self.scratch)
        if checkpoint is None:
            return
        for name, parameter in self.model.named_parameters():
            parameter.copy_(checkpoint.tensors[f"model/{name}"])
        self.optimizer.restore(checkpoint.tensors)
        self.guard.restore(checkpoint.state["guard"])
        self.step, self.log = int(checkpoint.state["step"]), list(checkpoint.state["log"])


def gradient_norm(model: Transformer) -> float:
    """The norm of all gradients, in float64: in float32 it differs between rank counts."""
    squares = [
        torch.linalg.vector_norm(p.grad, dtype=torch.float64).square()
        for p in model.parameters()
        if p.grad is not None
    ]
    return math.sqrt(float(torch.stack(squares).sum())) if squares else 0.0


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan
