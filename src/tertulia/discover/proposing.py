"""All generators of a campaign as one source of proposals, each with its share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tertulia.discover.brief import Brief
from tertulia.discover.generators.proposal import Generator, Proposal

if TYPE_CHECKING:
    from tertulia.discover.generators.selfies_model import SelfiesModel


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """Proposals, and what their generators made and did not propose, by generator and reason."""

    proposals: tuple[Proposal, ...]
    dropped: Mapping[str, Mapping[str, int]]


def propose_candidates(
    brief: Brief, parents: Sequence[str], elite: Sequence[str], number: int
) -> Proposed:
    """What all generators propose in round `number`, in a fixed order.

    `parents` are the best acids known, `elite` those on which the language model is tuned, none
    where it is taken as it is shipped.
    """
    import numpy as np

    shares = {
        "fragments": brief.generators.fragments,
        "graph-ga": brief.generators.graph_ga,
        "selfies": brief.generators.selfies,
    }
    total = sum(shares.values())
    proposals: list[Proposal] = []
    dropped: dict[str, dict[str, int]] = {}
    for place, (name, share) in enumerate(shares.items()):
        count = round(brief.generators.candidates * share / total) if total else 0
        if count:
            seed = int(np.random.SeedSequence([brief.seed, number, place]).generate_state(1)[0])
            generator = _generator(name, tuple(elite), brief.seed)
            before = Counter(generator.dropped)
            proposals += generator.propose(parents, count, seed=seed)
            dropped[generator.name] = dict(sorted((generator.dropped - before).items()))
    return Proposed(proposals=tuple(proposals), dropped=dropped)


@lru_cache(maxsize=4)
def _generator(name: str, elite: tuple[str, ...], seed: int) -> Generator:
    if name == "fragments":
        from tertulia.discover.generators.fragments import Fragments

        return Fragments()
    if name == "graph-ga":
        from tertulia.discover.generators.graph_ga import GraphGa

        return GraphGa()
    return _tuned(elite, seed) if elite else _shipped()


@lru_cache(maxsize=1)
def _shipped() -> SelfiesModel:
    from tertulia.discover.generators.selfies_model import SelfiesModel

    return SelfiesModel.shipped()


@lru_cache(maxsize=2)
def _tuned(elite: tuple[str, ...], seed: int) -> SelfiesModel:
    return _shipped().tuned(elite, seed=seed)
