"""What a campaign sought, in the reader's words."""

from __future__ import annotations

from tertulia.discover.brief import Brief
from tertulia.discover.dossier.labels import (
    anchor_name,
    definition_name,
    generator_name,
    objective_name,
    solvent_name,
    strategy_name,
)
from tertulia.discover.dossier.numbers import number, percent
from tertulia.discover.dossier.reason_labels import constraint_name, reason_name
from tertulia.messages import tr


def brief_lines(brief: Brief) -> list[tuple[str, str]]:
    """(what, how) of everything that a brief decides, chemistry first."""
    return [*_target(brief), *_limits(brief), *_means(brief)]


def _target(brief: Brief) -> list[tuple[str, str]]:
    target, finalists = brief.target, brief.finalists
    lines = [
        (tr("Sought"), "; ".join(map(objective_name, target.objectives))),
        (tr("Solvent of the calculations"), solvent_name(target.solvent)),
    ]
    reference = anchor_name(target.reference)
    if finalists.excludes_reference:
        wanted = tr("stronger than {reference} throughout its 90 % interval", reference=reference)
    else:
        wanted = tr("compared with {reference}", reference=reference)
    alike = tr(
        "Tanimoto similarity below {similarity}, at most {count} of a family",
        similarity=number(finalists.max_similarity, 2),
        count=finalists.max_of_a_family,
    )
    return [*lines, (tr("A finalist is"), f"{wanted}; {alike}")]


def _limits(brief: Brief) -> list[tuple[str, str]]:
    limits = brief.constraints
    fluorine = limits.carbon_fluorine
    lines = [
        (tr("PFAS, by the definition of"), definition_name(limits.pfas)),
        (
            tr("Carbon–fluorine bonds, at most"),
            tr("no limit") if fluorine is None else number(fluorine, 0),
        ),
        (tr("Elements allowed"), ", ".join(limits.elements)),
        (tr("Heavy atoms"), f"{limits.min_heavy_atoms}–{limits.max_heavy_atoms}"),
        (tr("Nitro groups, at most"), number(limits.nitro_groups, 0)),
        (tr("Accessibility, at most"), number(limits.accessibility, 2)),
        (tr("Supply risk, at most"), number(limits.supply_risk, 2)),
    ]
    if limits.waived:
        waived = "; ".join(f"{_finding(name)} ({name})" for name in limits.waived)
        lines.append((tr("Allowed all the same"), waived))
    return lines


def _finding(name: str) -> str:
    named = constraint_name(name)
    return reason_name(name) if named == name else named


def _means(brief: Brief) -> list[tuple[str, str]]:
    given, search = brief.generators, brief.search
    shares = {"fragments": given.fragments, "graph-ga": given.graph_ga, "selfies": given.selfies}
    total = sum(shares.values())
    written = "; ".join(
        f"{generator_name(name)} {percent(round(1000 * share), round(1000 * total))}"
        for name, share in shares.items()
        if share
    )
    return [
        (tr("Generators"), written),
        (
            tr("Search"),
            tr(
                "{strategy}, {count} calculations at a time",
                strategy=strategy_name(search.strategy),
                count=search.batch,
            ),
        ),
        (
            tr("Budget"),
            tr(
                "{count} calculations, at most {finalists} finalists",
                count=number(brief.budget.calculations, 0),
                finalists=brief.budget.finalists,
            ),
        ),
        (tr("Seed of the random numbers"), str(brief.seed)),
    ]
