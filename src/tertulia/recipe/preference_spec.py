"""`[align.preference]`: which of two answers is the better one, after instruction tuning."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tertulia.recipe.section import PositiveCount, Section


class PreferenceSpec(Section):
    """A second phase of the align stage, on pairs of a chosen and a rejected answer."""

    sources: tuple[str, ...] = Field(min_length=1)
    """Names, resolved as in `corpus.sources`, of files with rows {prompt, chosen, rejected}."""
    method: Literal["dpo", "orpo"] = "dpo"
    """`dpo` (Rafailov et al. 2023) holds the model to what it was; `orpo` (Hong et al. 2024)
    needs no reference and goes on learning the chosen text."""
    beta: float = Field(default=0.1, gt=0)
    """DPO: how strongly the model is held to what it was; ORPO: the weight of the odds ratio."""
    epochs: int = Field(default=1, ge=1)
    batch_tokens: PositiveCount = 2048
    learning_rate: float | None = Field(default=None, gt=0)
    """Peak rate of matrices; the default is a small part of pretraining's."""
    embedding_learning_rate: float | None = Field(default=None, gt=0)
