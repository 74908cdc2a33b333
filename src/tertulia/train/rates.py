"""Learning rates: what the recipe says, else what the size gives."""

from __future__ import annotations

from dataclasses import replace

from tertulia.model.config import find_size
from tertulia.recipe.preference_spec import PreferenceSpec
from tertulia.recipe.schema import AlignSpec, ModelSpec, PretrainSpec
from tertulia.train.optimizer import Rates

_ADAMW_TO_MUON = 0.1
"""AdamW's update is about as large as its rate in each entry, Muon's is far smaller."""

_ALIGN_TO_PRETRAIN = 0.5
"""At a fifth, one epoch left a model that answered a greeting with noise (docs/log.md)."""


_CONTINUED = 3e-4
"""AdamW's rate of a model that is trained further, embeddings included (docs/log.md)."""


_PREFERENCE_TO_PRETRAIN = 0.02
"""Answers of a few tokens are pushed apart within a few steps: assumed, as small as is usual."""


def pretrain_rates(model: ModelSpec, spec: PretrainSpec) -> Rates:
    """Peak rates of pretraining, or of the adapters of a base model."""
    rates = _full_rates(model, spec)
    return rates if spec.lora is None else _adapter_rates(rates, spec.learning_rate)


def _full_rates(model: ModelSpec, spec: PretrainSpec) -> Rates:
    if model.base is not None:
        scale = 1.0 if spec.optimizer == "adamw" else 1.0 / _ADAMW_TO_MUON
        return Rates(
            optimizer=spec.optimizer,
            learning_rate=spec.learning_rate or _CONTINUED * scale,
            embedding_learning_rate=spec.embedding_learning_rate or _CONTINUED,
            weight_decay=spec.weight_decay,
        )
    size = find_size(model.size)
    scale = 1.0 if spec.optimizer == "muon" else _ADAMW_TO_MUON
    return Rates(
        optimizer=spec.optimizer,
        learning_rate=spec.learning_rate or size.learning_rate * scale,
        embedding_learning_rate=spec.embedding_learning_rate or size.embedding_learning_rate,
        weight_decay=spec.weight_decay,
    )


def align_rates(spec: AlignSpec, pretrained: Rates) -> Rates:
    """Peak rates of instruction tuning, below those that the base was trained with."""
    if spec.lora is not None:
        return _adapter_rates(pretrained, spec.learning_rate)
    return Rates(
        optimizer=pretrained.optimizer,
        learning_rate=spec.learning_rate or pretrained.learning_rate * _ALIGN_TO_PRETRAIN,
        embedding_learning_rate=spec.embedding_learning_rate
        or pretrained.embedding_learning_rate * _ALIGN_TO_PRETRAIN,
        weight_decay=pretrained.weight_decay,
    )


def preference_rates(spec: PreferenceSpec, pretrained: Rates, *, adapters: bool) -> Rates:
    """Peak rates of preference tuning, far below those of pretraining."""
    lower = replace(
        pretrained,
        learning_rate=spec.learning_rate or pretrained.learning_rate * _PREFERENCE_TO_PRETRAIN,
        embedding_learning_rate=spec.embedding_learning_rate
        or pretrained.embedding_learning_rate * _PREFERENCE_TO_PRETRAIN,
    )
    return _adapter_rates(lower, spec.learning_rate) if adapters else lower


def _adapter_rates(rates: Rates, asked: float | None) -> Rates:
    """AdamW's for the same model: an adapter's two thin matrices are no rotation for Muon.

    Decay would pull an adapter towards the base model, which it begins as.
    """
    scale = _ADAMW_TO_MUON if rates.optimizer == "muon" else 1.0
    return replace(
        rates,
        optimizer="adamw",
        learning_rate=asked or rates.learning_rate * scale,
        weight_decay=0.0,
    )
