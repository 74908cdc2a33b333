"""From results of calculations to candidates: their checks, their acidity, their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from tertulia.campaign.calculation import Result
from tertulia.discover.brief import Brief
from tertulia.discover.constraints.anchors import ANCHORS
from tertulia.discover.constraints.judge import Verdict, judge
from tertulia.discover.molecules.acid import Acid, acid_of
from tertulia.discover.outcome import Acidity, Candidate, Check, Interval
from tertulia.discover.pool import Eligible
from tertulia.discover.proposer import MaterialsProposer, objective_values
from tertulia.discover.search.pareto import pareto_front
from tertulia.discover.tiers import tier_of

if TYPE_CHECKING:
    from tertulia.discover.physics.calibration import Computed


@cache
def anchor_acids() -> dict[str, Acid]:
    """The acids of the anchors, by name."""
    return {name: acid_of(smiles) for name, smiles in ANCHORS.items()}


def appraised(
    results: Sequence[Result], proposer: MaterialsProposer, brief: Brief
) -> list[Candidate]:
    """A candidate for each result, in their order; anchors and seeds among them."""
    reference = computed_reference(results, brief)
    front = _front(results, brief)
    return [
        _candidate(
            result,
            proposer.chosen[result.calculation.inputs["anion"]],
            proposer.predicted,
            reference,
            brief,
            pareto=place in front,
        )
        for place, result in enumerate(results)
    ]


def checks(acid: Acid, brief: Brief) -> tuple[Check, ...]:
    """What every constraint says, in English."""
    return tuple(_check(verdict) for verdict in judge(acid, brief.constraints))


def _check(verdict: Verdict) -> Check:
    return Check(
        constraint=verdict.constraint,
        passed=verdict.passed,
        code=verdict.code,
        text=verdict.message.format(**dict(verdict.fields)),
    )


def reappraised(candidate: Candidate, sites: Result, reference: Computed | None) -> Candidate:
    """A candidate after its proton's sites were computed: as strong as its most stable acid is."""
    acidity = candidate.acidity
    if sites.done:
        acidity = _acidity(candidate.family, float(sites.values["deprotonation"]), reference)
    tiers = (*candidate.tiers, tier_of("proton-sites", sites))
    return candidate.model_copy(update={"tiers": tiers, "acidity": acidity})


def _candidate(
    result: Result,
    origin: Eligible,
    predicted: Mapping[str, dict[str, Interval]],
    reference: Computed | None,
    brief: Brief,
    *,
    pareto: bool,
) -> Candidate:
    return Candidate(
        smiles=origin.smiles,
        anion=origin.anion,
        family=origin.family,
        batch=origin.batch,
        generator=origin.generator,
        parents=origin.parents,
        how=origin.how,
        predicted=predicted.get(origin.anion, {}),
        checks=checks(acid_of(origin.smiles), brief),
        tiers=(tier_of("xtb", result),),
        acidity=_acidity(origin.family, float(result.values["deprotonation"]), reference)
        if result.done
        else None,
        pareto=pareto,
    )


def _acidity(family: str, deprotonation: float, reference: Computed | None) -> Acidity | None:
    if reference is None:
        return None
    from tertulia.discover.physics.calibration import Computed, calibrated, exceeds

    pka = calibrated(family, deprotonation)
    less = exceeds(Computed(family=family, deprotonation=deprotonation), reference)
    return Acidity(
        pka=Interval(value=pka.pka, low=pka.low, high=pka.high, known=not pka.extrapolated),
        standing=pka.standing,
        stronger_than_reference=Interval(value=-less.pka, low=-less.high, high=-less.low),
    )


def computed_reference(results: Sequence[Result], brief: Brief) -> Computed | None:
    """The brief's reference as it was computed, at its measured pKa where that is known.

    `results` are those of xTB, or of the sites of protons; None where it is not among them.
    """
    from tertulia.discover.physics.calibration import Computed
    from tertulia.discover.physics.calibration_table import shipped_calibration

    acid = anchor_acids()[brief.target.reference]
    measured = {one.anion: one.pka for one in shipped_calibration().anchors}
    for result in results:
        if result.done and result.calculation.inputs["anion"] == acid.anion:
            return Computed(
                family=acid.family,
                deprotonation=float(result.values["deprotonation"]),
                measured=measured.get(acid.anion),
            )
    return None


def _front(results: Sequence[Result], brief: Brief) -> frozenset[int]:
    """Places of those that no other is better than in all objectives, anchors left out."""
    anchors = {acid.anion for acid in anchor_acids().values()}
    places = [
        place
        for place, result in enumerate(results)
        if result.done and result.calculation.inputs["anion"] not in anchors
    ]
    if not places:
        return frozenset()
    values = objective_values([results[place] for place in places], brief)
    return frozenset(places[row] for row in pareto_front(values))
