"""The screen of solvents in the reader's words."""

from __future__ import annotations

from tertulia.discover.value_chain.origin_words import facts_note, origin_note
from tertulia.discover.value_chain.screen_page import ScreenSection, ScreenTable, number
from tertulia.discover.value_chain.solvent_screen import Replacement, SolventScreen
from tertulia.messages import tr


def solvent_section(screen: SolventScreen) -> ScreenSection:
    """The screen as a section: solvents, mixtures, and what was kept out and why."""
    counts = "; ".join(f"{reason_name(code)}: {count}" for code, count in screen.reasons.items())
    notes = [
        tr("Kept out, by reason: {counts}.", counts=counts or tr("nothing")),
        tr(
            "The lists are not complete: a solvent that none of them names is unknown, not safe. "
            "Boiling points, viscosities, flash points and prices are not in the data."
        ),
        tr(
            "Whether the parts of a mixture mix is not computed; the further they are apart, the "
            "less likely it is."
        ),
    ]
    tables = [_solvents(screen)]
    if screen.mixtures:
        tables.append(_mixtures(screen))
    if screen.excluded:
        tables.append(_excluded(screen))
    return ScreenSection(
        kind="solvents",
        title=tr("Solvents instead of {solvent}", solvent=screen.replaced.name),
        lead=tr(
            "{allowed} of {considered} solvents may replace it; the nearest come first.",
            allowed=screen.allowed,
            considered=screen.considered,
        ),
        tables=tuple(tables),
        notes=(*notes, origin_note(screen.origin), facts_note(screen.facts)),
    )


def reason_name(code: str) -> str:
    """Why a solvent is kept out, or what a list says of it."""
    return {
        "candidate-list": tr("substance of very high concern (EU)"),
        "cmr-1": tr("carcinogenic, mutagenic or toxic for reproduction, category 1"),
        "cmr-2": tr("suspected of that, category 2"),
        "doubtful": tr("doubtful row of the table"),
        "molar-volume": tr("molar volume outside the limits"),
        "not-a-candidate": tr("not among the candidates of the brief"),
        "not-liquid": tr("not liquid at 25 °C"),
        "ozone": tr("depletes ozone"),
        "without": tr("excluded by the brief"),
    }[code]


def _hazards(replacement: Replacement) -> str:
    lists = replacement.solvent.lists
    return ", ".join(reason_name(code) for code in lists) if lists else tr("unknown")


def _columns(screen: SolventScreen, *further: str) -> tuple[str, ...]:
    red = ("RED",) if screen.solute is not None else ()
    return (tr("solvent"), "Ra, MPa½", *red, *further)


def _measures(distance: float, red: float | None) -> tuple[str, ...]:
    return (number(distance, 1), *(() if red is None else (number(red, 2),)))


def _solvents(screen: SolventScreen) -> ScreenTable:
    own = Replacement(solvent=screen.replaced, distance=0.0, red=screen.replaced_red)
    rows = []
    for each in (own, *screen.replacements):
        solvent, deltas = each.solvent, each.solvent.parameters
        volume = solvent.molar_volume
        rows.append(
            (
                solvent.name,
                *_measures(each.distance, each.red),
                number(deltas.delta_d, 1),
                number(deltas.delta_p, 1),
                number(deltas.delta_h, 1),
                number(None if volume is None else volume.value, 1),
                _hazards(each),
            )
        )
    columns = _columns(screen, "δD", "δP", "δH", tr("molar volume, cm³/mol"), tr("lists say"))
    return ScreenTable(caption=tr("Single solvents"), columns=columns, rows=tuple(rows))


def _mixtures(screen: SolventScreen) -> ScreenTable:
    rows = []
    for each in screen.mixtures:
        part = number(100 * each.fraction, 0)
        rest = number(100 * (1 - each.fraction), 0)
        name = f"{each.first.name} {part} % + {each.second.name} {rest} %"
        rows.append((name, *_measures(each.distance, each.red), number(each.apart, 1)))
    return ScreenTable(
        caption=tr("Mixtures of two, by volume"),
        columns=_columns(screen, tr("Ra between the parts")),
        rows=tuple(rows),
    )


def _excluded(screen: SolventScreen) -> ScreenTable:
    rows = [
        (
            each.solvent.name,
            *_measures(each.distance, each.red),
            ", ".join(reason_name(code) for code in each.reasons),
        )
        for each in screen.excluded
    ]
    return ScreenTable(
        caption=tr("The nearest of those kept out"),
        columns=_columns(screen, tr("why")),
        rows=tuple(rows),
    )
