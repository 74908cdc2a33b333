"""Tables of a campaign's page: finalists beside the anchors, all candidates, and what failed."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.discover.dossier.campaign_view import (
    CampaignView,
    anchor_place,
    page_name,
    row_place,
    score_of,
)
from tertulia.discover.dossier.drawing import draw
from tertulia.discover.dossier.figures import binding, xtb_value
from tertulia.discover.dossier.labels import (
    anchor_name,
    family_name,
    generator_name,
    standing_name,
)
from tertulia.discover.dossier.numbers import NOTHING, interval, number
from tertulia.discover.dossier.proton_forms import SITES, most_stable
from tertulia.discover.dossier.reason_labels import reason_name
from tertulia.discover.dossier.records import short
from tertulia.discover.dossier.tables import Cell, Row, Table, code, figure, text
from tertulia.discover.dossier.verdict_lines import remarks
from tertulia.discover.outcome import Candidate, Tier
from tertulia.messages import tr


def best_table(view: CampaignView) -> Table:
    """The finalists and below them the anchors, in the same columns."""
    finalists = [
        Row(
            cells=(
                Cell(
                    text=tr("Candidate {place}", place=place),
                    href=page_name(place),
                    drawing=draw(one.anion, 150, 110),
                ),
                *_figures(view, one),
            )
        )
        for place, one in enumerate(view.finalists, start=1)
    ]
    anchors = [
        Row(
            cells=(
                Cell(text=anchor_name(name), drawing=draw(one.anion, 150, 110), aside=tr("anchor")),
                *_figures(view, one),
            ),
            place=anchor_place(name),
            kind="anchor",
        )
        for name, one in view.anchors.items()
    ]
    return Table(
        caption=tr("Finalists, and the anchors on the same scales"),
        columns=(
            tr("Anion"),
            tr("Family"),
            tr("pKa in water, 90 % interval"),
            tr(
                "Stronger than {reference} by, pKa units, 90 % interval",
                reference=anchor_name(view.outcome.reference),
            ),
            tr("Deprotonation energy of the most stable acid, kcal/mol"),
            tr("Deprotonation energy of the acid as written, kcal/mol"),
            tr("HOMO–LUMO gap, eV"),
            tr("Ion pair's binding, kcal/mol"),
            tr("Accessibility, 1 to 10"),
            tr("Remarks"),
        ),
        rows=(*finalists, *anchors),
    )


def _figures(view: CampaignView, one: Candidate) -> tuple[Cell, ...]:
    return (
        text(family_name(one.family), aside=standing_name(one.acidity)),
        *_acidity(one),
        _stable_energy(view, one),
        _energy(view, one),
        figure(number(xtb_value(one, "gap_ev"), 2)),
        _binding(view, one),
        figure(number(score_of(one), 2)),
        text("; ".join(map(reason_name, remarks(one))) or NOTHING),
    )


def _stable_energy(view: CampaignView, one: Candidate) -> Cell:
    """The number, which acid it is of and its record; or why there is none."""
    sites, best = one.tier(SITES), most_stable(one)
    if sites is None:
        return text(tr("not computed"))
    if best is None:
        return text(reason_name(sites.reason or ""), aside=_key(view, sites))
    acid = tr("as written") if best.written else best.acid
    return figure(number(best.deprotonation), aside=f"{acid}; {_key(view, sites)}")


def _energy(view: CampaignView, one: Candidate) -> Cell:
    """The number, or why there is none, over the key of its record."""
    xtb = one.tier("xtb")
    if xtb is None or not xtb.done:
        return text(reason_name(xtb.reason or "") if xtb else tr("not computed"))
    return figure(number(xtb_value(one, "deprotonation")), aside=_key(view, xtb))


def _key(view: CampaignView, tier: Tier) -> str:
    kept = view.records.get(tier.record) is not None
    return short(tier.record) if kept else f"{short(tier.record)}: {tr('record missing')}"


def _acidity(one: Candidate) -> tuple[Cell, Cell]:
    if one.acidity is None:
        return figure(NOTHING), figure(NOTHING)
    return figure(interval(one.acidity.pka)), figure(interval(one.acidity.stronger_than_reference))


def _binding(view: CampaignView, one: Candidate) -> Cell:
    """The energy, or why there is none; its record where there is one."""
    pair = one.tier("ion-pair")
    if pair is None:
        return text(tr("not computed"))
    if not pair.done:
        return text(reason_name(pair.reason or ""), aside=_key(view, pair))
    return figure(number(binding(one)), aside=_key(view, pair))


def _record(view: CampaignView, one: Candidate) -> Cell:
    xtb = one.tier("xtb")
    return code(_key(view, xtb)) if xtb is not None else text(tr("not computed"))


def all_table(view: CampaignView) -> Table:
    """Every validated candidate, compact, in the order of proposal."""
    found = [one for one in view.outcome.candidates if one.validated]
    return Table(
        caption=tr("Validated candidates, in the order of their proposal"),
        columns=(
            tr("Number"),
            tr("Anion"),
            tr("Family"),
            tr("Origin"),
            tr("pKa in water, 90 % interval"),
            tr("Deprotonation energy of the most stable acid, kcal/mol"),
            tr("Deprotonation energy of the acid as written, kcal/mol"),
            tr("HOMO–LUMO gap, eV"),
            tr("Accessibility, 1 to 10"),
            tr("Remarks"),
            tr("Record"),
        ),
        rows=tuple(_row(view, one) for one in found),
    )


def _row(view: CampaignView, one: Candidate) -> Row:
    place, number_of = view.place(one), view.numbers[one.anion]
    return Row(
        cells=(
            figure(str(number_of)),
            code(one.anion, href=page_name(place) if place else None),
            text(family_name(one.family), aside=standing_name(one.acidity)),
            text(
                generator_name(one.generator),
                aside=tr("on the Pareto front") if one.pareto else "",
            ),
            _acidity(one)[0],
            _stable_form(one),
            figure(number(xtb_value(one, "deprotonation"))),
            figure(number(xtb_value(one, "gap_ev"), 2)),
            figure(number(score_of(one), 2)),
            text(_broken(one)),
            _record(view, one),
        ),
        place=row_place(number_of),
    )


def _stable_form(one: Candidate) -> Cell:
    best = most_stable(one)
    if best is None:
        return figure(NOTHING)
    return figure(number(best.deprotonation), aside=tr("as written") if best.written else best.acid)


def _broken(one: Candidate) -> str:
    codes = [check.code or check.constraint for check in one.checks if not check.passed]
    names = dict.fromkeys(map(reason_name, codes))
    return tr("breaks: {names}", names="; ".join(names)) if names else NOTHING


def failed_table(view: CampaignView) -> Table | None:
    """Every candidate without a result, with its reason; None where all have one."""
    anchors = [one for one in view.anchors.values() if not one.validated]
    failed = [*anchors, *(one for one in view.outcome.candidates if not one.validated)]
    if not failed:
        return None
    return Table(
        caption=tr("Candidates whose calculation gave nothing"),
        columns=(tr("Anion"), tr("Origin"), tr("Reason"), tr("Detail"), tr("Record")),
        rows=tuple(_failed(view, one) for one in failed),
    )


def _failed(view: CampaignView, one: Candidate) -> Row:
    xtb = one.tier("xtb")
    number_of = view.numbers.get(one.anion)
    return Row(
        cells=(
            code(one.anion),
            text(generator_name(one.generator)),
            _reason(xtb.reason or "" if xtb else ""),
            Cell(text=xtb.detail if xtb else NOTHING, lang="en"),
            _record(view, one),
        ),
        place=row_place(number_of) if number_of else "",
    )


def _reason(reason: str) -> Cell:
    return Cell(text=reason_name(reason) or tr("not computed"), aside=reason)


def counts_table(caption: str, counts: Sequence[tuple[str, str, int]]) -> Table:
    """Counts by reason: its name, its code, how many."""
    return Table(
        caption=caption,
        columns=(tr("Reason"), tr("Code"), tr("Number")),
        rows=tuple(
            Row(cells=(text(name), code(reason), figure(number(count, 0))))
            for name, reason, count in counts
        ),
    )
