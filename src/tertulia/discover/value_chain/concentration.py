"""How concentrated supply is: the Herfindahl-Hirschman index, from 0 to 10,000."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tertulia.discover.value_chain.shipped_tables import Citation


@dataclass(frozen=True, kw_only=True)
class SupplyShare:
    """One country's part of the supply, in per cent; `below` means less than that."""

    country: str
    percent: float
    below: bool
    trade: float
    """The Commission's factor t: 0.8 within the EU and its agreements, above 1 where exports are
    restricted."""
    cited: Citation


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """The index of listed shares, and what the shares that are not listed leave possible."""

    hhi: float
    """Sum of the squares of the listed shares, in per cent: what is not listed counts as many
    small suppliers, so it is the lowest value possible."""
    hhi_high: float
    """As if one country supplied all that is not listed."""
    hhi_trade: float
    """Each square times t. The Commission also weighs with an index of governance (WGI), which
    the data does not have."""
    listed: float
    """Sum of the listed shares, in per cent; roundings can bring it above 100."""
    countries: int
    below_limit: int
    """Countries of which only an upper bound is told; they count as nothing in the sums."""
    largest: str
    largest_percent: float
    largest_certain: bool
    """Whether no country behind what is not listed can be larger."""
    shares: tuple[SupplyShare, ...]
    """Largest first."""


def concentration(shares: Sequence[SupplyShare]) -> Concentration:
    """The index of these shares, of which there is at least one that is no mere bound.

    Source: O. C. Herfindahl (1950); the European Commission's methodology (2017), annex 1.
    """
    told = [share for share in shares if not share.below]
    assert told, "no share is told"
    listed = sum(share.percent for share in told)
    missing = max(0.0, 100.0 - listed)
    hhi = sum(share.percent**2 for share in told)
    ordered = sorted(shares, key=lambda share: (share.below, -share.percent, share.country))
    return Concentration(
        hhi=min(hhi, 10_000.0),
        hhi_high=min(hhi + missing**2, 10_000.0),
        hhi_trade=sum(share.percent**2 * share.trade for share in told),
        listed=listed,
        countries=len(shares),
        below_limit=len(shares) - len(told),
        largest=ordered[0].country,
        largest_percent=ordered[0].percent,
        largest_certain=ordered[0].percent >= missing,
        shares=tuple(ordered),
    )
