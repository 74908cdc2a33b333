"""Whether what was found is enough to answer, or whether not to know is the answer."""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.inference.embedder import Embedder
from tertulia.serve.answers.evidence import ABSTAIN_NAMES, Evidence, abstain_features
from tertulia.serve.answers.logistic import LogisticModel, shipped_model
from tertulia.serve.answers.support import alike

MODEL = "abstain"
ACROSS = "abstain across languages"
"""Where the best passage is in another language than the question: few words can match."""


@dataclass(frozen=True)
class Decision:
    """Whether to answer, and the probability that the passages hold an answer."""

    answer: bool
    probability: float


class AbstentionJudge:
    """Decides by the shipped weights; with vectors where they were fitted for them."""

    def __init__(
        self,
        embedder: Embedder | None = None,
        model: LogisticModel | None = None,
        across: LogisticModel | None = None,
    ) -> None:
        name = embedder.name if embedder else None
        self._model = model or shipped_model(MODEL, ABSTAIN_NAMES, name)
        self._across = across or shipped_model(ACROSS, ABSTAIN_NAMES, name)
        self._embedder = embedder

    def decide(self, evidence: Evidence) -> Decision:
        """Not to answer where nothing was found or nothing could be quoted."""
        if not evidence.ranked:
            return Decision(False, 0.0)
        model = self._across if is_across(evidence) else self._model
        embedder = self._embedder if model.features != ABSTAIN_NAMES else None
        probability = model.probability(abstain_features(evidence, embedder))
        return Decision(probability >= model.threshold, probability)


def is_across(evidence: Evidence) -> bool:
    """Whether the best passage is known to be in another language than the question."""
    asked = evidence.question.language
    best = evidence.found[0].read.passage.language if evidence.found else None
    return None not in (asked, best) and not alike(asked, best)
