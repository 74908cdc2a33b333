"""Process gases: tonnes of CO2e that a plant emits, and gases that serve the same purpose.

Emission = (1 − heel) · amount · (1 − utilisation) · (1 − abatement), and of a by-product
(1 − heel) · amount · factor · (1 − abatement): tier 2 of the IPCC's 2006 guidelines, volume 3,
chapter 6. The table of potentials gives no intervals; those shown come from the ranges of the brief
alone. Potentials are per kg, and a substitute is never used kg for kg: amounts must be measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tertulia.discover.value_chain.gas_spec import GasSpec, GasUseSpec, Share
from tertulia.discover.value_chain.gas_substitutes import Substitute, per_kg_used, substitutes
from tertulia.discover.value_chain.gas_table import GasTable, gas_table
from tertulia.discover.value_chain.shipped_tables import Citation, Figure, Origin, plain

if TYPE_CHECKING:
    from tertulia.discover.value_chain.screen_page import ScreenSection

COMPARED = ("AR6GWP100", "AR5GWP100", "AR4GWP100", "SARGWP100")


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value with the lowest and highest that the brief leaves possible."""

    low: float
    value: float
    high: float

    def times(self, low: float, value: float, high: float) -> Interval:
        """The product with factors that are not negative."""
        return Interval(low=self.low * low, value=self.value * value, high=self.high * high)


@dataclass(frozen=True, kw_only=True)
class GasEmission:
    """What of one gas is emitted: kg and, where its potential is known, t CO2e per year."""

    gas: str
    kg: Interval
    factor: Citation | None
    """Where the factor stands; nothing where it comes from the brief or there is none."""
    potential: Figure | None
    tonnes: Interval | None


@dataclass(frozen=True, kw_only=True)
class GasLine:
    """One gas in one kind of process."""

    gas: str
    purpose: str
    kg_per_year: float
    utilisation_from: Literal["brief", "table", "unknown"]
    emission: GasEmission
    by_products: tuple[GasEmission, ...]
    by_metric: dict[str, float | None]
    """t CO2e of the gas itself by each of `COMPARED`: how reports have changed, not an interval."""
    listed: bool
    """Whether our table names the gas for this purpose."""
    per_kg_used: float | None
    """kg CO2e per kg used, by-products included and nothing abated, by 40 CFR 98, table I-20."""
    substitutes: tuple[Substitute, ...]
    """Known potentials first, lowest first, then those unknown by name."""


@dataclass(frozen=True, kw_only=True)
class GasScreen:
    """The whole screen; `total` counts only gases with a potential, `unknown` names the others."""

    metric: str
    lines: tuple[GasLine, ...]
    total: Interval
    unknown: tuple[str, ...]
    facts: tuple[str, str]
    """File and SHA-256 of the facts on purposes."""
    factors_source: str
    origin: Origin
    """Of the potentials."""

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON has it, `screen` naming the kind."""
        return {"screen": "gases", **plain(self)}

    def section(self) -> ScreenSection:
        """What a page shows of it, in the reader's language."""
        from tertulia.discover.value_chain.gas_words import gas_section

        return gas_section(self)

    def to_html(self) -> str:
        """The same as a `<section>`, to be set into a page."""
        from tertulia.discover.value_chain.screen_page import render_section

        return render_section(self.section())


def screen_gases(spec: GasSpec) -> GasScreen:
    """The screen of `[gases]`; raises DataError `discover.name-unknown`."""
    table = gas_table()
    lines = tuple(
        _line(use, spec.metric, table, f"gases.uses[{index}]")
        for index, use in enumerate(spec.uses)
    )
    emissions = [each for line in lines for each in (line.emission, *line.by_products)]
    known = [each.tonnes for each in emissions if each.tonnes is not None]
    return GasScreen(
        metric=spec.metric,
        lines=lines,
        total=Interval(
            low=sum(each.low for each in known),
            value=sum(each.value for each in known),
            high=sum(each.high for each in known),
        ),
        unknown=tuple(sorted({each.gas for each in emissions if each.tonnes is None})),
        facts=(table.facts.path, table.facts.sha256),
        factors_source=table.facts.data["sources"]["cfr-i20"],
        origin=table.potentials.origin,
    )


def _line(use: GasUseSpec, metric: str, table: GasTable, where: str) -> GasLine:
    gas = table.named(use.gas, f"{where}.gas")
    amount = use.kg_per_year * (1 - use.heel)
    abated = _span(use.abatement)
    left = Interval(low=1 - abated.high, value=1 - abated.value, high=1 - abated.low)
    unreacted, known_from, factor = _unreacted(use, gas, table)
    kg = unreacted.times(amount * left.low, amount * left.value, amount * left.high)
    made = {
        name: (rate, cited, left.times(*[amount * rate] * 3))
        for name, (rate, cited) in _by_products(use, gas, table, where).items()
    }
    emission = _emission(gas, kg, factor, metric, table)
    by_metric = {}
    for name in COMPARED:
        potential = table.potential(gas, name)
        by_metric[name] = None if potential is None else kg.value * potential.value / 1000
    return GasLine(
        gas=gas,
        purpose=use.purpose,
        kg_per_year=use.kg_per_year,
        utilisation_from=known_from,
        emission=emission,
        by_products=tuple(
            _emission(name, mass, cited, metric, table) for name, (_, cited, mass) in made.items()
        ),
        by_metric=by_metric,
        listed=gas in table.serving(use.purpose),
        per_kg_used=per_kg_used(table, use.purpose, gas, metric),
        substitutes=substitutes(table, use.purpose, gas, metric, emitted=kg.value),
    )


def _span(share: Share) -> Interval:
    low, high = share if isinstance(share, tuple) else (share, share)
    return Interval(low=low, value=(low + high) / 2, high=high)


def _unreacted(
    use: GasUseSpec, gas: str, table: GasTable
) -> tuple[Interval, Literal["brief", "table", "unknown"], Citation | None]:
    if use.utilisation is not None:
        span = _span(use.utilisation)
        return Interval(low=1 - span.high, value=1 - span.value, high=1 - span.low), "brief", None
    factor = table.factor(use.purpose, gas)
    if factor is not None:
        left = factor.value
        return Interval(low=left, value=left, high=left), "table", factor.cited
    # Nothing is known: the worst is counted, and the interval says that it may be nothing.
    return Interval(low=0.0, value=1.0, high=1.0), "unknown", None


def _by_products(
    use: GasUseSpec, gas: str, table: GasTable, where: str
) -> dict[str, tuple[float, Citation | None]]:
    if use.by_products is None:
        found = table.by_products(use.purpose, gas)
        return {name: (figure.value, figure.cited) for name, figure in found.items()}
    return {
        table.named(name, f"{where}.by_products"): (rate, None)
        for name, rate in use.by_products.items()
    }


def _emission(
    gas: str, kg: Interval, factor: Citation | None, metric: str, table: GasTable
) -> GasEmission:
    potential = table.potential(gas, metric)
    per_kg = None if potential is None else potential.value / 1000
    return GasEmission(
        gas=gas,
        kg=kg,
        factor=factor,
        potential=potential,
        tonnes=None if per_kg is None else kg.times(per_kg, per_kg, per_kg),
    )
