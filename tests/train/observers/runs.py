"""Reports of made-up steps."""

from __future__ import annotations

from tertulia.compute.machine import Machine
from tertulia.model.config import config_from_spec
from tertulia.recipe.schema import ModelSpec
from tertulia.train.observer import RunFacts, StepReport

CONFIG = config_from_spec(ModelSpec(size="1m", context=16), 512)
TOKENS_PER_STEP = 1000


def facts(
    *,
    steps: int = 100,
    first_step: int = 0,
    machine: Machine | None = None,
    tokens_per_step: int = TOKENS_PER_STEP,
    refused: int = 0,
) -> RunFacts:
    """A run over the "1m" model."""
    return RunFacts(
        description="pretrain",
        config=CONFIG,
        machine=machine or Machine(name="test"),
        steps=steps,
        tokens_per_step=tokens_per_step,
        context=CONFIG.context,
        first_step=first_step,
        refused=refused,
    )


def step(
    number: int,
    *,
    loss: float = 2.0,
    norm: float = 1.0,
    accepted: bool = True,
    nats: dict[str, float] | None = None,
    size: int = 800,
) -> StepReport:
    """A step in which each language has 250 tokens and `size` bytes."""
    nats = {"eu": 500.0, "gl": 250.0} if nats is None else nats
    return StepReport(
        step=number,
        tokens=number * TOKENS_PER_STEP,
        loss=loss,
        rate=1.0,
        gradient_norm=norm,
        accepted=accepted,
        nats_by_language=nats,
        targets_by_language={language: {"tokens": 250, "bytes": size} for language in nats},
    )


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time
