"""Raw materials: how far a bill of materials hangs on what the EU assesses as risky.

Supply risk (SR) and economic importance (EI) are the European Commission's; exposure is the mean
SR weighed with shares of mass or of value. What is unknown is not left out: the interval of an
exposure runs from no risk at all of it to the highest risk of the latest assessment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tertulia.discover.value_chain.concentration import Concentration
from tertulia.discover.value_chain.material_spec import MaterialLineSpec, MaterialSpec
from tertulia.discover.value_chain.material_table import (
    LATEST,
    STAGES,
    Assessment,
    MaterialTable,
    material_table,
)
from tertulia.discover.value_chain.shipped_tables import Figure, Origin, plain

if TYPE_CHECKING:
    from tertulia.discover.value_chain.screen_page import ScreenSection

COMPARABLE_SINCE = 2017
"""From then on the Commission assesses by one method."""
RISK_THRESHOLD, IMPORTANCE_THRESHOLD = 1.0, 2.8
"""Critical where both are reached: European Commission, methodology of 2017 as applied in 2023."""

Standing = Literal["critical", "strategic", "not-listed", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Supply of a material at `extraction` or `processing`."""

    stage: str
    world: Concentration | None
    union: Concentration | None
    """Where the EU has it from, its own production included."""


@dataclass(frozen=True, kw_only=True)
class MaterialLine:
    """One line of the bill."""

    written: str
    material: str
    assessed_as: str | None
    """The name whose scores hold: its own or that of its group; nothing where there is none."""
    mass_share: float | None
    value_share: float | None
    supply_risk: Figure | None
    """Of the latest assessment; nothing where unknown."""
    economic_importance: Figure | None
    trend: tuple[Assessment, ...]
    risk_change: float | None
    """Latest supply risk minus the first since `COMPARABLE_SINCE`."""
    reaches_thresholds: bool | None
    listed: Standing
    """By Regulation (EU) 2024/1252: `strategic` ones are critical too."""
    grade_only: bool
    """The regulation lists it only in a certain grade."""
    stages: tuple[Stage, ...]
    bottleneck: str | None
    """The stage at which the world's supply is most concentrated."""


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """Mean supply risk of the bill, by shares of `mass` or `value`."""

    weighed_by: Literal["mass", "value"]
    low: float
    value: float | None
    """Over what is known; nothing where nothing is."""
    high: float
    known: float
    """Share of the bill with a supply risk."""
    critical: float
    """Share of the bill that the regulation lists as critical."""
    order: tuple[tuple[str, float], ...]
    """Material and its part of the risk, largest first."""


@dataclass(frozen=True, kw_only=True)
class MaterialScreen:
    """The whole screen; lines by supply risk, highest first, the unknown at the end by name."""

    lines: tuple[MaterialLine, ...]
    exposures: tuple[Exposure, ...]
    unknown: tuple[str, ...]
    status_source: str
    facts: tuple[str, str]
    """File and SHA-256 of the lists of the regulation."""
    origin: Origin

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON has it, `screen` naming the kind."""
        return {"screen": "materials", **plain(self)}

    def section(self) -> ScreenSection:
        """What a page shows of it, in the reader's language."""
        from tertulia.discover.value_chain.material_words import material_section

        return material_section(self)

    def to_html(self) -> str:
        """The same as a `<section>`, to be set into a page."""
        from tertulia.discover.value_chain.screen_page import render_section

        return render_section(self.section())


def screen_materials(spec: MaterialSpec) -> MaterialScreen:
    """The screen of `[materials]`; raises DataError `discover.name-unknown`."""
    table = material_table()
    masses = sum(line.mass or 0.0 for line in spec.lines)
    values = sum(line.value or 0.0 for line in spec.lines)
    lines = [
        _line(line, masses, values, table, f"materials.lines[{index}].name")
        for index, line in enumerate(spec.lines)
    ]
    lines.sort(key=lambda line: (line.supply_risk is None, -_risk(line), line.material))
    worst = table.highest_risk()
    exposures = []
    if masses:
        exposures.append(_exposure("mass", [(x, x.mass_share or 0.0) for x in lines], worst))
    if values:
        exposures.append(_exposure("value", [(x, x.value_share or 0.0) for x in lines], worst))
    return MaterialScreen(
        lines=tuple(lines),
        exposures=tuple(exposures),
        unknown=tuple(line.material for line in lines if line.supply_risk is None),
        status_source=table.status.data["source"],
        facts=(table.status.path, table.status.sha256),
        origin=table.assessments.origin,
    )


