"""The campaign's page: what was sought, what was found, what went where, what is left to do."""

from __future__ import annotations

from typing import TypeVar

from tertulia.discover.dossier import campaign_tables, cautions, funnel_tables, plots
from tertulia.discover.dossier.brief_words import brief_lines
from tertulia.discover.dossier.campaign_view import CampaignView, page_name
from tertulia.discover.dossier.figures import waiting, xtb_value
from tertulia.discover.dossier.labels import anchor_name, family_name
from tertulia.discover.dossier.numbers import duration, interval, number
from tertulia.discover.dossier.page_template import render_page
from tertulia.discover.dossier.proton_forms import deprotonation, most_stable
from tertulia.discover.dossier.proton_words import of_the_front, of_which_acid, of_which_acids
from tertulia.discover.outcome import Candidate
from tertulia.messages import ntr, tr

_T = TypeVar("_T")


def render_campaign(view: CampaignView, *, home: str, pages: str) -> str:
    """The page in the reader's language; `pages` leads to the folder of the candidates' pages."""
    outcome = view.outcome
    return render_page(
        "campaign.html.jinja",
        page="index.html",
        home=home,
        pages=pages,
        outcome=outcome,
        title=tr("Campaign {name}", name=outcome.name),
        lead=_lead(view),
        brief=brief_lines(view.brief),
        best=campaign_tables.best_table(view),
        pareto=pareto_plot(view),
        acidities=acidity_plot(view),
        which_acids=of_which_acids(),
        which_front=of_the_front(),
        funnel=_present(
            funnel_tables.funnel_table(view),
            funnel_tables.generators_table(view),
            funnel_tables.drops_table(view),
            funnel_tables.failures_table(view),
            funnel_tables.no_finalists_table(view),
        ),
        coverage=funnel_tables.coverage_table(view),
        progress=plots.draw_progress(
            outcome.progress,
            title=tr("Hypervolume of the objectives by number of calculations"),
            x_name=tr("Calculations"),
            y_name=tr("Hypervolume"),
        ),
        everything=campaign_tables.all_table(view),
        failed=campaign_tables.failed_table(view),
        proxies=cautions.proxy_texts(cautions.campaign_proxies(outcome)),
        laboratory=cautions.laboratory_texts(),
        gate=_gate(view),
        key_of=_a_key(view),
    )


def _lead(view: CampaignView) -> str:
    found = len(view.outcome.finalists)
    finalists = ntr("{count} finalist", "{count} finalists", found)
    return tr(
        "{finalists}, of {validated} validated candidates. Everything here was computed; nothing "
        "was measured in a laboratory.",
        finalists=finalists,
        validated=number(sum(one.validated for one in view.outcome.candidates), 0),
    )


def _present(*tables: _T | None) -> list[_T]:
    return [one for one in tables if one is not None]


def pareto_plot(view: CampaignView) -> str:
    """Deprotonation energy and gap of all validated candidates."""
    found = [
        _point(one, "front" if one.pareto else "found", one.anion, "")
        for one in view.outcome.candidates
        if view.place(one) is None
    ]
    finalists = [
        _point(one, "finalist", tr("Candidate {place}", place=place), str(place))
        for place, one in enumerate(view.finalists, start=1)
    ]
    anchors = [
        _point(one, "anchor", anchor_name(name), anchor_name(name))
        for name, one in view.anchors.items()
    ]
    return plots.draw_scatter(
        _present(*found, *anchors, *finalists),
        title=tr("Deprotonation energy and gap of candidates, finalists and anchors"),
        x_name=tr("Deprotonation energy, kcal/mol (stronger acids to the left)"),
        y_name=tr("HOMO–LUMO gap, eV"),
    )


def _point(one: Candidate, kind: str, name: str, mark: str) -> plots.Point | None:
    written, gap = xtb_value(one, "deprotonation"), xtb_value(one, "gap_ev")
    energy = deprotonation(one)
    if energy is None or gap is None:
        return None
    title = f"{name}: {number(energy)} kcal/mol {of_which_acid(one)}; {number(gap, 2)} eV"
    best = most_stable(one)
    moved = written if best is not None and not best.written else None
    if moved is not None:
        title += f"; {number(moved)} kcal/mol {tr('of the acid as written')}"
    return plots.Point(x=energy, y=gap, kind=kind, title=title, mark=mark, written_x=moved)


def acidity_plot(view: CampaignView, only: Candidate | None = None) -> str:
    """pKa with intervals of the finalists, or of one of them, and of the anchors."""
    shown = [
        (tr("Candidate {place}", place=view.place(one)), one, "finalist")
        for one in view.finalists
        if only is None or one.anion == only.anion
    ]
    anchors = view.anchors.items()
    shown += [(anchor_name(name), one, "anchor") for name, one in anchors]
    spans = [
        plots.Span(
            label=label,
            value=one.acidity.pka.value,
            low=one.acidity.pka.low,
            high=one.acidity.pka.high,
            kind=f"{kind} {one.acidity.standing}",
            title=f"{label}, {family_name(one.family)}: pKa {interval(one.acidity.pka)} "
            f"{of_which_acid(one)}",
        )
        for label, one, kind in shown
        if one.acidity is not None
    ]
    return plots.draw_spans(
        spans,
        title=tr("pKa in water with 90 % intervals, beside the anchors"),
        name=tr("pKa in water (stronger acids to the left; dashed: ranked only)"),
    )


def _gate(view: CampaignView) -> list[tuple[str, str, str]]:
    """(page, name, expected time) of each finalist whose dear calculations wait."""
    dear = view.brief.dear
    lines = []
    for place in waiting(view.outcome):
        one = view.finalists[place - 1]
        seconds = _seconds(one, dear.excitations, dear.method)
        lines.append((page_name(place), tr("Candidate {place}", place=place), seconds))
    return lines


def _seconds(one: Candidate, states: int, method: str) -> str:
    """CPU time that the dear tiers of a candidate are expected to take, on one thread."""
    from tertulia.discover.physics.tier_costs import costs

    expected = costs(one.smiles, states=max(states, 1))
    seconds = expected["dft"]
    if states:
        seconds += expected[f"excitations_{method}"]
    return duration(seconds)


def _a_key(view: CampaignView) -> str:
    """The first digits of some record, for the example of a command."""
    every = (*view.finalists, *view.outcome.candidates, *view.anchors.values())
    keys = [tier.record for one in every for tier in one.tiers]
    return keys[0][:12] if keys else "KEY"
