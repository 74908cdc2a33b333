"""Where a candidate comes from: its parents, theirs, and so on back to seeds or to nothing."""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.discover.dossier.campaign_view import CampaignView
from tertulia.discover.outcome import Candidate


@dataclass(frozen=True, kw_only=True)
class Ancestor:
    """A parent's acid, and the candidate that it is, where the campaign knows it."""

    smiles: str
    candidate: Candidate | None


def generations(view: CampaignView, candidate: Candidate) -> list[tuple[Ancestor, ...]]:
    """Parents first, then grandparents; none is named twice."""
    seen = {candidate.smiles}
    found: list[tuple[Ancestor, ...]] = []
    wanted = candidate.parents
    while new := [one for one in dict.fromkeys(wanted) if one not in seen]:
        seen.update(new)
        found.append(tuple(Ancestor(smiles=one, candidate=view.by_acid.get(one)) for one in new))
        wanted = tuple(
            parent
            for one in found[-1]
            if one.candidate is not None
            for parent in one.candidate.parents
        )
    return found
