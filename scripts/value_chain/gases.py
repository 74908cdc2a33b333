"""Global warming potentials of the IPCC's reports, a line a gas."""

from __future__ import annotations

from pathlib import Path

from scripts.value_chain.writing import csv_rows, read_source, write_tables

_FILE = "globalwarmingpotentials.csv"
_SOURCE = {
    "title": "Global warming potentials of greenhouse gases, SAR to AR6",
    "repository": "https://github.com/openclimatedata/globalwarmingpotentials",
    "commit": "fc4e6f48190b2c43a8b1ef41cd7a88f1d1234247",
    "licence": "CC0-1.0",
    "attribution": "openclimatedata/globalwarmingpotentials (CC0), values of the IPCC",
    "units": "kg CO2e per kg",
    "changes": ["The comment lines above the header are left out."],
}


def build(folder: Path, out: Path) -> None:
    """Writes `gwp.csv` with the columns and the figures of the source as they are."""
    lines = csv_rows(read_source(folder, _FILE, "utf-8-sig"))
    header, *rows = [line for line in lines if not line[0].startswith("#")]
    assert header[0] == "Species", header
    write_tables(
        out, _SOURCE, {"gwp.csv": (tuple(header), [tuple(row) for row in rows])}, [folder / _FILE]
    )
