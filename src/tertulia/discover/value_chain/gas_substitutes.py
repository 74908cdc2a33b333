"""Gases that serve the same purpose, by potential and by what the process lets through.

A lower potential alone can mislead: what counts is potential times what leaves the process, and
what by-products do. Where 40 CFR 98, table I-20 has factors for both gases, that judges; a factor
that it does not have was not measured, and counts as nothing. If by-products were measured of one
gas alone and decide, there is no verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tertulia.discover.value_chain.gas_table import GasTable
from tertulia.discover.value_chain.shipped_tables import Figure

Standing = Literal["lower", "higher", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Substitute:
    """Another gas for the same purpose."""

    gas: str
    potential: Figure | None
    ratio: float | None
    """Its potential over that of the gas in use."""
    per_kg_used: float | None
    """kg CO2e per kg used, by-products included and nothing abated, by table I-20."""
    standing: Standing
    """Whether it warms less than the gas in use; see `judged_by`."""
    judged_by: Literal["process", "potential", "nothing"]
    tonnes: float | None
    """t CO2e if as many kg of it were emitted as of the gas in use."""
    changes: tuple[str, ...] | None
    """What a plant must be ready for; nothing where that is unknown."""
    source: str


def per_kg_used(table: GasTable, purpose: str, gas: str, metric: str) -> float | None:
    """kg CO2e per kg used without abatement; nothing where a factor or a potential is missing."""
    left, potential = table.factor(purpose, gas), table.potential(gas, metric)
    if left is None or potential is None:
        return None
    return left.value * potential.value + sum(_by_products(table, purpose, gas, metric))


def substitutes(
    table: GasTable, purpose: str, gas: str, metric: str, *, emitted: float
) -> tuple[Substitute, ...]:
    """Other gases for `purpose`: known potentials first, lowest first, then the unknown by name.

    `emitted`: kg of the gas in use per year.
    """
    current = table.potential(gas, metric)
    used = per_kg_used(table, purpose, gas, metric)
    found = []
    for name, source in table.serving(purpose).items():
        if name == gas:
            continue
        own = table.potential(name, metric)
        ratio = own.value / current.value if own is not None and current is not None else None
        through = per_kg_used(table, purpose, name, metric)
        judged_by: Literal["process", "potential", "nothing"] = "nothing"
        standing: Standing = "unknown"
        if through is not None and used is not None:
            judged_by, standing = "process", _by_process(table, purpose, (gas, name), metric)
        elif ratio is not None:
            judged_by, standing = "potential", "lower" if ratio < 1 else "higher"
        found.append(
            Substitute(
                gas=name,
                potential=own,
                ratio=ratio,
                per_kg_used=through,
                standing=standing,
                judged_by=judged_by,
                tonnes=None if own is None else emitted * own.value / 1000,
                changes=table.changes(name),
                source=source,
            )
        )
    found.sort(key=lambda each: (each.potential is None, _value(each.potential), each.gas))
    return tuple(found)


def _by_process(table: GasTable, purpose: str, gases: tuple[str, str], metric: str) -> Standing:
    """The second gas against the first, both with factors."""
    whole = [per_kg_used(table, purpose, gas, metric) or 0.0 for gas in gases]
    made = [sum(_by_products(table, purpose, gas, metric)) for gas in gases]
    lower = whole[1] < whole[0]
    measured_alike = bool(made[0]) == bool(made[1])
    if not measured_alike and lower != (whole[1] - made[1] < whole[0] - made[0]):
        return "unknown"
    return "lower" if lower else "higher"


def _by_products(table: GasTable, purpose: str, gas: str, metric: str) -> list[float]:
    """kg CO2e of each by-product per kg used; those without a potential are left out."""
    made = [
        (rate.value, table.potential(name, metric))
        for name, rate in table.by_products(purpose, gas).items()
    ]
    return [rate * potential.value for rate, potential in made if potential is not None]


def _value(figure: Figure | None) -> float:
    return 0.0 if figure is None else figure.value
