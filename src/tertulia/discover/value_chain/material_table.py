"""What is known of raw materials: assessments, groups, suppliers, legal status, other names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tertulia.discover.value_chain.concentration import Concentration, SupplyShare, concentration
from tertulia.discover.value_chain.nearest_names import find_name, not_found
from tertulia.discover.value_chain.shipped_tables import (
    Facts,
    Figure,
    ShippedTable,
    load_facts,
    load_table,
)

LATEST = "2023"
STAGES = {"E": "extraction", "P": "processing"}


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Scores of a year; nothing where a material was not assessed in it."""

    year: int
    supply_risk: Figure | None
    economic_importance: Figure | None


@dataclass(frozen=True, kw_only=True)
class MaterialTable:
    """The tables of raw materials, read once."""

    assessments: ShippedTable
    groups: ShippedTable
    world: ShippedTable
    union: ShippedTable
    names: Facts
    status: Facts

    def named(self, written: str, where: str) -> str:
        """The material that a brief means; raises DataError `discover.name-unknown`."""
        elements, further = self.names.data["elements"], self.names.data["names"]
        known = self.known
        # Of symbols the case tells: `Co` is cobalt, `CO` is none.
        others = {**{name: name for name in elements.values()}, **further}
        found = elements.get(written.strip()) or find_name(written, known, others)
        if found is None:
            every = [*known, *others, *elements]
            raise not_found(written, every, kind="material", where=where)
        return find_name(found, known, further) or found

    @property
    def known(self) -> list[str]:
        """Every name that some table has, sorted."""
        named: set[str] = {row["material"] for row in self.assessments.rows}
        for table in (self.groups, self.world, self.union):
            named |= {row["material"] for row in table.rows}
        return sorted(named)

    def group(self, material: str) -> str | None:
        """The group in which a rare earth or platinum metal is assessed; nothing for others."""
        for row in self.groups.rows:
            if row["material"] == material:
                return row["group"]
        return None

    def assessed(self, material: str) -> tuple[Assessment, ...]:
        """Its scores by year, oldest first; empty where it was never assessed."""
        found = []
        for index, row in enumerate(self.assessments.rows):
            if row["material"] == material:
                place = f"{material}, {row['year']}"
                risk = self.assessments.figure(index, "supply_risk", place)
                importance = self.assessments.figure(index, "economic_importance", place)
                found.append(
                    Assessment(
                        year=int(row["year"]), supply_risk=risk, economic_importance=importance
                    )
                )
        return tuple(sorted(found, key=lambda each: each.year))

    def highest_risk(self) -> float:
        """The highest supply risk of the latest assessment: the bound for what is unknown."""
        rows = (row for row in self.assessments.rows if row["year"] == LATEST)
        return max(float(row["supply_risk"]) for row in rows if row["supply_risk"])

    def supply(self, material: str, stage: str, *, union: bool) -> Concentration | None:
        """Who supplies the world or the EU at a stage; nothing where the data does not tell."""
        table = self.union if union else self.world
        shares = [
            SupplyShare(
                country=row["country"],
                percent=float(row["share"].removeprefix("<")),
                below=row["share"].startswith("<"),
                trade=float(row["trade"]),
                cited=table.cite(index, "share", f"{material}, {stage}, {row['country']}"),
            )
            for index, row in enumerate(table.rows)
            if row["material"] == material and row["stage"] == stage
        ]
        if all(share.below for share in shares):
            return None
        return concentration(shares)

    def listed(self, names: Iterable[str], annex: str) -> bool:
        """Whether one of these names stands in the annex `critical` or `strategic`."""
        return bool(set(names) & set(self.status.data[annex]))

    def graded(self, names: Iterable[str], annex: str) -> bool:
        """Whether the annex means a certain grade only, such as that for batteries."""
        return bool(set(names) & set(self.status.data["grades"].get(annex, ())))


def material_table() -> MaterialTable:
    """The shipped tables of raw materials; raises DataError `discover.table-damaged`."""
    return MaterialTable(
        assessments=load_table("crm", "assessments.csv"),
        groups=load_table("crm", "groups.csv"),
        world=load_table("crm", "global_supply.csv"),
        union=load_table("crm", "eu_supply.csv"),
        names=load_facts("crm", "names.toml"),
        status=load_facts("crm", "status.toml"),
    )
