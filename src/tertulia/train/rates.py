"""Learning rates: what the recipe says, else what the size gives."""

from __future__ import annotations

from tertulia.model.config import find_size
from tertulia.recipe.schema import AlignSpec, ModelSpec, PretrainSpec
from tertulia.train.optimizer import Rates

_ADAMW_TO_MUON = 0.1
"""AdamW's update is about as large as its rate in each entry, Muon's is far smaller."""

_ALIGN_TO_PRETRAIN = 0.5
"""At a fifth, one epoch left a model that answered a greeting with noise (docs/log.md)."""


def pretrain_rates(model: ModelSpec, spec: PretrainSpec) -> Rates:
    """Peak rates of pretraining."""
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
    return Rates(
        optimizer=pretrained.optimizer,
        learning_rate=spec.learning_rate or pretrained.learning_rate * _ALIGN_TO_PRETRAIN,
        embedding_learning_rate=spec.embedding_learning_rate
        or pretrained.embedding_learning_rate * _ALIGN_TO_PRETRAIN,
        weight_decay=pretrained.weight_decay,
    )
