"""What a training loop tells those who watch it; nothing they do changes a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tertulia.compute.machine import Machine
from tertulia.model.config import ModelConfig


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """A run as it begins, or goes on."""

    description: str
    config: ModelConfig
    machine: Machine
    steps: int
    tokens_per_step: int
    context: int
    """Tokens of a training sequence; a continued model's own context may be longer."""
    first_step: int
    """Zero, or where a checkpoint left off."""
    refused: int = 0
    """Steps that the spike guard refused before it left off."""


@dataclass(frozen=True, kw_only=True)
class StepReport:
    """One optimiser step, summed over all processes."""

    step: int
    """Steps taken, this one included."""
    tokens: int
    loss: float
    rate: float
    """Share of the peak learning rate."""
    gradient_norm: float
    accepted: bool
    """False where the spike guard refused the update."""
    nats_by_language: Mapping[str, float] = field(default_factory=dict)
    targets_by_language: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Of the same tokens: `tokens`, and `bytes` where the loop was told what a token holds."""


class Observer(Protocol):
    """Someone who watches a run. Only the first process has any."""

    def begins(self, facts: RunFacts) -> None:
        """Called once before the first step of this attempt."""
        ...

    def stepped(self, report: StepReport) -> None:
        """Called after each step."""
        ...

    def ends(self, error: BaseException | None) -> None:
        """Called once, whether the run finished or an error ended it."""
        ...
