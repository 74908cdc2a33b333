"""A whole campaign: search with xTB, choose finalists, validate them further, write the outcome."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from tertulia.campaign.batch import calculate_all
from tertulia.campaign.calculation import Calculation, Result
from tertulia.campaign.calculators import Calculators, calculators
from tertulia.campaign.loop import Budget, Campaign, Progress
from tertulia.campaign.result_store import ResultStore
from tertulia.compute.machine import Executor, Machine
from tertulia.compute.task import order_for
from tertulia.discover import tiers
from tertulia.discover.advice import advised
from tertulia.discover.appraisal import (
    anchor_acids,
    appraised,
    computed_reference,
    reappraised,
)
from tertulia.discover.brief import Brief
from tertulia.discover.finalists import choose_finalists, examined_first
from tertulia.discover.gate import approve, approved
from tertulia.discover.outcome import Candidate, Funnel, Outcome, Tier, write_outcome
from tertulia.discover.proposer import MaterialsProposer, acidity_calculation, objective_values
from tertulia.discover.rounds import RoundStore
from tertulia.discover.search.pareto import hypervolume, reference_point
from tertulia.store.atomic import disk_errors
from tertulia.store.digest import canonical_json
from tertulia.store.lock import run_lock
from tertulia.store.versions import package_versions
from tertulia.train.numerics import numeric_settings

_ONE_THREAD = Machine(name="campaign", threads=1)
_PROPOSING = ("botorch", "gpytorch", "scipy", "selfies", "torch")
"""Libraries that decide what is proposed; with another version rounds are worked out anew."""
EXAMINED = 80
"""Candidates, in turns of families, of which all sites that may hold the proton are computed."""
RESULTS, ROUNDS = "results", "rounds"
LIBRARIES = ("numpy", "rdkit", "tblite")
DEAR_LIBRARIES = (*LIBRARIES, "pyscf")
"""Whose versions are part of a calculation's key."""


class Crew(Protocol):
    """Starts whoever calculates."""

    def __call__(self, *, timeout: float) -> Calculators: ...


@dataclass(frozen=True, kw_only=True)
class Watcher:
    """Who is told how far a campaign is."""

    searched: Callable[[Progress], None] = lambda progress: None
    validated: Callable[[str, int, int], None] = lambda tier, finished, total: None


def discover(
    brief: Brief,
    folder: Path,
    *,
    processes: int,
    executor: Executor = "pool",
    wanted: Sequence[str] = (),
    watcher: Watcher | None = None,
) -> Outcome:
    """Runs a campaign to its end in a folder, or goes on where it was interrupted.

    `wanted` are finalists, by place or `all`, whose dear calculations are approved herewith.
    Raises DataError `discover.gate`, StoreError `store.locked`.
    """
    watcher = watcher or Watcher()
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with run_lock(folder), _one_thread():
        store = ResultStore(folder / RESULTS)
        crew = partial(calculators, executor, processes)
        try:
            return _Run(brief, folder, store, crew, watcher).outcome(wanted)
        finally:
            store.close()


@contextmanager
def _one_thread() -> Iterator[None]:
    """One thread in this process, too: sums then do not hang on its cores, and workers have them.

    Only libraries that are loaded can be held to it, so SciPy's are loaded first: a model that is
    fitted with two threads differs in its last digits from one that is fitted with one.
    """
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), numeric_settings(_ONE_THREAD):
        yield


def campaign_key(brief: Brief) -> str:
    """SHA-256, as 64 hex digits, of the resolved brief, the tasks' versions and the libraries'."""
    decisive = {
        "brief": brief.model_dump(mode="json"),
        "tasks": [list(order_for(task)) for task in tiers.tasks()],
        "libraries": package_versions((*LIBRARIES, *_PROPOSING)),
    }
    return hashlib.sha256(canonical_json(decisive)).hexdigest()


