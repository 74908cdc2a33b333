"""Which candidates come next: one door to every strategy of search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tertulia.discover.search.by_class import choose_by_class
from tertulia.discover.search.evidence import Evidence
from tertulia.discover.search.expected_hypervolume import choose_by_hypervolume
from tertulia.discover.search.greedy import choose_greedily
from tertulia.discover.search.question import Question
from tertulia.discover.search.surrogate import Fit, gaussian_processes
from tertulia.discover.search.thompson import choose_by_sampling
from tertulia.discover.search.uniform import choose_uniformly
from tertulia.discover.search.upper_confidence import choose_by_upper_bound
from tertulia.errors import DataError

__all__ = ["LEARNING", "STRATEGIES", "Evidence", "choose"]

STRATEGIES: Mapping[str, Callable[[Question], list[int]]] = {
    "random": choose_uniformly,
    "class-random": choose_by_class,
    "greedy": choose_greedily,
    "ucb": choose_by_upper_bound,
    "thompson": choose_by_sampling,
    "expected-hypervolume": choose_by_hypervolume,
}
LEARNING = frozenset(STRATEGIES) - {"random", "class-random"}
"""Strategies that ask a model; without two different values to learn from they draw by class."""


def choose(
    strategy: str,
    candidates: Sequence[str],
    evidence: Evidence,
    pending: Sequence[str],
    count: int,
    *,
    seed: int,
    fit: Fit = gaussian_processes,
) -> list[int]:
    """Places in `candidates` of the next `count` molecules, the most wanted first.

    Molecules are SMILES, told apart by how they are written. What is pending or in evidence is
    never chosen, a molecule that is written twice once; fewer than `count` come back where no more
    are open. The answer depends on the seed and on what is given, not on its order.

    Raises DataError `discover.unknown-strategy`, and what `fit` raises.
    """
    if strategy not in STRATEGIES:
        raise DataError(
            "discover.unknown-strategy",
            f"no strategy of search is called `{strategy}`",
            remedy=f"Take one of: {', '.join(STRATEGIES)}",
        )
    places: dict[str, int] = {}
    for place, smiles in enumerate(candidates):
        places.setdefault(smiles, place)
    open_ = sorted(set(places) - set(pending) - set(evidence.smiles))
    count = max(0, min(count, len(open_)))
    if count == 0:
        return []
    question = Question(
        candidates=tuple(open_),
        evidence=evidence.by_smiles(),
        pending=tuple(sorted(set(pending) - set(evidence.smiles))),
        count=count,
        seed=seed,
        fit=fit,
    )
    if strategy in LEARNING and not _teaches(evidence):
        strategy = "class-random"
    return [places[open_[place]] for place in STRATEGIES[strategy](question)]


def _teaches(evidence: Evidence) -> bool:
    """Whether some objective has two different values."""
    return len(evidence) > 1 and bool((evidence.values != evidence.values[0]).any())
