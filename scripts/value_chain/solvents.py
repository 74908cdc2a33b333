"""Hansen solubility parameters, freed of the notation of the Wolfram Language."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from scripts.value_chain.writing import Row, csv_rows, read_source, write_tables

_FILE = "JS_HansenSolubilityParameters.csv"
_ENTITY = re.compile(r'\s*Entity\[\s*"Chemical"\s*,\s*"([^"]+)"\s*\]\s*')
_QUANTITY = re.compile(
    r"\s*Quantity\[\s*(-?\d+\.?\d*(?:\*\^-?\d+)?)(?:`[\d.]*)?\s*,\s*(.+?)\s*\]\s*"
)
_PRESSURE = 'Sqrt["Megapascals"]'
_VOLUME = '"Centimeters"^3/"Moles"'
_COLUMNS = "name inchikey molar_volume delta_d delta_p delta_h delta_t upstream"
_SOURCE = {
    "title": "Hansen solubility parameters (J. Schrier, Wolfram Data Repository, 2020)",
    "repository": "https://github.com/darkreactions/ESCALATE_report",
    "commit": "d897effe50a1bd7a333ec5da3e1b72585aa347d8",
    "licence": "MIT (repository)",
    "attribution": (
        "Joshua Schrier, Hansen Solubility Parameters, Wolfram Data Repository (2020), after Zeng "
        "et al., Physical Properties of Polymers Handbook (2007), table 16.3 (from Brandrup, "
        "Immergut and Grulke, Polymer Handbook, 4th edition, 1999), and Steven Abbott, "
        "HSP_Calculations.xlsx (2013); by way of darkreactions/ESCALATE_report (MIT). Upstream "
        "states no open licence of its own."
    ),
    "units": "molar_volume in cm3/mol; delta_* in MPa^0.5",
    "changes": [
        "Quantities of the Wolfram Language are written as numbers.",
        "Names are written with hyphens and spaces; the source's own stands in `upstream`.",
    ],
}


def build(folder: Path, out: Path) -> None:
    """Writes `hansen.csv`, sorted by name."""
    header, *lines = csv_rows(read_source(folder, _FILE, "utf-8-sig"))
    assert header == ["Solvent", "InChIKey", "Volume", "δd", "δp", "δh", "δt"], header
    own = tomllib.loads(Path(__file__).with_name("solvent_names.toml").read_text(encoding="utf-8"))
    rows: list[Row] = []
    for entity, key, volume, *deltas in lines:
        found = _ENTITY.fullmatch(entity)
        assert found is not None, entity
        name = own.get(found[1], spelled(found[1]))
        values = [quantity(volume, _VOLUME), *(quantity(delta, _PRESSURE) for delta in deltas)]
        rows.append((name, key, *map(_written, values), found[1]))
    assert len({row[0] for row in rows}) == len(rows), "two solvents of one name"
    unused = set(own) - {row[-1] for row in rows}
    assert not unused, f"names of nothing: {unused}"
    columns = tuple(_COLUMNS.split())
    write_tables(out, _SOURCE, {"hansen.csv": (columns, sorted(rows))}, [folder / _FILE])


def quantity(text: str, unit: str) -> float:
    """`Quantity[17., Sqrt["Megapascals"]]` as 17.0; AssertionError for another unit or form."""
    found = _QUANTITY.fullmatch(text)
    assert found is not None and found[2] == unit, text
    return float(found[1].replace("*^", "e"))


def spelled(entity: str) -> str:
    """`1Methoxy2Propanol` as `1-methoxy-2-propanol`, `EthylAcetate` as `ethyl acetate`."""
    text = re.sub(r"(?<=\d)(?=[A-Z])", "-", entity)
    text = re.sub(r"(?<=[a-z])(?=\d)", "-", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return text.lower()


def _written(value: float) -> str:
    # Where the source computed a total it has sixteen digits of which three mean anything.
    return f"{round(value, 2):g}"
