"""What is counted of an outcome beyond what it says itself; the same in every language."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tertulia.discover.brief import Brief
from tertulia.discover.finalists import KNOWN, is_able
from tertulia.discover.outcome import Candidate, Interval, Outcome
from tertulia.discover.pool import OUTRANKED, REPEATED

SEARCH = "search"
"""Under which the funnel keeps what the search itself let go."""
INVALID = frozenset(
    {
        "impossible-valence",
        "in-pieces",
        "no-molecule",
        "no-place",
        "not-an-acid",
        "smiles-unreadable",
        "unreadable",
    }
)
"""Reasons that say that there is no acid, as against one that is not wanted."""


@dataclass(frozen=True, kw_only=True)
class GeneratorFigures:
    """What became of what a generator made.

    `valid` are acids that could be read, `new` of these were neither repeated nor known before.
    """

    name: str
    made: int
    valid: int
    new: int
    allowed: int
    calculated: int
    validated: int
    finalists: int


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How often a model's 90 % interval held the computed value, where the model knew of it."""

    name: str
    known: int
    held: int
    unknown: int


def generator_figures(outcome: Outcome) -> tuple[GeneratorFigures, ...]:
    """One for each generator of the funnel, by name."""
    funnel = outcome.funnel
    return tuple(
        _of_generator(outcome, name, made, Counter(funnel.dropped.get(name, {})))
        for name, made in sorted(funnel.proposed.items())
    )


def _of_generator(
    outcome: Outcome, name: str, made: int, dropped: Counter[str]
) -> GeneratorFigures:
    own = [one for one in outcome.candidates if one.generator == name]
    valid = made - sum(dropped[reason] for reason in INVALID)
    return GeneratorFigures(
        name=name,
        made=made,
        valid=valid,
        new=valid - dropped[REPEATED],
        allowed=made - dropped.total(),
        calculated=len(own),
        validated=sum(one.validated for one in own),
        finalists=sum(one.anion in outcome.finalists for one in own),
    )


def left_waiting(outcome: Outcome) -> int:
    """Candidates that were allowed and neither calculated nor let go when the budget was spent."""
    outranked = outcome.funnel.dropped.get(SEARCH, {}).get(OUTRANKED, 0)
    calculated = sum(one.generator not in KNOWN for one in outcome.candidates)
    return outcome.funnel.eligible - outranked - calculated


def no_finalists(outcome: Outcome, brief: Brief) -> dict[str, int]:
    """Why validated candidates are no finalists: how many, by reason."""
    spec = brief.finalists
    examined = any(one.tier("proton-sites") for one in outcome.candidates)
    reasons: Counter[str] = Counter()
    for one in outcome.candidates:
        if not one.validated or one.anion in outcome.finalists:
            continue
        if one.generator in KNOWN:
            reasons["known-before"] += 1
        elif one.acidity is None:
            reasons["no-acidity"] += 1
        elif not all(check.passed for check in one.checks):
            reasons["constraint"] += 1
        elif not is_able(one, spec):
            reasons["reference-not-excluded"] += 1
        else:
            reasons[_left_over(one, examined)] += 1
    return dict(sorted(reasons.items()))


def _left_over(candidate: Candidate, examined: bool) -> str:
    """Why one that is able is no finalist; `examined`: whether the campaign examined any sites."""
    sites = candidate.tier("proton-sites")
    if examined and sites is None:
        return "sites-not-examined"
    if sites is not None and not sites.done:
        return "sites-failed"
    return "alike-or-beyond-number"


def coverage(outcome: Outcome) -> tuple[Coverage, ...]:
    """For each property that was predicted, by name."""
    found = []
    for name in sorted({name for one in outcome.candidates for name in one.predicted}):
        pairs = [
            (one.predicted[name], value)
            for one in outcome.candidates
            if name in one.predicted and (value := computed(one, name)) is not None
        ]
        known = [(told, value) for told, value in pairs if told.known]
        found.append(
            Coverage(
                name=name,
                known=len(known),
                held=sum(told.low <= value <= told.high for told, value in known),
                unknown=len(pairs) - len(known),
            )
        )
    return tuple(found)


def computed(candidate: Candidate, name: str) -> float | None:
    """What GFN2-xTB gave for a property as models predict it: larger is better."""
    value = xtb_value(candidate, {"acidity": "deprotonation", "transparency": "gap_ev"}.get(name))
    return -value if value is not None and name == "acidity" else value


def upright(name: str, told: Interval) -> Interval:
    """A prediction as people read it: an acidity is predicted as the negative energy."""
    if name != "acidity":
        return told
    return Interval(value=-told.value, low=-told.high, high=-told.low, known=told.known)


def xtb_value(candidate: Candidate, name: str | None) -> float | None:
    """A number of the first tier: kcal/mol, eV; None where there is none."""
    xtb = candidate.tier("xtb")
    value = xtb.values.get(name) if xtb is not None and xtb.done and name else None
    return float(value) if isinstance(value, int | float) else None


def binding(candidate: Candidate) -> float | None:
    """Of the ion pair with triphenylsulfonium, in kcal/mol."""
    pair = candidate.tier("ion-pair")
    value = pair.values.get("binding") if pair is not None and pair.done else None
    return float(value) if isinstance(value, int | float) else None


def waiting(outcome: Outcome) -> tuple[int, ...]:
    """Places, from 1, of finalists whose dear calculations nobody has approved."""
    return tuple(
        place
        for place, anion in enumerate(outcome.finalists, start=1)
        if anion not in outcome.approved
    )
