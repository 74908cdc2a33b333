"""Assessments of raw materials by the European Commission and who supplies them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

from scripts.value_chain.writing import Row, csv_rows, read_source, write_tables

_ASSESSED = "dimension_CRMsOverTime.csv"
_GROUPS = "dimension_ScreenedMatGroupings.csv"
_SUPPLY = {
    "global_supply.csv": "fact_GlobalSupplyShares&t.csv",
    "eu_supply.csv": "fact_EUSupplyShares&t.csv",
}
_GROUP_NAMES = {"HREE": "HREEs", "LREE": "LREEs", "PGM": "PGMs"}
_SOURCE = {
    "title": "Critical raw materials for the EU: assessments of 2011 to 2023 and supply shares",
    "repository": (
        "https://github.com/erikemilsson/EU-Critical-Raw-Materials-CRM-Reports-Datasets"
    ),
    "commit": "59383504ead25f91fe9c197a1e660f4813684f17",
    "licence": "CC-BY-4.0",
    "attribution": (
        "European Commission, Study on the critical raw materials for the EU 2023 – Final Report, "
        "and its forerunners of 2011 to 2020; data sets by Erik Emilsson, CC BY 4.0; changed as "
        "SOURCE.json says"
    ),
    "units": "supply_risk and economic_importance without unit; share in per cent",
}


def build(folder: Path, out: Path) -> None:
    """Writes assessments, groups and both tables of supply, names made alike by `names.toml`."""
    names = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
    changes: Counter[str] = Counter()
    supply = {
        name: (
            ("material", "stage", "country", "share", "trade"),
            _supply(csv_rows(read_source(folder, file, "latin-1")), names, changes),
        )
        for name, file in _SUPPLY.items()
    }
    tables = {
        "assessments.csv": (
            ("material", "year", "supply_risk", "economic_importance"),
            _assessments(csv_rows(read_source(folder, _ASSESSED, "utf-8-sig")), names, changes),
        ),
        **supply,
        "groups.csv": (
            ("material", "group"),
            _groups(csv_rows(read_source(folder, _GROUPS, "utf-8"))),
        ),
    }
    told = [f"{change} ({count} rows)" for change, count in sorted(changes.items())]
    said = ["Files in Latin-1 are written in UTF-8.", "Shares of use are left out.", *told]
    read = [folder / file for file in (_ASSESSED, _GROUPS, *_SUPPLY.values())]
    write_tables(out, {**_SOURCE, "changes": said}, tables, read)


def _assessments(
    lines: list[list[str]], names: dict[str, dict[str, str]], changes: Counter[str]
) -> list[Row]:
    rows = []
    for material, year, risk, importance in lines[1:]:
        plain = _renamed(" ".join(material.split()), names["materials"], changes)
        rows.append((plain, year, *("" if cell == "-" else cell for cell in (risk, importance))))
    keys = [row[:2] for row in rows]
    assert len(set(keys)) == len(keys), "a material is assessed twice in a year"
    return sorted(rows)


def _supply(
    lines: list[list[str]], names: dict[str, dict[str, str]], changes: Counter[str]
) -> list[Row]:
    rows = []
    for material, stage, country, share, trade in lines[1:]:
        if not share.endswith("%"):
            changes[f"`{share}` is read as `{share}%`"] += 1
        figure = share.removesuffix("%")
        assert re.fullmatch(r"<?\d+(\.\d+)?", figure), (material, country, share)
        plain = _renamed(material, names["materials"], changes)
        rows.append((plain, stage, _renamed(country, names["countries"], changes), figure, trade))
    keys = [row[:3] for row in rows]
    assert len(set(keys)) == len(keys), "a country supplies a material twice"
    return sorted(rows)


def _groups(lines: list[list[str]]) -> list[Row]:
    return sorted(
        (line[0].capitalize(), _GROUP_NAMES[line[4]])
        for line in lines[1:]
        if line[4] in _GROUP_NAMES
    )


def _renamed(name: str, names: dict[str, str], changes: Counter[str]) -> str:
    if name not in names:
        return name
    changes[f"`{name}` is called `{names[name]}`"] += 1
    return names[name]
