"""A finalist's page: what it is, where it comes from, what was computed of it and how surely."""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.discover.dossier import cautions
from tertulia.discover.dossier.campaign_page import acidity_plot
from tertulia.discover.dossier.campaign_view import CampaignView, page_name, score_of
from tertulia.discover.dossier.drawing import draw
from tertulia.discover.dossier.figures import computed, upright
from tertulia.discover.dossier.labels import (
    anchor_name,
    family_name,
    generator_name,
    property_name,
    property_unit,
    standing_name,
    tier_name,
    yes_no,
)
from tertulia.discover.dossier.lineage import Ancestor, generations
from tertulia.discover.dossier.numbers import NOTHING, duration, interval, number
from tertulia.discover.dossier.page_template import render_page
from tertulia.discover.dossier.proton_forms import SITES, acidity_tier, most_stable
from tertulia.discover.dossier.proton_words import (
    of_which_acid,
    of_which_acids,
    site_notes,
    sites_table,
)
from tertulia.discover.dossier.reason_labels import constraint_name, reason_name
from tertulia.discover.dossier.records import again, short
from tertulia.discover.dossier.tables import Cell, Table, code, figure, rows, text
from tertulia.discover.dossier.tier_values import QUANTITIES, shown, states
from tertulia.discover.dossier.verdict_lines import verdict_lines
from tertulia.discover.outcome import Candidate, Interval, Tier
from tertulia.discover.tiers import DEAR
from tertulia.messages import tr


@dataclass(frozen=True, kw_only=True)
class TierSection:
    """A tier as the page shows it: its numbers, or why there are none."""

    name: str
    tables: tuple[Table, ...] = ()
    missing: str = ""
    notes: tuple[str, ...] = ()
    detail: str = ""
    record: str = ""
    command: str = ""
    cost: str = ""


def render_candidate(
    view: CampaignView, candidate: Candidate, files: tuple[str, ...], *, home: str
) -> str:
    """The page in the reader's language; `files` are paths from the dossier's folder."""
    place = view.place(candidate)
    assert place is not None, "only finalists have a page"
    return render_page(
        "candidate.html.jinja",
        page=page_name(place),
        home=home,
        outcome=view.outcome,
        title=tr("Candidate {place}", place=place),
        lead=_lead(view, candidate),
        candidate=candidate,
        drawings=_drawings(candidate),
        facts=_facts(candidate),
        ancestors=[[_ancestor(view, one) for one in some] for some in generations(view, candidate)],
        constraints=_constraints(view, candidate),
        predicted=_predicted(candidate),
        advisory=_advisory(candidate),
        acidities=acidity_plot(view, candidate),
        acidity=_acidity(view, candidate),
        which_acids=of_which_acids(),
        tiers=[_tier(view, candidate, name) for name in QUANTITIES],
        files=files,
        proxies=cautions.proxy_texts(cautions.candidate_proxies(candidate)),
        laboratory=cautions.laboratory_texts(),
        neighbours=_neighbours(view, place),
    )


def _drawings(one: Candidate) -> list[tuple[str, str, str]]:
    """(name, drawing, SMILES) of the acid, of its most stable form if another, of the anion."""
    best = most_stable(one)
    shown = [(tr("Acid"), one.smiles), (tr("Anion"), one.anion)]
    if best is not None and not best.written:
        shown[:1] = [(tr("Acid as written"), one.smiles), (tr("Most stable acid"), best.acid)]
    return [(name, draw(smiles, 340, 240), smiles) for name, smiles in shown]


def _lead(view: CampaignView, one: Candidate) -> str:
    return tr("{family}; campaign {name}", family=family_name(one.family), name=view.outcome.name)


def _facts(one: Candidate) -> list[tuple[str, str]]:
    return [
        (tr("Family"), family_name(one.family)),
        (tr("On the Pareto front"), yes_no(one.pareto)),
        (tr("Accessibility, 1 to 10"), number(score_of(one), 2)),
        (tr("Origin"), generator_name(one.generator)),
        (tr("Round of the search"), str(one.batch)),
    ]


def _ancestor(view: CampaignView, one: Ancestor) -> tuple[str, str, str | None, str]:
    """(SMILES, drawing, where it is shown, what it is)."""
    known = one.candidate
    if known is None:
        return one.smiles, draw(one.smiles), None, tr("not calculated in this campaign")
    name = view.anchor_of(known)
    what = anchor_name(name) if name else generator_name(known.generator)
    return one.smiles, draw(one.smiles), view.href(known), what


def _constraints(view: CampaignView, one: Candidate) -> Table:
    return Table(
        caption=tr("Constraints of the brief"),
        columns=(tr("Constraint"), tr("Passed"), tr("Code"), tr("Finding")),
        rows=rows(
            (
                text(constraint_name(line.constraint)),
                text(yes_no(line.passed)),
                code(line.code or NOTHING),
                Cell(text=line.text, lang=line.lang),
            )
            for line in verdict_lines(one, view.brief)
        ),
    )


