"""What a materials campaign calculates next: generate, judge, predict, choose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tertulia.campaign.calculation import Calculation, Result
from tertulia.discover.brief import Brief, Objective
from tertulia.discover.generators.seeds import seeds
from tertulia.discover.molecules.acid import Acid, acid_of
from tertulia.discover.outcome import Interval
from tertulia.discover.pool import MOST, OUTRANKED, Addition, CandidatePool, Eligible
from tertulia.discover.proposing import propose_candidates
from tertulia.discover.rounds import Round, RoundStore, round_key
from tertulia.discover.search.choose import Evidence, choose
from tertulia.discover.search.pareto import pareto_front

if TYPE_CHECKING:
    from tertulia.discover.properties.gaussian_process import GaussianProcess

ELITE = 40
"""Parents of a round, best first."""
FEWEST = 15
"""Results below which no model is trusted."""
TUNE_EVERY = 8
"""Rounds between two tunings of the language model on the elite."""


class MaterialsProposer:
    """Proposes xTB calculations; the same brief and the same known results give the same ones."""

    def __init__(
        self,
        brief: Brief,
        campaign_key: str,
        rounds: RoundStore,
        anchors: Mapping[str, Acid],
        libraries: Mapping[str, str],
    ) -> None:
        self.brief, self._key, self._rounds = brief, campaign_key, rounds
        self.anchors, self._libraries = dict(anchors), libraries
        self.seeds = _seeds(brief)
        known = {acid.anion for acid in [*self.anchors.values(), *self.seeds]}
        self.pool = CandidatePool(brief.constraints, known)
        self.chosen: dict[str, Eligible] = {}
        """Everything proposed for calculation so far, anchors and seeds too, by anion."""
        self.predicted: dict[str, dict[str, Interval]] = {}
        self.proposed: Counter[str] = Counter()
        self.dropped: dict[str, Counter[str]] = {}
        self.eligible = 0
        self._given = [_known(acid, "anchor", name) for name, acid in self.anchors.items()]
        self._given += [
            _known(acid, "seeds", "")
            for acid in self.seeds
            if acid.anion not in {anchor.anion for anchor in self.anchors.values()}
        ]
        self._number = 0
        self._elite: tuple[str, ...] = ()

    def propose(
        self, known: Sequence[Result], pending: Sequence[Calculation], count: int
    ) -> Sequence[Calculation]:
        """The next calculations; a round that was worked out before is read again."""
        number, self._number = self._number, self._number + 1
        if self._given:
            first, self._given = self._given[:count], self._given[count:]
            return [self._calculation(one) for one in first]
        key = round_key(self._key, number, known, pending, count)
        found = self._rounds.get(number, key)
        if found is None:
            found = self._round(number, key, known, pending, count)
            self._rounds.put(number, found)
        return [self._calculation(one) for one in self._applied(found)]

    def _calculation(self, one: Eligible) -> Calculation:
        self.chosen.setdefault(one.anion, one)
        return acidity_calculation(one.smiles, one.anion, self.brief, self._libraries)

    def _applied(self, found: Round) -> list[Eligible]:
        self.pool.add(found.addition)
        self._count(found.addition)
        if not self.pool.waiting.keys() >= {*found.chosen, *found.let_go}:
            raise self._rounds.damaged(self._number - 1, found.key)
        chosen = [self.pool.waiting[anion] for anion in found.chosen]
        self.pool.take([*found.chosen, *found.let_go])
        if found.let_go:
            self.dropped.setdefault("search", Counter())[OUTRANKED] += len(found.let_go)
        self.predicted.update(found.predicted)
        self._elite = found.elite or self._elite
        return chosen

    def _count(self, addition: Addition) -> None:
        self.proposed.update(addition.proposed)
        for name, reasons in addition.dropped.items():
            self.dropped.setdefault(name, Counter()).update(reasons)
        self.eligible += len(addition.eligible)

    def _round(
        self,
        number: int,
        key: str,
        known: Sequence[Result],
        pending: Sequence[Calculation],
        count: int,
    ) -> Round:
        anions = [one.calculation.inputs["anion"] for one in known if one.done]
        evidence = Evidence(
            smiles=tuple(self.chosen[anion].smiles for anion in anions),
            values=objective_values([one for one in known if one.done], self.brief),
        )
        elite = self._best(evidence)
        tune = bool(len(anions) >= ELITE and (not self._elite or number % TUNE_EVERY == 0))
        tuned = tuple(elite) if tune else ()
        proposed = propose_candidates(self.brief, elite, tuned or self._elite, number)
        addition = self.pool.judged(proposed, number)
        waiting = {**self.pool.waiting, **{one.anion: one for one in addition.eligible}}
        models = self._models(evidence)
        let_go = _least(waiting, models)
        offered = [one for anion, one in waiting.items() if anion not in set(let_go)]
        taken = [self.chosen[one.inputs["anion"]].smiles for one in pending]
        strategy = self.brief.search.strategy if models else "class-random"
        chosen = self._choose(strategy, offered, evidence, taken, count, number)
        return Round(
            key=key,
            addition=addition,
            let_go=tuple(let_go),
            chosen=tuple(one.anion for one in chosen),
            predicted=_predicted(chosen, models),
            elite=tuned,
        )

    def _choose(
        self,
        strategy: str,
        offered: Sequence[Eligible],
        evidence: Evidence,
        taken: Sequence[str],
        count: int,
        number: int,
    ) -> list[Eligible]:
        """At most `count`, no family beyond its share: fewer where there are few others."""
        most = max(1, round(count * self.brief.generators.max_family_share))
        chosen: list[Eligible] = []
        families: Counter[str] = Counter()
        left = list(offered)
        while left and len(chosen) < count:
            picked = choose(
                strategy,
                [one.smiles for one in left],
                evidence,
                [*taken, *(one.smiles for one in chosen)],
                count - len(chosen),
                seed=_seed(self.brief, number, len(chosen)),
            )
            for one in [left[index] for index in picked]:
                if families[one.family] < most:
                    families[one.family] += 1
                    chosen.append(one)
            anions = {one.anion for one in chosen}
            left = [one for one in left if one.anion not in anions]
            left = [one for one in left if families[one.family] < most]
        return chosen

    def _models(self, evidence: Evidence) -> dict[Objective, GaussianProcess]:
        """A model for each objective, none before there is enough to learn from."""
        from tertulia.discover.properties.gaussian_process import GaussianProcess

        if len(evidence.smiles) < max(FEWEST, self.brief.search.initial):
            return {}
        return {
            name: GaussianProcess.fitted(evidence.smiles, evidence.values[:, column])
            for column, name in enumerate(self.brief.target.objectives)
        }

    def _best(self, evidence: Evidence) -> list[str]:
        """Parents: the Pareto front first, then by the first objective; the seeds at the start."""
        if not evidence.smiles:
            return [acid.smiles for acid in self.seeds[:ELITE]]
        front = set(pareto_front(evidence.values))
        order = sorted(
            range(len(evidence.smiles)),
            key=lambda row: (row not in front, -evidence.values[row, 0], evidence.smiles[row]),
        )
        return [evidence.smiles[row] for row in order[:ELITE]]


def acidity_calculation(
    smiles: str, anion: str, brief: Brief, libraries: Mapping[str, str]
) -> Calculation:
    """The xTB calculation of an acid and its anion."""
    from tertulia.discover.physics.acidity import compute_acidity

    # Never 0, with which all first geometries of a molecule are the same.
    seed = brief.seed + 1
    inputs = {"acid": smiles, "anion": anion, "solvent": brief.target.solvent, "seed": seed}
    return Calculation.of(compute_acidity, inputs, libraries)


def objective_values(results: Sequence[Result], brief: Brief) -> Any:
    """Of results that are done a row each, of the brief's objectives a column; larger is better."""
    import numpy as np

    columns = {
        "acidity": [-float(one.values["deprotonation"]) for one in results],
        "transparency": [float(one.values["gap_ev"]) for one in results],
    }
    return np.array([columns[name] for name in brief.target.objectives], dtype=float).T.reshape(
        len(results), len(brief.target.objectives)
    )


