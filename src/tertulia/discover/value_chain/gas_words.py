"""The screen of process gases in the reader's words."""

from __future__ import annotations

from tertulia.discover.value_chain.gas_screen import GasLine, GasScreen, Interval
from tertulia.discover.value_chain.gas_substitutes import Substitute
from tertulia.discover.value_chain.origin_words import facts_note, origin_note
from tertulia.discover.value_chain.screen_page import (
    NOTHING,
    ScreenSection,
    ScreenTable,
    number,
    significant,
    span,
)
from tertulia.discover.value_chain.shipped_tables import Figure
from tertulia.messages import tr


def gas_section(screen: GasScreen) -> ScreenSection:
    """The screen as a section: emissions, then substitutes for each gas in use."""
    notes = [
        tr(
            "A potential counts a kilogram; how many kilograms a substitute needs for the same "
            "work must be measured. A potential that is not known is unknown, not low."
        ),
        tr(
            "The table of potentials has no intervals: those shown come from the ranges of the "
            "brief. Columns of earlier reports show how the figure has changed."
        ),
        tr("Factors of utilisation and by-products: {source}.", source=screen.factors_source),
    ]
    if screen.unknown:
        notes.insert(
            0,
            tr(
                "Without a potential and so not in the total: {gases}.",
                gases=", ".join(screen.unknown),
            ),
        )
    return ScreenSection(
        kind="gases",
        title=tr("Process gases"),
        lead=tr(
            "{tonnes} t CO₂e a year by {metric}.",
            tonnes=span(screen.total.low, screen.total.value, screen.total.high),
            metric=screen.metric,
        ),
        tables=(_emissions(screen), *(_substitutes(line, screen) for line in screen.lines)),
        notes=(*notes, origin_note(screen.origin), facts_note(screen.facts)),
    )


def purpose_name(purpose: str) -> str:
    """What a gas is used for."""
    return {
        "etch-oxide": tr("etching oxide"),
        "etch-silicon": tr("etching silicon"),
        "etch-metal": tr("etching metal"),
        "clean-in-situ": tr("cleaning chambers with plasma in the chamber"),
        "clean-remote": tr("cleaning chambers with remote plasma"),
        "clean-thermal": tr("cleaning chambers with heat"),
        "deposition-oxidant": tr("oxidant in deposition"),
        "dopant": tr("doping"),
    }[purpose]


def change_name(code: str) -> str:
    """What a plant must be ready for."""
    return {
        "corrosive": tr("corrosive"),
        "flammable": tr("flammable"),
        "on-site": tr("made on site"),
        "oxidising": tr("oxidising"),
        "pfas": tr("a PFAS by the OECD's definition of 2021"),
        "toxic": tr("toxic"),
    }[code]


def _emissions(screen: GasScreen) -> ScreenTable:
    rows = []
    for line in screen.lines:
        rows.append(
            (
                line.gas,
                purpose_name(line.purpose),
                significant(line.emission.kg.value),
                tr("brief")
                if line.utilisation_from == "brief"
                else tr("table")
                if line.utilisation_from == "table"
                else tr("unknown: all of it counted"),
                _potential(line.emission.potential),
                _tonnes(line.emission.tonnes),
                significant(line.by_metric["AR5GWP100"]),
                significant(line.by_metric["SARGWP100"]),
            )
        )
        for made in line.by_products:
            rows.append(
                (
                    made.gas,
                    tr("by-product of {gas}", gas=line.gas),
                    significant(made.kg.value),
                    tr("table") if made.factor else tr("brief"),
                    _potential(made.potential),
                    _tonnes(made.tonnes),
                    NOTHING,
                    NOTHING,
                )
            )
    columns = (
        tr("process gas"),
        tr("purpose"),
        tr("kg emitted a year"),
        tr("utilisation by"),
        screen.metric,
        tr("t CO₂e a year"),
        tr("by AR5"),
        tr("by SAR"),
    )
    return ScreenTable(caption=tr("What is emitted"), columns=columns, rows=tuple(rows))


def _substitutes(line: GasLine, screen: GasScreen) -> ScreenTable:
    caption = tr("Instead of {gas} for {purpose}", gas=line.gas, purpose=purpose_name(line.purpose))
    if not line.listed:
        caption += " " + tr("(our table does not name {gas} for this)", gas=line.gas)
    columns = (
        tr("process gas"),
        screen.metric,
        tr("times that of {gas}", gas=line.gas),
        tr("kg CO₂e per kg used"),
        tr("warms"),
        tr("what comes with it"),
        tr("says"),
    )
    return ScreenTable(
        caption=caption,
        columns=columns,
        rows=tuple(_substitute(each) for each in line.substitutes),
    )


def _substitute(each: Substitute) -> tuple[str, ...]:
    standing = {"lower": tr("less"), "higher": tr("more"), "unknown": tr("unknown")}[each.standing]
    if each.judged_by == "potential":
        standing += " " + tr("(by potential alone)")
    changes = tr("unknown")
    if each.changes is not None:
        changes = ", ".join(change_name(code) for code in each.changes)
    return (
        each.gas,
        _potential(each.potential),
        significant(each.ratio),
        significant(each.per_kg_used),
        standing,
        changes,
        each.source,
    )


def _potential(figure: Figure | None) -> str:
    if figure is None:
        return tr("unknown")
    return number(figure.value, 0 if figure.value >= 100 else 1)


def _tonnes(interval: Interval | None) -> str:
    if interval is None:
        return tr("unknown")
    return span(interval.low, interval.value, interval.high)
