"""What is known of process gases: warming potentials, purposes, factors, and other names."""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.discover.value_chain.nearest_names import find_name, not_found
from tertulia.discover.value_chain.shipped_tables import (
    Facts,
    Figure,
    ShippedTable,
    load_facts,
    load_table,
)

_PROCESS = {"etch-oxide": "etch", "etch-silicon": "etch", "etch-metal": "etch"}
EMITTED = "emitted"


@dataclass(frozen=True, kw_only=True)
class GasTable:
    """The tables of gases, read once."""

    potentials: ShippedTable
    factors: ShippedTable
    facts: Facts

    def named(self, written: str, where: str) -> str:
        """The gas that a brief means; raises DataError `discover.name-unknown`."""
        found = find_name(written, self.names, self.facts.data["names"])
        if found is None:
            others = [*self.names, *self.facts.data["names"]]
            raise not_found(written, others, kind="gas", where=where)
        return found

    @property
    def names(self) -> list[str]:
        """Every gas that has a potential or a purpose, sorted."""
        served = {gas for entry in self.facts.data["serves"] for gas in entry["gases"]}
        return sorted({row["Species"] for row in self.potentials.rows} | served)

    def potential(self, gas: str, metric: str) -> Figure | None:
        """kg CO2e per kg; nothing where the report does not assess the gas."""
        for index, row in enumerate(self.potentials.rows):
            if row["Species"] == gas:
                return self.potentials.figure(index, metric, gas)
        return None

    def serving(self, purpose: str) -> dict[str, str]:
        """Gas -> who says that it serves the purpose."""
        found: dict[str, str] = {}
        for entry in self.facts.data["serves"]:
            if entry["use"] == purpose:
                for gas in entry["gases"]:
                    found.setdefault(gas, self.facts.data["sources"][entry["source"]])
        return found

    def changes(self, gas: str) -> tuple[str, ...] | None:
        """Codes of what a plant must be ready for; nothing where it is unknown."""
        codes = self.facts.data["changes"].get(gas)
        return None if codes is None else tuple(codes)

    def factor(self, purpose: str, gas: str) -> Figure | None:
        """The part of a gas that leaves the process unreacted, by 40 CFR 98, table I-20."""
        return self._factors(purpose, gas).get(EMITTED)

    def by_products(self, purpose: str, gas: str) -> dict[str, Figure]:
        """kg of each by-product per kg of gas, by the same table."""
        factors = self._factors(purpose, gas)
        return {name: figure for name, figure in factors.items() if name != EMITTED}

    def _factors(self, purpose: str, gas: str) -> dict[str, Figure]:
        process = _PROCESS.get(purpose, purpose)
        found: dict[str, Figure] = {}
        for index, row in enumerate(self.factors.rows):
            if row["process"] == process and row["gas"] == gas:
                place = f"{process}, {gas}, {row['quantity']}"
                figure = self.factors.figure(index, "value", place)
                assert figure is not None, place
                found[row["quantity"]] = figure
        return found


def gas_table() -> GasTable:
    """The shipped tables of gases; raises DataError `discover.table-damaged`."""
    return GasTable(
        potentials=load_table("gases", "gwp.csv"),
        factors=load_table("gases", "factors.csv"),
        facts=load_facts("gases", "functions.toml"),
    )