class _Run:
    """One campaign as it runs."""

    def __init__(
        self, brief: Brief, folder: Path, store: ResultStore, crew: Crew, watcher: Watcher
    ) -> None:
        self.brief, self.folder, self.store = brief, folder, store
        self._crew, self.watcher = crew, watcher
        self.libraries = package_versions(LIBRARIES)
        self.key = campaign_key(brief)
        rounds = RoundStore(folder / ROUNDS)
        self.proposer = MaterialsProposer(brief, self.key, rounds, anchor_acids(), self.libraries)

    def outcome(self, wanted: Sequence[str]) -> Outcome:
        """Searches, validates, and writes what came of it."""
        results = self._searched()
        candidates = self._examined(appraised(results, self.proposer, self.brief), results)
        found = [one for one in candidates if one.generator != "anchor" and _examined(one)]
        finalists = choose_finalists(found, self.brief.finalists, self.brief.budget.finalists)
        passed = approve(self.folder, wanted, finalists) if wanted else approved(self.folder)
        further = self._validated(candidates, finalists, passed)
        candidates = [
            one.model_copy(update={"tiers": (*one.tiers, *further.get(one.anion, ()))})
            for one in candidates
        ]
        candidates = advised(candidates, finalists)
        outcome = self._assembled(results, candidates, finalists, passed)
        write_outcome(self.folder, outcome)
        return outcome

    def _examined(
        self, candidates: Sequence[Candidate], results: Sequence[Result]
    ) -> list[Candidate]:
        """The anchors and the best once more, by where the proton of each is held best."""
        anchors = [one for one in candidates if one.generator == "anchor" and one.validated]
        best = examined_first(candidates, self.brief.finalists, EXAMINED)
        sites = self._calculated("proton-sites", [*anchors, *best])
        reference = computed_reference([result for _, result in sites], self.brief)
        reference = reference or computed_reference(results, self.brief)
        looked_at = {one.anion: reappraised(one, result, reference) for one, result in sites}
        return [looked_at.get(one.anion, one) for one in candidates]

    def _searched(self) -> list[Result]:
        budget = Budget(
            calculations=self.brief.budget.calculations + len(self.proposer.anchors),
            batch=self.brief.search.batch,
        )
        with closing(self._crew(timeout=self.brief.budget.seconds_each)) as workers:
            watched = self.watcher.searched
            return Campaign(self.proposer, self.store, workers, budget, watched).run()

    def _validated(
        self, candidates: Sequence[Candidate], finalists: Sequence[str], passed: Sequence[str]
    ) -> Mapping[str, list[Tier]]:
        """What the tiers above xTB gave, by anion: the cheaper for finalists and anchors."""
        by_anion = {one.anion: one for one in candidates}
        anchors = [one for one in candidates if one.generator == "anchor" and one.validated]
        cheap = [*anchors, *(by_anion[anion] for anion in finalists)]
        dear = [by_anion[anion] for anion in passed if anion in by_anion]
        dear += anchors if dear else []
        found: dict[str, list[Tier]] = {}
        for tier in (*self.brief.finalists.tiers, *sorted(tiers.DEAR)):
            wanted = dear if tier in tiers.DEAR else cheap
            results = self._calculated(tier, wanted)
            for one, result in results:
                found.setdefault(one.anion, []).append(tiers.tier_of(tier, result))
        return found

    def _calculated(
        self, tier: tiers.TierName, wanted: Sequence[Candidate]
    ) -> list[tuple[Candidate, Result]]:
        if not wanted:
            return []
        orders = [(one, order) for one in wanted if (order := self._order(tier, one)) is not None]
        finished = 0

        def told(result: Result) -> None:
            nonlocal finished
            finished += 1
            self.watcher.validated(tier, finished, len(orders))

        spec = self.brief.dear if tier in tiers.DEAR else self.brief.budget
        with closing(self._crew(timeout=spec.seconds_each)) as workers:
            results = calculate_all([order for _, order in orders], self.store, workers, told)
        return [(one, result) for (one, _), result in zip(orders, results, strict=True)]

    def _order(self, tier: tiers.TierName, one: Candidate) -> Calculation | None:
        xtb = self.store.get(acidity_calculation(one.smiles, one.anion, self.brief, self.libraries))
        assert xtb is not None, "what goes on has been through xTB"
        libraries = package_versions(DEAR_LIBRARIES) if tier in tiers.DEAR else self.libraries
        return tiers.calculation(tier, one, xtb.values, self.brief, libraries)

    def _assembled(
        self,
        results: Sequence[Result],
        candidates: Sequence[Candidate],
        finalists: tuple[str, ...],
        passed: tuple[str, ...],
    ) -> Outcome:
        anchors = {one.how: one for one in candidates if one.generator == "anchor"}
        return Outcome(
            name=self.brief.name,
            key=self.key,
            brief=self.brief.model_dump(mode="json"),
            versions=self.libraries,
            objectives=self.brief.target.objectives,
            reference=self.brief.target.reference,
            anchors=anchors,
            candidates=tuple(one for one in candidates if one.generator != "anchor"),
            finalists=finalists,
            funnel=self._funnel(results),
            progress=_progress(results, self.brief, len(self.proposer.anchors)),
            approved=passed,
        )

    def _funnel(self, results: Sequence[Result]) -> Funnel:
        failed = Counter(one.reason or "" for one in results if not one.done)
        return Funnel(
            proposed=dict(sorted(self.proposer.proposed.items())),
            dropped={name: dict(sorted(r.items())) for name, r in self.proposer.dropped.items()},
            eligible=self.proposer.eligible,
            calculated=len(results),
            failed=dict(sorted(failed.items())),
            validated=sum(one.done for one in results),
        )


def _examined(candidate: Candidate) -> bool:
    """Whether the sites of its proton were computed."""
    sites = candidate.tier("proton-sites")
    return sites is not None and sites.done


def _progress(
    results: Sequence[Result], brief: Brief, anchors: int
) -> tuple[tuple[int, float], ...]:
    """(calculations, hypervolume of what they found) after each batch, the anchors left out.

    The hypervolume is counted from a point below the front that was found in the end.
    """
    found = results[anchors:]
    done = [one for one in found if one.done]
    if not done:
        return ()
    reference = reference_point(objective_values(done, brief))
    steps = []
    for count in (*range(brief.search.batch, len(found), brief.search.batch), len(found)):
        values = objective_values([one for one in found[:count] if one.done], brief)
        steps.append((count, round(hypervolume(values, reference), 6)))
    return tuple(steps)
