"""Which acid a number is of: the most stable one that an anion makes, or the one as written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tertulia.discover.dossier.figures import xtb_value
from tertulia.discover.molecules.acid import canonical_smiles
from tertulia.discover.outcome import Candidate, Tier
from tertulia.errors import DataError

SITES = "proton-sites"


@dataclass(frozen=True, kw_only=True)
class ProtonSite:
    """An acid that the anion makes; `deprotonation` in kcal/mol."""

    acid: str
    deprotonation: float
    written: bool
    """Whether it is the one that the candidate is written as."""


@dataclass(frozen=True, kw_only=True)
class LostSite:
    """An acid that gave no result: `reason` is a code, `detail` English."""

    acid: str
    reason: str
    detail: str
    written: bool


def sites_tier(candidate: Candidate) -> Tier | None:
    """The tier that examined where the proton is held, if it gave a result."""
    tier = candidate.tier(SITES)
    return tier if tier is not None and tier.done else None


def acidity_tier(candidate: Candidate) -> Tier | None:
    """The tier from whose energy the acidity comes."""
    return sites_tier(candidate) or candidate.tier("xtb")


def proton_sites(candidate: Candidate) -> tuple[ProtonSite, ...]:
    """The most stable first; none where they were not examined."""
    tier = sites_tier(candidate)
    return tuple(
        ProtonSite(
            acid=str(one["acid"]),
            deprotonation=float(one["deprotonation"]),
            written=_is_written(candidate, str(one["acid"])),
        )
        for one in (tier.values.get("sites", ()) if tier else ())
    )


def lost_sites(candidate: Candidate) -> tuple[LostSite, ...]:
    """Acids of the anion that could not be computed."""
    tier = sites_tier(candidate)
    return tuple(
        LostSite(
            acid=str(one["acid"]),
            reason=str(one["reason"]),
            detail=str(one.get("detail", "")),
            written=_is_written(candidate, str(one["acid"])),
        )
        for one in (tier.values.get("failed", ()) if tier else ())
    )


def most_stable(candidate: Candidate) -> ProtonSite | None:
    """None where the sites of the proton were not examined."""
    return next(iter(proton_sites(candidate)), None)


def deprotonation(candidate: Candidate) -> float | None:
    """Of the most stable acid where it is known, else of the acid as written; in kcal/mol."""
    best = most_stable(candidate)
    return best.deprotonation if best else xtb_value(candidate, "deprotonation")


def _is_written(candidate: Candidate, acid: str) -> bool:
    return _canonical(acid) == _canonical(candidate.smiles)


@lru_cache(maxsize=65_536)
def _canonical(smiles: str) -> str:
    try:
        return canonical_smiles(smiles)
    except DataError:
        return smiles
