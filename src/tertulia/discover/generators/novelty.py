"""How much of what a generator proposes is valid, how much of that unique, and of that new.

The three shares are those of GuacaMol (N. Brown et al., J. Chem. Inf. Model. 59, 1096, 2019), with
two changes: valid is what `acid_of` reads, and acids are told apart by their anions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tertulia.discover.generators.proposal import Proposal
from tertulia.discover.molecules.acid import acid_of
from tertulia.errors import DataError


@dataclass(frozen=True, kw_only=True)
class NoveltyReport:
    """Counts of one generator; each share is None where there is nothing to take it of."""

    generator: str
    asked: int
    proposed: int
    valid: int
    unique: int
    """Anions among the valid."""
    novel: int
    """Of these those that were not known."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """By reason: made and not proposed, and proposed but not valid."""

    @property
    def validity(self) -> float | None:
        """Valid of proposed."""
        return _share(self.valid, self.proposed)

    @property
    def uniqueness(self) -> float | None:
        """Unique of valid."""
        return _share(self.unique, self.valid)

    @property
    def novelty(self) -> float | None:
        """Novel of unique."""
        return _share(self.novel, self.unique)

    @property
    def made(self) -> int:
        """Everything that was tried: what was proposed, and what was dropped before."""
        return self.valid + sum(self.dropped.values())


def novelty_reports(
    proposals: Sequence[Proposal],
    known: Collection[str],
    *,
    asked: Mapping[str, int],
    dropped: Mapping[str, Mapping[str, int]],
) -> tuple[NoveltyReport, ...]:
    """One report for each generator of `asked`, in that order.

    `known` are anions as `acid_of` writes them; `dropped` are each generator's own counts.
    """
    return tuple(
        _report(
            name,
            [one for one in proposals if one.generator == name],
            frozenset(known),
            asked[name],
            dropped.get(name, {}),
        )
        for name in asked
    )


def _report(
    name: str,
    proposals: Sequence[Proposal],
    known: frozenset[str],
    asked: int,
    dropped: Mapping[str, int],
) -> NoveltyReport:
    reasons = Counter(dropped)
    anions: list[str] = []
    for proposal in proposals:
        try:
            anions.append(acid_of(proposal.smiles).anion)
        except DataError as error:
            reasons[error.code.partition(".")[2]] += 1
    return NoveltyReport(
        generator=name,
        asked=asked,
        proposed=len(proposals),
        valid=len(anions),
        unique=len(set(anions)),
        novel=len(set(anions) - known),
        dropped=dict(sorted(reasons.items())),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