def _predicted(one: Candidate) -> Table | None:
    """What was expected when it was chosen beside what came out."""
    if not one.predicted:
        return None
    xtb = one.tier("xtb")
    lines = []
    for name, raw in sorted(one.predicted.items()):
        told, value = upright(name, raw), computed(one, name)
        held = NOTHING if value is None else yes_no(raw.low <= value <= raw.high)
        upright_value = -value if value is not None and name == "acidity" else value
        lines.append(
            (
                text(property_name(name), aside=_unit(name)),
                figure(interval(told, 2)),
                text(tr("known") if told.known else tr("unknown")),
                figure(number(upright_value, 2), aside=short(xtb.record) if xtb else ""),
                text(held),
            )
        )
    return Table(
        caption=tr("Predicted before, and computed"),
        columns=(
            tr("Property"),
            tr("Predicted, 90 % interval"),
            tr("Within the model's domain"),
            tr("Computed"),
            tr("Within the interval"),
        ),
        rows=rows(lines),
    )


def _unit(name: str) -> str:
    unit = property_unit(name)
    return tr("{unit}, of the acid as written", unit=unit) if name == "acidity" else unit


def _advisory(one: Candidate) -> Table | None:
    """What models of other properties expect: advice, and no ground of choice."""
    if not one.advisory:
        return None
    return Table(
        caption=tr("Advice from models of other properties"),
        columns=(tr("Property"), tr("Predicted, 90 % interval"), tr("Within the model's domain")),
        rows=rows(_advised(name, told) for name, told in sorted(one.advisory.items())),
    )


def _advised(name: str, told: Interval) -> tuple[Cell, ...]:
    known = tr("known") if told.known else tr("unknown")
    title = text(property_name(name), aside=property_unit(name))
    return title, figure(interval(told, 2)), text(known)


def _acidity(view: CampaignView, one: Candidate) -> Table | None:
    if one.acidity is None:
        return None
    tier = acidity_tier(one)
    record = code(short(tier.record) if tier else NOTHING)
    whose = of_which_acid(one)
    reference = anchor_name(view.outcome.reference)
    return Table(
        caption=tr("Acidity"),
        columns=(tr("Quantity"), tr("Value, 90 % interval"), tr("Record")),
        rows=rows(
            (
                (
                    text(tr("pKa in water"), aside=f"{standing_name(one.acidity)}; {whose}"),
                    figure(interval(one.acidity.pka)),
                    record,
                ),
                (
                    text(tr("Stronger than {reference} by", reference=reference), aside=whose),
                    figure(interval(one.acidity.stronger_than_reference)),
                    record,
                ),
            )
        ),
    )


def _tier(view: CampaignView, one: Candidate, name: str) -> TierSection:
    tier = one.tier(name)
    if tier is None:
        return TierSection(name=tier_name(name), missing=_why_missing(view, one, name))
    kept = view.records.get(tier.record)
    cost = kept.cost if kept is not None else None
    return TierSection(
        name=tier_name(name),
        tables=_tier_tables(one, tier) if tier.done else (),
        notes=site_notes(one) if name == SITES else (),
        missing=""
        if tier.done
        else tr("It failed: {reason}.", reason=reason_name(tier.reason or "")),
        detail=tier.detail,
        record=short(tier.record),
        command=again(view.outcome, tier.record) if kept is not None else "",
        cost=duration(cost.cpu_seconds) if cost is not None else "",
    )


def _why_missing(view: CampaignView, one: Candidate, name: str) -> str:
    left_out = {"excitations"} if not view.brief.dear.excitations else set()
    left_out |= {"conformers", "ion-pair"} - set(view.brief.finalists.tiers)
    if name == SITES:
        return tr("Not computed: only the surest candidates were examined.")
    if name in left_out:
        return tr("Not computed: the brief leaves it out.")
    if name in DEAR and one.anion not in view.outcome.approved:
        return tr("Not computed: it waits for approval.")
    return tr("Not computed.")


def _tier_tables(one: Candidate, tier: Tier) -> tuple[Table, ...]:
    values = Table(
        caption=tier_name(tier.tier),
        columns=(tr("Quantity"), tr("Value"), tr("Record")),
        rows=rows(
            (text(label), figure(value), code(short(tier.record))) for label, value in shown(tier)
        ),
    )
    if tier.tier == SITES and (sites := sites_table(one)) is not None:
        return values, sites
    if not (found := states(tier)):
        return (values,)
    excited = Table(
        caption=tr("Excited states"),
        columns=(
            tr("State"),
            tr("Energy, eV"),
            tr("Wavelength, nm"),
            tr("Oscillator strength"),
            tr("Record"),
        ),
        rows=rows(
            (figure(str(place)), *map(figure, state), code(short(tier.record)))
            for place, state in enumerate(found, start=1)
        ),
    )
    return values, excited


def _neighbours(view: CampaignView, place: int) -> list[tuple[str, str]]:
    """(page, name) of the finalists before and after."""
    return [
        (page_name(other), tr("Candidate {place}", place=other))
        for other in (place - 1, place + 1)
        if 1 <= other <= len(view.finalists)
    ]
