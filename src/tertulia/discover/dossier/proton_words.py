"""Words and tables that say of which acid a number is."""

from __future__ import annotations

from tertulia.discover.dossier.numbers import NOTHING, number
from tertulia.discover.dossier.proton_forms import (
    lost_sites,
    most_stable,
    proton_sites,
    sites_tier,
)
from tertulia.discover.dossier.reason_labels import reason_name
from tertulia.discover.dossier.records import short
from tertulia.discover.dossier.tables import Cell, Table, code, figure, rows, text
from tertulia.discover.outcome import Candidate
from tertulia.messages import tr


def of_which_acid(candidate: Candidate) -> str:
    """Of which acid the acidity of a candidate is."""
    best = most_stable(candidate)
    if best is None:
        return tr("of the acid as written")
    if best.written:
        return tr("of the most stable acid, which is the one as written")
    return tr("of the most stable acid, {acid}", acid=best.acid)


def of_which_acids() -> str:
    """The same of many candidates together."""
    return tr(
        "Acidities and deprotonation energies are of the most stable acid where the sites of the "
        "proton were examined, and elsewhere of the acid as written."
    )


def of_the_front() -> str:
    """Of which acids the Pareto front is, and what its drawing shows of them."""
    return tr(
        "The search and the Pareto front go by acids as written; a thin line leads to a mark from "
        "where the acid as written would stand."
    )


def site_notes(candidate: Candidate) -> tuple[str, ...]:
    """Sentences: what was examined, and whether the written acid is the most stable one."""
    from tertulia.discover.physics.proton_sites import MOST_SITES

    best = most_stable(candidate)
    if best is None:
        return ()
    notes = [
        tr(
            "The proton was put in turn on the atoms that bear the anion's charge in one of its "
            "resonance structures; at most {count} acids were computed.",
            count=MOST_SITES,
        ),
        tr("The most stable acid is the one as written.")
        if best.written
        else tr("The most stable acid is another than the one as written."),
    ]
    examined = [one.written for one in proton_sites(candidate)]
    examined += [one.written for one in lost_sites(candidate)]
    if not any(examined):
        notes.append(tr("The acid as written is not among those examined."))
    return tuple(notes)


def sites_table(candidate: Candidate) -> Table | None:
    """Every acid that the anion makes, failures below; None where none was examined."""
    tier = sites_tier(candidate)
    if tier is None:
        return None
    record = code(short(tier.record))
    found = [
        (
            code(one.acid),
            figure(number(one.deprotonation, 2)),
            text(_which(stable=place == 0, written=one.written)),
            record,
        )
        for place, one in enumerate(proton_sites(candidate))
    ]
    lost = [
        (
            code(one.acid),
            Cell(text=reason_name(one.reason), aside=one.reason),
            text(_which(stable=False, written=one.written)),
            record,
        )
        for one in lost_sites(candidate)
    ]
    return Table(
        caption=tr("Acids that the anion makes, the most stable first"),
        columns=(
            tr("Acid"),
            tr("Deprotonation energy, kcal/mol"),
            tr("Which one it is"),
            tr("Record"),
        ),
        rows=rows([*found, *lost]),
    )


def _which(*, stable: bool, written: bool) -> str:
    if stable:
        return tr("the most stable, and as written") if written else tr("the most stable")
    return tr("as written") if written else NOTHING
