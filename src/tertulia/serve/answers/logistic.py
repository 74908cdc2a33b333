"""Small logistic models whose weights lie in the wheel, with their digest.

They were fitted on the dev part of benchmarks/retrieval/questions by `scripts.fit_answers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from typing import Any

from tertulia.serve.shipped_weights import damaged_weights, shipped_weights

_SHIPPED = "answers/models.json"


@dataclass(frozen=True)
class LogisticModel:
    """A weight for each feature, and from which probability on to say yes."""

    features: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float
    embedder: str | None = None
    """Name of the embedder whose products it was fitted on; None: it takes none."""

    def probability(self, values: Sequence[float]) -> float:
        """For a value of each feature."""
        logit = self.bias + sum(w * v for w, v in zip(self.weights, values, strict=True))
        return 1 / (1 + exp(-max(-50.0, min(50.0, logit))))


def shipped_model(name: str, features: tuple[str, ...], embedder: str | None) -> LogisticModel:
    """The model `name`: for these features, or for those and what `embedder` adds.

    The one with vectors is taken where it was fitted for this very embedder.
    Raises ServeError `serve.weights-damaged`.
    """
    models = {found.embedder: found for found in _shipped().get(name, ())}
    chosen = models.get(embedder) or models.get(None)
    if chosen is None or chosen.features[: len(features)] != features:
        raise damaged_weights(_SHIPPED)
    return chosen


@cache
def _shipped() -> Mapping[str, tuple[LogisticModel, ...]]:
    weights = shipped_weights(_SHIPPED)
    return {name: tuple(_model(one) for one in models) for name, models in weights.items()}


def _model(data: Mapping[str, Any]) -> LogisticModel:
    return LogisticModel(
        features=tuple(data["features"]),
        weights=tuple(data["weights"]),
        bias=data["bias"],
        threshold=data["threshold"],
        embedder=data["embedder"],
    )
