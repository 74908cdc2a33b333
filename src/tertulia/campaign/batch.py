"""A list of calculations, done once each: what a store has is taken from it, the rest computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tertulia.campaign.calculation import Calculation, Result
from tertulia.campaign.calculators import Calculators
from tertulia.campaign.result_store import ResultStore


def calculate_all(
    calculations: Sequence[Calculation],
    store: ResultStore,
    workers: Calculators,
    watch: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """The results, in the order of the calculations; each is kept as soon as it is there."""
    found: dict[str, Result] = {}
    asked: set[str] = set()
    for calculation in calculations:
        stored = store.get(calculation)
        if stored is not None:
            found[calculation.key] = stored
        elif calculation.key not in asked:
            asked.add(calculation.key)
            workers.submit(calculation)
    while workers.busy:
        for result in workers.finished():
            found[result.calculation.key] = store.put(result)
            watch(result)
    return [found[calculation.key] for calculation in calculations]
