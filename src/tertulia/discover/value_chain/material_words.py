"""The screen of raw materials in the reader's words."""

from __future__ import annotations

from tertulia.discover.value_chain.concentration import Concentration
from tertulia.discover.value_chain.material_screen import (
    IMPORTANCE_THRESHOLD,
    RISK_THRESHOLD,
    Exposure,
    MaterialLine,
    MaterialScreen,
)
from tertulia.discover.value_chain.material_table import LATEST
from tertulia.discover.value_chain.origin_words import facts_note, origin_note
from tertulia.discover.value_chain.screen_page import (
    NOTHING,
    ScreenSection,
    ScreenTable,
    number,
    span,
)
from tertulia.messages import tr


def material_section(screen: MaterialScreen) -> ScreenSection:
    """The screen as a section: materials, suppliers, and the exposure of the bill."""
    notes = [
        tr(
            "Supply risk and economic importance are the European Commission's; critical is what "
            "reaches {risk} and {importance}. Until 2014 another method was used.",
            risk=number(RISK_THRESHOLD, 1),
            importance=number(IMPORTANCE_THRESHOLD, 1),
        ),
        tr(
            "HHI from 0 to 10,000: squares of the listed shares, and in brackets what they leave "
            "possible. The index of governance that the Commission also weighs with is not in the "
            "data."
        ),
        tr("Critical and strategic by {source}.", source=screen.status_source),
    ]
    if screen.unknown:
        notes.insert(
            0,
            tr(
                "Without an assessment of {year}, so unknown: {materials}.",
                year=LATEST,
                materials=", ".join(screen.unknown),
            ),
        )
    return ScreenSection(
        kind="materials",
        title=tr("Raw materials"),
        lead=" ".join(_lead(exposure) for exposure in screen.exposures),
        tables=(_materials(screen), _suppliers(screen), _exposures(screen)),
        notes=(*notes, origin_note(screen.origin), facts_note(screen.facts)),
    )


def standing_name(line: MaterialLine) -> str:
    """Its place in the regulation."""
    name = {
        "critical": tr("critical"),
        "strategic": tr("critical and strategic"),
        "not-listed": tr("not listed"),
        "unknown": tr("unknown"),
    }[line.listed]
    return name + " " + tr("(in a certain grade)") if line.grade_only else name


def _lead(exposure: Exposure) -> str:
    fields = {
        "share": number(100 * exposure.critical, 0),
        "risk": _risk_text(exposure),
    }
    if exposure.weighed_by == "mass":
        return tr("{share} % of the mass is critical; mean supply risk {risk}.", **fields)
    return tr("{share} % of the value is critical; mean supply risk {risk}.", **fields)


def _risk_text(exposure: Exposure) -> str:
    if exposure.value is None:
        return tr("unknown")
    if exposure.low == exposure.high:
        return number(exposure.value, 2)
    return span(exposure.low, exposure.value, exposure.high)


def _materials(screen: MaterialScreen) -> ScreenTable:
    columns = (
        tr("raw material"),
        tr("share of mass"),
        tr("share of value"),
        tr("supply risk {year}", year=LATEST),
        tr("economic importance {year}", year=LATEST),
        tr("supply risk by year"),
        tr("status in the EU"),
    )
    return ScreenTable(
        caption=tr("Materials by supply risk"),
        columns=columns,
        rows=tuple(_material(line) for line in screen.lines),
    )


def _material(line: MaterialLine) -> tuple[str, ...]:
    name = line.material
    if line.assessed_as not in (None, line.material):
        name = tr("{material} (assessed as {group})", material=name, group=line.assessed_as)
    trend = ", ".join(
        f"{each.year}: {number(each.supply_risk.value, 1)}"
        for each in line.trend
        if each.supply_risk is not None
    )
    return (
        name,
        _percent(line.mass_share),
        _percent(line.value_share),
        tr("unknown") if line.supply_risk is None else number(line.supply_risk.value, 1),
        tr("unknown")
        if line.economic_importance is None
        else number(line.economic_importance.value, 1),
        trend or NOTHING,
        standing_name(line),
    )


def _suppliers(screen: MaterialScreen) -> ScreenTable:
    rows = []
    for line in screen.lines:
        for stage in line.stages:
            name = {"extraction": tr("extraction"), "processing": tr("processing")}[stage.stage]
            rows.append(
                (
                    line.material,
                    name,
                    _hhi(stage.world),
                    _largest(stage.world),
                    _hhi(stage.union),
                    _largest(stage.union),
                )
            )
    columns = (
        tr("raw material"),
        tr("stage"),
        tr("HHI of the world's supply"),
        tr("largest supplier of the world"),
        tr("HHI of the EU's supply"),
        tr("largest supplier of the EU"),
    )
    return ScreenTable(caption=tr("Who supplies"), columns=columns, rows=tuple(rows))


def _exposures(screen: MaterialScreen) -> ScreenTable:
    rows = []
    for exposure in screen.exposures:
        by = tr("mass") if exposure.weighed_by == "mass" else tr("value")
        rows += [(material, by, _percent(part)) for material, part in exposure.order]
    return ScreenTable(
        caption=tr("Where the risk sits"),
        columns=(tr("raw material"), tr("weighed by"), tr("part of the risk")),
        rows=tuple(rows),
    )


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{number(100 * share, 1)} %"


def _hhi(supply: Concentration | None) -> str:
    if supply is None:
        return tr("unknown")
    low, high = number(supply.hhi, 0), number(supply.hhi_high, 0)
    return low if low == high else f"{low} [{low}–{high}]"


def _largest(supply: Concentration | None) -> str:
    if supply is None:
        return tr("unknown")
    # Countries stay as the Commission's table writes them.
    told = f"{supply.largest} {number(supply.largest_percent, 0)} %"
    return told if supply.largest_certain else told + " " + tr("(of what is listed)")
