"""The loop of a campaign: propose, evaluate, learn, without waiting for the slowest.

While the calculations of one batch run, the next is proposed already, from the results of all
batches but the latest. What is known at a proposal therefore depends on no clock: the same brief,
seed and store give the same campaign, whether it was interrupted or not, on one process or many.
A campaign is resumed by running it again: what is in the store is not computed a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tertulia.campaign.calculation import Calculation, Result
from tertulia.campaign.calculators import Calculators
from tertulia.campaign.result_store import ResultStore

LAG = 1
"""Batches that are being calculated while another is proposed."""


class Proposer(Protocol):
    """Says what to calculate next; the same known results lead to the same proposals."""

    def propose(
        self, known: Sequence[Result], pending: Sequence[Calculation], count: int
    ) -> Sequence[Calculation]:
        """At most `count` calculations, none where it has no more to propose.

        `known` are the results so far in the order of their proposal, `pending` what was proposed
        and is not known yet.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a campaign may take; counted are calculations, were they in the store or not."""

    calculations: int
    batch: int = 8


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a campaign is."""

    proposed: int
    finished: int
    stored: int
    """Of the finished those that had been computed before."""
    failed: int
    budget: int


@dataclass
class Campaign:
    """A campaign as it runs; `results` are in the order in which they were proposed."""

    proposer: Proposer
    store: ResultStore
    workers: Calculators
    budget: Budget
    watch: Callable[[Progress], None] = lambda progress: None
    results: list[Result] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    """What a proposer gave that was not calculated, by reason."""

    def __post_init__(self) -> None:
        self._batches: list[list[Calculation]] = []
        self._finished: dict[str, Result] = {}
        self._stored = 0

    def run(self) -> list[Result]:
        """All results, in the order of their proposal."""
        while (room := self.budget.calculations - self._proposed) > 0:
            seen = max(0, len(self._batches) - LAG)
            known = self._known(seen)
            pending = [one for batch in self._batches[seen:] for one in batch]
            wanted = min(room, self.budget.batch)
            batch = self._new(self.proposer.propose(known, pending, wanted), wanted)
            if not batch and not pending:
                break
            # An empty batch lets the results of the one before be known.
            self._batches.append(batch)
            for calculation in batch:
                self._begin(calculation)
        self.results = self._known(len(self._batches))
        return self.results

    @property
    def _proposed(self) -> int:
        return sum(map(len, self._batches))

    def _new(self, given: Sequence[Calculation], wanted: int) -> list[Calculation]:
        taken = {one.key for batch in self._batches for one in batch}
        new: list[Calculation] = []
        for calculation in given:
            if calculation.key in taken:
                self.dropped["repeated"] += 1
            elif len(new) == wanted:
                self.dropped["beyond-budget"] += 1
            else:
                taken.add(calculation.key)
                new.append(calculation)
        return new

    def _begin(self, calculation: Calculation) -> None:
        stored = self.store.get(calculation)
        if stored is None:
            self.workers.submit(calculation)
        else:
            self._stored += 1
            self._finish(stored)

    def _known(self, batches: int) -> list[Result]:
        """The results of the first batches, once all of them are there."""
        wanted = [one.key for batch in self._batches[:batches] for one in batch]
        while any(key not in self._finished for key in wanted):
            for result in self.workers.finished():
                self._finish(self.store.put(result))
        return [self._finished[key] for key in wanted]

    def _finish(self, result: Result) -> None:
        self._finished[result.calculation.key] = result
        self.watch(
            Progress(
                proposed=self._proposed,
                finished=len(self._finished),
                stored=self._stored,
                failed=sum(not one.done for one in self._finished.values()),
                budget=self.budget.calculations,
            )
        )
