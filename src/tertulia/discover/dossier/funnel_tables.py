"""Tables of where candidates went: from what was proposed to the finalists, nothing uncounted."""

from __future__ import annotations

from tertulia.discover.dossier.campaign_tables import counts_table
from tertulia.discover.dossier.campaign_view import CampaignView
from tertulia.discover.dossier.figures import (
    coverage,
    generator_figures,
    left_waiting,
    no_finalists,
)
from tertulia.discover.dossier.labels import generator_name, property_name
from tertulia.discover.dossier.numbers import number, percent
from tertulia.discover.dossier.reason_labels import reason_name
from tertulia.discover.dossier.tables import Row, Table, code, figure, rows, text
from tertulia.messages import tr


def funnel_table(view: CampaignView) -> Table:
    """How many there were at each step."""
    funnel = view.outcome.funnel
    dropped = sum(sum(reasons.values()) for reasons in funnel.dropped.values())
    steps = (
        (tr("Made by generators"), sum(funnel.proposed.values())),
        (tr("Dropped, all reasons together"), dropped),
        (tr("New, and allowed by all constraints"), funnel.eligible),
        (tr("Still waiting when the budget was spent"), left_waiting(view.outcome)),
        (tr("Calculated, anchors and seed pool included"), funnel.calculated),
        (tr("Without a result"), sum(funnel.failed.values())),
        (tr("Validated: converged, bonds unchanged"), funnel.validated),
        (tr("Finalists"), len(view.outcome.finalists)),
    )
    return Table(
        caption=tr("From proposals to finalists"),
        columns=(tr("Step"), tr("Number")),
        rows=rows((text(name), figure(number(count, 0))) for name, count in steps),
    )


def drops_table(view: CampaignView) -> Table | None:
    """Why proposals were dropped, by generator or step, the most frequent first."""
    lines = [
        (name, reason, count)
        for name, reasons in sorted(view.outcome.funnel.dropped.items())
        for reason, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    if not lines:
        return None
    return Table(
        caption=tr("Why proposals were dropped"),
        columns=(tr("Origin"), tr("Reason"), tr("Code"), tr("Number")),
        rows=tuple(
            Row(
                cells=(
                    text(generator_name(name)),
                    text(reason_name(reason)),
                    code(reason),
                    figure(number(count, 0)),
                )
            )
            for name, reason, count in lines
        ),
    )


def generators_table(view: CampaignView) -> Table | None:
    """What became of each generator's proposals."""
    found = generator_figures(view.outcome)
    if not found:
        return None
    return Table(
        caption=tr("Generators"),
        columns=(
            tr("Origin"),
            tr("Made"),
            tr("Valid"),
            tr("New, of the valid"),
            tr("Allowed"),
            tr("Calculated"),
            tr("Validated"),
            tr("Finalists"),
        ),
        rows=rows(
            (
                text(generator_name(one.name)),
                figure(number(one.made, 0)),
                figure(number(one.valid, 0), aside=percent(one.valid, one.made)),
                figure(number(one.new, 0), aside=percent(one.new, one.valid)),
                figure(number(one.allowed, 0), aside=percent(one.allowed, one.made)),
                figure(number(one.calculated, 0)),
                figure(number(one.validated, 0)),
                figure(number(one.finalists, 0)),
            )
            for one in found
        ),
    )


def failures_table(view: CampaignView) -> Table | None:
    """Why calculations gave nothing."""
    failed = view.outcome.funnel.failed
    if not failed:
        return None
    counts = [(reason_name(reason), reason, count) for reason, count in sorted(failed.items())]
    return counts_table(tr("Why calculations gave nothing"), counts)


def no_finalists_table(view: CampaignView) -> Table | None:
    """Why validated candidates are no finalists."""
    reasons = no_finalists(view.outcome, view.brief)
    if not reasons:
        return None
    counts = [(reason_name(reason), reason, count) for reason, count in reasons.items()]
    return counts_table(tr("Why validated candidates are no finalists"), counts)


def coverage_table(view: CampaignView) -> Table | None:
    """How often intervals of predictions held what was then computed."""
    found = coverage(view.outcome)
    if not found:
        return None
    return Table(
        caption=tr("Predictions against computed values; 90 % are expected within the interval"),
        columns=(
            tr("Property"),
            tr("Predicted"),
            tr("Within the interval"),
            tr("Outside the model's domain"),
        ),
        rows=rows(
            (
                text(property_name(one.name)),
                figure(number(one.known, 0)),
                figure(number(one.held, 0), aside=percent(one.held, one.known)),
                figure(number(one.unknown, 0)),
            )
            for one in found
        ),
    )
