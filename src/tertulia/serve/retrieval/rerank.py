"""Ranks what words and vectors found by all that is known of it together.

The model is logistic: a weight for each feature. Its weights were fitted on the questions of the
dev part and lie in the wheel with their digest; `scripts.fit_reranker` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np

from tertulia.serve.database.records import Hit
from tertulia.serve.retrieval.candidates import Candidate, Question
from tertulia.serve.retrieval.features import NAMES, Features, features
from tertulia.serve.shipped_weights import damaged_weights, shipped_weights

_SHIPPED = "retrieval/reranker.json"


class Reranker(Protocol):
    """Orders candidates; the score of each hit returned is the reranker's."""

    def rerank(self, question: Question, candidates: Sequence[Candidate]) -> list[Hit]:
        """All candidates, the best first."""
        ...


class FusionOrder:
    """The reranker that leaves the order of reciprocal rank fusion as it is."""

    def rerank(self, question: Question, candidates: Sequence[Candidate]) -> list[Hit]:
        """By fused score; among equals the older chunk."""
        return _ordered(candidates, [candidate.fused for candidate in candidates])


@dataclass(frozen=True)
class LogisticReranker:
    """A weight for each of `features.NAMES`, and one for being a candidate at all."""

    weights: tuple[float, ...]
    bias: float

    def rerank(self, question: Question, candidates: Sequence[Candidate]) -> list[Hit]:
        """By the probability, between 0 and 1, that the chunk answers the question."""
        return _ordered(candidates, self.probabilities(features(question, candidates)))

    def probabilities(self, rows: Features) -> list[float]:
        """For features (candidates, len(NAMES))."""
        logits = rows @ np.array(self.weights) + self.bias
        return [float(value) for value in 1 / (1 + np.exp(-logits))]


@cache
def shipped_reranker() -> LogisticReranker:
    """The one fitted on the dev questions; raises ServeError `serve.weights-damaged`."""
    weights = shipped_weights(_SHIPPED)
    if tuple(weights["features"]) != NAMES:
        raise damaged_weights(_SHIPPED)
    return LogisticReranker(tuple(weights["weights"]), weights["bias"])


def _ordered(candidates: Sequence[Candidate], scores: Sequence[float]) -> list[Hit]:
    hits = [replace(one.hit, score=score) for one, score in zip(candidates, scores, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))
