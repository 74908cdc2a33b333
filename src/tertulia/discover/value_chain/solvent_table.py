"""What is known of solvents: Hansen parameters, molar volumes, lists that name them."""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.discover.value_chain.hansen import Hansen
from tertulia.discover.value_chain.nearest_names import find_name, not_found
from tertulia.discover.value_chain.shipped_tables import (
    Citation,
    Facts,
    Figure,
    ShippedTable,
    load_facts,
    load_table,
)

_DOUBTFUL = "doubtful"


@dataclass(frozen=True, kw_only=True)
class Solvent:
    """A row of the table; every number of it stands in the row that `cited` names."""

    name: str
    inchikey: str
    parameters: Hansen
    molar_volume: Figure | None
    """cm³/mol at room temperature."""
    lists: tuple[str, ...]
    """Codes of the lists that name it; empty means unknown, not safe."""
    cited: Citation


@dataclass(frozen=True, kw_only=True)
class SolventTable:
    """The tables of solvents, read once."""

    solvents: tuple[Solvent, ...]
    table: ShippedTable
    facts: Facts

    def named(self, written: str, where: str) -> Solvent:
        """The solvent that a brief means; raises DataError `discover.name-unknown`."""
        by_name = {solvent.name: solvent for solvent in self.solvents}
        by_key = {solvent.inchikey: solvent.name for solvent in self.solvents}
        others = {**self.facts.data["names"], **by_key}
        found = find_name(written, by_name, others)
        if found is None:
            every = [*by_name, *self.facts.data["names"]]
            raise not_found(written, every, kind="solvent", where=where)
        return by_name[found]


def solvent_table() -> SolventTable:
    """The shipped tables of solvents; raises DataError `discover.table-damaged`."""
    table = load_table("solvents", "hansen.csv")
    facts = load_facts("solvents", "facts.toml")
    lists = {code: set(names) for code, names in facts.data["lists"].items()}
    lists[_DOUBTFUL] = set(facts.data[_DOUBTFUL])
    solvents = []
    for index, row in enumerate(table.rows):
        name = row["name"]
        solvents.append(
            Solvent(
                name=name,
                inchikey=row["inchikey"],
                parameters=Hansen(
                    delta_d=float(row["delta_d"]),
                    delta_p=float(row["delta_p"]),
                    delta_h=float(row["delta_h"]),
                ),
                molar_volume=table.figure(index, "molar_volume", name),
                lists=tuple(sorted(code for code, names in lists.items() if name in names)),
                cited=table.cite(index, "delta_d, delta_p, delta_h", name),
            )
        )
    return SolventTable(solvents=tuple(solvents), table=table, facts=facts)
