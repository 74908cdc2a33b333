"""Critical elements: how much of an acid comes from raw materials on the EU's critical list.

The exposure is the mean supply risk by mass: the sum over critical elements of mass fraction times
the Commission's supply risk of 2023 (shipped table, CC-BY-4.0); nothing else counts. From 1.0 on
the Commission calls a raw material risky, so that is the limit at first: a gram of acid may bear no
more risk than a gram of such a material. Supply risk is of the whole economy; the quantities of a
photoresist are small.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from tertulia.discover.constraints.molar_mass import molar_mass
from tertulia.discover.constraints.verdict import Verdict, found, verdicts
from tertulia.messages import mark

NAME = "critical-elements"
CODES = ("critical-elements", "critical-elements-present")

_ABOVE = mark(
    "Its critical elements ({elements}) bear a supply risk of {risk} by mass; "
    "at most {limit} is allowed."
)
_PRESENT = mark("It holds critical elements ({elements}): supply risk {risk} by mass.")


@dataclass(frozen=True, kw_only=True)
class Source:
    """The raw material of an element; risk and importance as the Commission gives them."""

    raw_material: str
    supply_risk: float
    economic_importance: float
    critical: bool


def judge_critical_elements(molecule: Any, *, limit: float) -> tuple[Verdict, ...]:
    """Forbids an exposure above `limit`; below it critical elements get a remark."""
    held = critical_elements(molecule)
    if not held:
        return verdicts(NAME, ())
    risk = supply_risk(molecule)
    above = risk > limit
    finding = found(
        NAME,
        "critical-elements" if above else "critical-elements-present",
        _ABOVE if above else _PRESENT,
        forbids=above,
        elements=", ".join(held),
        risk=f"{risk:.2f}",
        limit=f"{limit:.2f}",
    )
    return (finding,)


def supply_risk(molecule: Any) -> float:
    """The penalty: mean supply risk by mass of the critical elements, 0 where there are none."""
    sources, held = element_sources(), critical_elements(molecule)
    weighed = sum(
        atom.GetMass() * sources[atom.GetSymbol()].supply_risk
        for atom in molecule.GetAtoms()
        if atom.GetSymbol() in held
    )
    return float(weighed / molar_mass(molecule))


def critical_elements(molecule: Any) -> tuple[str, ...]:
    """Symbols of its critical elements, in alphabetical order."""
    sources = element_sources()
    symbols = {atom.GetSymbol() for atom in molecule.GetAtoms()}
    return tuple(sorted(one for one in symbols if one in sources and sources[one].critical))


@cache
def element_sources() -> Mapping[str, Source]:
    """By element, the raw material it comes from; elements that were not assessed are missing."""
    from tertulia.recipe.shipped import shipped_folder

    path = shipped_folder("materials") / "critical_elements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return MappingProxyType(
            {
                row["element"]: Source(
                    raw_material=row["raw_material"],
                    supply_risk=float(row["supply_risk"]),
                    economic_importance=float(row["economic_importance"]),
                    critical=row["critical"] == "yes",
                )
                for row in csv.DictReader(file)
            }
        )