def _risk(line: MaterialLine) -> float:
    return 0.0 if line.supply_risk is None else line.supply_risk.value


def _line(
    spec: MaterialLineSpec, masses: float, values: float, table: MaterialTable, where: str
) -> MaterialLine:
    material = spec.name if spec.unassessed else table.named(spec.name, where)
    group = None if spec.unassessed else table.group(material)
    own = () if spec.unassessed else table.assessed(material)
    trend = own or (table.assessed(group) if group else ())
    latest = next((each for each in trend if each.year == int(LATEST)), None)
    risk = latest.supply_risk if latest else None
    importance = latest.economic_importance if latest else None
    stages = () if spec.unassessed else _stages(material, table)
    names = [material, group] if group else [material]
    return MaterialLine(
        written=spec.name,
        material=material,
        assessed_as=(material if own else group) if trend else None,
        mass_share=spec.mass / masses if spec.mass else None,
        value_share=spec.value / values if spec.value else None,
        supply_risk=risk,
        economic_importance=importance,
        trend=trend,
        risk_change=_change(trend),
        reaches_thresholds=None
        if risk is None or importance is None
        else risk.value >= RISK_THRESHOLD and importance.value >= IMPORTANCE_THRESHOLD,
        listed=_listed(spec, names, bool(trend), table),
        grade_only=not spec.unassessed
        and (table.graded(names, "critical") or table.graded(names, "strategic")),
        stages=stages,
        bottleneck=_bottleneck(stages),
    )


def _listed(
    spec: MaterialLineSpec, names: list[str], assessed: bool, table: MaterialTable
) -> Standing:
    if spec.unassessed or not assessed:
        return "unknown"
    if table.listed(names, "strategic"):
        return "strategic"
    return "critical" if table.listed(names, "critical") else "not-listed"


def _stages(material: str, table: MaterialTable) -> tuple[Stage, ...]:
    found = []
    for letter, name in STAGES.items():
        world = table.supply(material, letter, union=False)
        union = table.supply(material, letter, union=True)
        if world is not None or union is not None:
            found.append(Stage(stage=name, world=world, union=union))
    return tuple(found)


def _bottleneck(stages: tuple[Stage, ...]) -> str | None:
    known = [(stage.world.hhi, stage.stage) for stage in stages if stage.world is not None]
    return max(known)[1] if known else None


def _change(trend: tuple[Assessment, ...]) -> float | None:
    scores = [
        each.supply_risk.value
        for each in trend
        if each.year >= COMPARABLE_SINCE and each.supply_risk is not None
    ]
    # Scores have one decimal; their difference has no more.
    return round(scores[-1] - scores[0], 1) if len(scores) > 1 else None


def _exposure(
    weighed_by: Literal["mass", "value"], shares: list[tuple[MaterialLine, float]], worst: float
) -> Exposure:
    parts = [(line.material, share * _risk(line)) for line, share in shares if line.supply_risk]
    known = sum(share for line, share in shares if line.supply_risk)
    total = sum(part for _, part in parts)
    return Exposure(
        weighed_by=weighed_by,
        low=total,
        value=total / known if known else None,
        high=total + max(0.0, 1.0 - known) * worst,
        known=known,
        critical=sum(s for line, s in shares if line.listed in ("critical", "strategic")),
        order=tuple(
            (name, part / total if total else 0.0)
            for name, part in sorted(parts, key=lambda each: (-each[1], each[0]))
        ),
    )
