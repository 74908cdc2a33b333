"""Small logistic models whose weights lie in the wheel, with their digest.

They were fitted on the dev part of benchmarks/retrieval/questions by `scripts.fit_answers`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp
from typing import Any

from tertulia.errors import ServeError
from tertulia.serve.retrieval.rerank import model_digest

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
    Raises ServeError `serve.answer-models-damaged`.
    """
    models = {found.embedder: found for found in _shipped().get(name, ())}
    chosen = models.get(embedder) or models.get(None)
    if chosen is None or chosen.features[: len(features)] != features:
        raise _damaged()
    return chosen


@cache
def _shipped() -> Mapping[str, tuple[LogisticModel, ...]]:
    try:
        data = json.loads(resources.files("tertulia.shipped").joinpath(_SHIPPED).read_bytes())
        if data["sha256"] == model_digest(data["models"]):
            return {
                name: tuple(_model(one) for one in models)
                for name, models in data["models"].items()
            }
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise _damaged()


def _model(data: Mapping[str, Any]) -> LogisticModel:
    return LogisticModel(
        features=tuple(data["features"]),
        weights=tuple(data["weights"]),
        bias=data["bias"],
        threshold=data["threshold"],
        embedder=data["embedder"],
    )


def _damaged() -> ServeError:
    return ServeError(
        "serve.answer-models-damaged",
        "the weights by which answers are verified are damaged",
        where=_SHIPPED,
        remedy="Install tertulia again",
    )
