"""The share of text that a continued model knew already."""

from __future__ import annotations

from collections.abc import Mapping

from tertulia.recipe.base_spec import ReplaySpec


def with_replay(mixture: Mapping[str, float], replay: ReplaySpec | None) -> dict[str, float]:
    """Shares that add up to one: `replay.fraction` for its languages, the rest for the others.

    Within each of the two groups the proportions of `mixture` stay. Without `replay`, the mixture
    as it is.
    """
    if replay is None:
        return dict(mixture)
    kept = {tag: share for tag, share in mixture.items() if tag in replay.languages}
    learnt = {tag: share for tag, share in mixture.items() if tag not in kept}
    totals = (sum(kept.values()), sum(learnt.values()))
    return {
        tag: (
            share / totals[0] * replay.fraction
            if tag in kept
            else share / totals[1] * (1.0 - replay.fraction)
        )
        for tag, share in mixture.items()
    }