def _seeds(brief: Brief) -> list[Acid]:
    given = brief.generators.seeds or tuple(one.smiles for one in seeds())
    return list({acid.anion: acid for acid in map(acid_of, given)}.values())


def _known(acid: Acid, generator: str, how: str) -> Eligible:
    return Eligible(
        smiles=acid.smiles,
        anion=acid.anion,
        family=acid.family,
        batch=0,
        generator=generator,
        how=how,
    )


def _seed(brief: Brief, *parts: int) -> int:
    """A seed of its own for each use, the same in every run."""
    import numpy as np

    return int(np.random.SeedSequence([brief.seed, *parts]).generate_state(1)[0])


def _least(
    waiting: Mapping[str, Eligible], models: Mapping[Objective, GaussianProcess]
) -> list[str]:
    """Anions to let go where too many wait: those that no objective's upper bound speaks for."""
    if len(waiting) <= MOST:
        return []
    anions = list(waiting)
    if not models:
        return anions[MOST:]
    import numpy as np

    smiles = [waiting[anion].smiles for anion in anions]
    bounds = [model.predict(smiles).high for model in models.values()]
    # Places and not values: objectives have different units.
    places = np.min([np.argsort(np.argsort(-bound, kind="stable")) for bound in bounds], axis=0)
    order = sorted(range(len(anions)), key=lambda row: (int(places[row]), anions[row]))
    return [anions[row] for row in order[MOST:]]


def _predicted(
    chosen: Sequence[Eligible], models: Mapping[Objective, GaussianProcess]
) -> dict[str, dict[str, Interval]]:
    predicted: dict[str, dict[str, Interval]] = {one.anion: {} for one in chosen}
    if not chosen:
        return {}
    for name, model in models.items():
        told = model.predict([one.smiles for one in chosen])
        for row, one in enumerate(chosen):
            predicted[one.anion][name] = Interval(
                value=float(told.mean[row]),
                low=float(told.low[row]),
                high=float(told.high[row]),
                known=bool(told.known[row]),
            )
    return predicted
