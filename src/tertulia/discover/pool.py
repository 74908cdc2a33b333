"""The candidates of a campaign: proposed by generators, allowed by constraints, not done yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from tertulia.discover.constraints.judge import Limits, judge
from tertulia.discover.generators.proposal import Proposal
from tertulia.discover.molecules.acid import acid_of, identity
from tertulia.discover.proposing import Proposed
from tertulia.errors import DataError

UNREADABLE, REPEATED, OUTRANKED = "unreadable", "repeated", "outranked"
MOST = 3_000
"""Candidates that wait to be chosen; beyond it those that a model thinks least of are let go."""


class Eligible(BaseModel):
    """A candidate with where it came from; `anion` is what it is known by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    smiles: str
    anion: str
    family: str
    batch: int
    generator: str
    parents: tuple[str, ...] = ()
    how: str = ""


class Addition(BaseModel):
    """What one round of proposals brought: the new candidates and why the others are none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    proposed: dict[str, int]
    dropped: dict[str, dict[str, int]]
    eligible: tuple[Eligible, ...]


class CandidatePool:
    """Everything that may still be chosen, in the order in which it was proposed."""

    def __init__(self, limits: Limits, known: Iterable[str]) -> None:
        """`known` are anions that are no discovery: anchors and the seed pool."""
        self.limits = limits
        self.waiting: dict[str, Eligible] = {}
        self._seen = set(map(identity, known))

    def judged(self, found: Proposed, batch: int) -> Addition:
        """Tells apart what is new and allowed; `add` then takes it in."""
        proposed: Counter[str] = Counter()
        dropped = {name: Counter(reasons) for name, reasons in found.dropped.items()}
        for name, reasons in dropped.items():
            # What a generator threw away itself was made by it, too.
            proposed[name] += reasons.total()
        eligible: dict[str, Eligible] = {}
        for proposal in found.proposals:
            proposed[proposal.generator] += 1
            reasons = dropped.setdefault(proposal.generator, Counter())
            one = self._eligible(proposal, batch)
            if isinstance(one, str):
                reasons[one] += 1
            elif identity(one.anion) in eligible:
                reasons[REPEATED] += 1
            else:
                eligible[identity(one.anion)] = one
        return Addition(
            proposed=dict(proposed),
            dropped={name: dict(sorted(reasons.items())) for name, reasons in dropped.items()},
            eligible=tuple(eligible.values()),
        )

    def add(self, addition: Addition) -> None:
        """Takes the new candidates in."""
        for one in addition.eligible:
            self._seen.add(identity(one.anion))
            self.waiting[one.anion] = one

    def take(self, anions: Iterable[str]) -> None:
        """These were chosen, or let go."""
        for anion in anions:
            self.waiting.pop(anion, None)

    def _eligible(self, proposal: Proposal, batch: int) -> Eligible | str:
        """The candidate, or the reason why it is none: the first of the constraints it breaks."""
        try:
            acid = acid_of(proposal.smiles)
        except DataError:
            return UNREADABLE
        if identity(acid.anion) in self._seen:
            return REPEATED
        broken = [one.code for one in judge(acid, self.limits) if not one.passed]
        if broken:
            return broken[0] or "constraint"
        return Eligible(
            smiles=acid.smiles,
            anion=acid.anion,
            family=acid.family,
            batch=batch,
            generator=proposal.generator,
            parents=tuple(proposal.parents),
            how=proposal.how,
        )
