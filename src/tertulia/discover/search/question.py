"""One choice to be made: the candidates still open, what is known, what is under way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.search.evidence import Evidence
from tertulia.discover.search.surrogate import Fit, Surrogate

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Question:
    """Which `count` of the candidates come next.

    Candidates, evidence and pending are sorted by SMILES, none twice, no candidate among the
    others: an answer depends on what is asked, not on the order in which it is written.
    """

    candidates: tuple[str, ...]
    evidence: Evidence
    pending: tuple[str, ...]
    """Proposed before and not known yet."""
    count: int
    """At most as many as there are candidates."""
    seed: int
    fit: Fit

    @cached_property
    def surrogates(self) -> tuple[Surrogate, ...]:
        """A model of each objective, fitted on the evidence."""
        return tuple(self.fit(self.evidence))

    def generator(self) -> np.random.Generator:
        """The random numbers of this choice, from their beginning."""
        return np.random.Generator(np.random.PCG64(self.seed))


class Strategy(Protocol):
    """Answers a question: places in its candidates, the most wanted first."""

    def __call__(self, question: Question) -> list[int]: ...


_DIGITS = 9


def best_first(scores: FloatArray) -> NDArray[np.intp]:
    """Places from the highest score to the lowest, equal ones in their order.

    Equal is what agrees to nine digits of the range: the last bits of a score depend on how a
    product was summed, and twins in the eyes of a model have to come in the order of SMILES.
    """
    span = float(np.ptp(scores)) if len(scores) else 0.0
    if span > 0:
        scores = np.round((scores - scores.min()) / span, _DIGITS)
    else:
        scores = np.zeros(len(scores))
    return np.argsort(-scores, kind="stable")
