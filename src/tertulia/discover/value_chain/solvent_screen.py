"""Solvents: what dissolves like a given one, alone or as a mixture of two, and is on no bad list.

Likeness is the Hansen distance Ra; with a solute, RED = Ra / R0 tells whether it dissolves (< 1).
A solvent that no list names is unknown, never safe. Boiling points, viscosities, flash points and
prices are not in the data.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tertulia.discover.value_chain.hansen import Hansen, distance
from tertulia.discover.value_chain.shipped_tables import Origin, plain
from tertulia.discover.value_chain.solvent_mixtures import Mixture, best_mixtures
from tertulia.discover.value_chain.solvent_spec import SolventSpec
from tertulia.discover.value_chain.solvent_table import Solvent, SolventTable, solvent_table

if TYPE_CHECKING:
    from tertulia.discover.value_chain.screen_page import ScreenSection

NOT_A_CANDIDATE, NAMED_WITHOUT, VOLUME = "not-a-candidate", "without", "molar-volume"


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """A solvent with its distance to the one replaced and, where asked, to the solute."""

    solvent: Solvent
    distance: float
    """Ra in MPa^0.5."""
    red: float | None
    reasons: tuple[str, ...] = ()
    """Why it may not replace; empty where it may."""


@dataclass(frozen=True, kw_only=True)
class SolventScreen:
    """The whole screen."""

    replaced: Solvent
    replaced_red: float | None
    solute: Hansen | None
    radius: float | None
    replacements: tuple[Replacement, ...]
    """At most `count`, the best first."""
    mixtures: tuple[Mixture, ...]
    excluded: tuple[Replacement, ...]
    """Of those that may not, the `count` nearest, with their reasons."""
    considered: int
    """Solvents of the table besides the one replaced."""
    allowed: int
    reasons: dict[str, int]
    """Reason -> how many solvents it keeps out; one may have several."""
    list_sources: dict[str, str]
    facts: tuple[str, str]
    """File and SHA-256 of the lists."""
    origin: Origin

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON has it, `screen` naming the kind."""
        return {"screen": "solvents", **plain(self)}

    def section(self) -> ScreenSection:
        """What a page shows of it, in the reader's language."""
        from tertulia.discover.value_chain.solvent_words import solvent_section

        return solvent_section(self)

    def to_html(self) -> str:
        """The same as a `<section>`, to be set into a page."""
        from tertulia.discover.value_chain.screen_page import render_section

        return render_section(self.section())


def screen_solvents(spec: SolventSpec) -> SolventScreen:
    """The screen of `[solvents]`; raises DataError `discover.name-unknown`."""
    table = solvent_table()
    replaced = table.named(spec.replace, "solvents.replace")
    solute = None if spec.solute is None else Hansen(**_deltas(spec.solute.model_dump()))
    radius = None if spec.solute is None else spec.solute.radius
    judged = _judged(spec, table, replaced, solute, radius)
    allowed = [each for each in judged if not each.reasons]
    excluded = [each for each in judged if each.reasons]
    return SolventScreen(
        replaced=replaced,
        replaced_red=_red(replaced.parameters, solute, radius),
        solute=solute,
        radius=radius,
        replacements=tuple(allowed[: spec.count]),
        mixtures=_mixtures(spec, [each.solvent for each in allowed], replaced, solute, radius),
        excluded=tuple(excluded[: spec.count]),
        considered=len(judged),
        allowed=len(allowed),
        reasons=dict(sorted(Counter(r for each in excluded for r in each.reasons).items())),
        list_sources=dict(table.facts.data["sources"]),
        facts=(table.facts.path, table.facts.sha256),
        origin=table.table.origin,
    )


def _deltas(values: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if name.startswith("delta")}


def _red(parameters: Hansen, solute: Hansen | None, radius: float | None) -> float | None:
    if solute is None or radius is None:
        return None
    return distance(parameters, solute) / radius


def _judged(
    spec: SolventSpec,
    table: SolventTable,
    replaced: Solvent,
    solute: Hansen | None,
    radius: float | None,
) -> list[Replacement]:
    """Every other solvent of the table with its reasons, the nearest first, ties by name."""
    without = {
        table.named(name, f"solvents.without[{index}]").name
        for index, name in enumerate(spec.without)
    }
    among = {
        table.named(name, f"solvents.candidates[{index}]").name
        for index, name in enumerate(spec.candidates)
    }
    judged = []
    for solvent in table.solvents:
        if solvent.name == replaced.name:
            continue
        judged.append(
            Replacement(
                solvent=solvent,
                distance=distance(solvent.parameters, replaced.parameters),
                red=_red(solvent.parameters, solute, radius),
                reasons=_reasons(solvent, spec, without, among),
            )
        )
    by_red = spec.rank_by == "red"
    judged.sort(
        key=lambda each: (
            each.distance if each.red is None or not by_red else each.red,
            each.solvent.name,
        )
    )
    return judged


def _reasons(
    solvent: Solvent, spec: SolventSpec, without: set[str], among: set[str]
) -> tuple[str, ...]:
    reasons: list[str] = [code for code in solvent.lists if code in set(spec.exclude)]
    if solvent.name in without:
        reasons.append(NAMED_WITHOUT)
    if among and solvent.name not in among:
        reasons.append(NOT_A_CANDIDATE)
    if spec.molar_volume is not None:
        low, high = spec.molar_volume
        volume = solvent.molar_volume
        if volume is None or not low <= volume.value <= high:
            reasons.append(VOLUME)
    return tuple(reasons)


def _mixtures(
    spec: SolventSpec,
    allowed: list[Solvent],
    replaced: Solvent,
    solute: Hansen | None,
    radius: float | None,
) -> tuple[Mixture, ...]:
    if not spec.mixtures:
        return ()
    target = solute if spec.rank_by == "red" and solute is not None else replaced.parameters
    found = best_mixtures(allowed, target, step=spec.step, count=spec.count)
    return tuple(
        replace(
            mixture,
            distance=distance(mixture.parameters, replaced.parameters),
            red=_red(mixture.parameters, solute, radius),
        )
        for mixture in found
    )
