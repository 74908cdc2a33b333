"""Writes the table of the shipped property model from the public data that it comes from.

    python -m scripts.property_tables [--data FOLDER] [--out FOLDER]

Rows that cannot be used are dropped and counted by reason; a molecule that was measured twice keeps
its median.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import statistics
from collections import Counter, defaultdict
from pathlib import Path

from scripts.value_chain.writing import read_source, write_tables
from tertulia.discover.molecules.acid import canonical_smiles
from tertulia.errors import DataError

DATA = Path("../shared/data")
SHIPPED = Path(__file__).parents[1] / "src" / "tertulia" / "shipped" / "materials" / "properties"
_FILE = "delaney-processed.csv"
_VALUE = "measured log solubility in mols per litre"


def solubilities(text: str, dropped: Counter[str]) -> dict[str, float]:
    """Median by molecule, log10 mol/L; SMILES canonical and sorted."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(text)):
        value = float(row[_VALUE])
        if not math.isfinite(value):
            dropped["no value"] += 1
            continue
        try:
            values[canonical_smiles(row["smiles"].strip())].append(value)
        except DataError:
            dropped["unreadable"] += 1
    dropped["measured again"] += sum(len(found) - 1 for found in values.values())
    return {smiles: statistics.median(values[smiles]) for smiles in sorted(values)}


def build(data: Path, out: Path) -> Counter[str]:
    """Writes ESOL and its SOURCE.json; returns what was dropped by reason."""
    folder = data / "materials" / "moleculenet_dc"
    dropped: Counter[str] = Counter()
    table = solubilities(read_source(folder, _FILE, "utf-8-sig"), dropped)
    upstream = json.loads((folder / "SOURCE.json").read_text(encoding="utf-8"))
    rows = [(smiles, f"{value:g}") for smiles, value in table.items()]
    source = {
        "title": "Solubility in water of organic molecules (ESOL)",
        "repository": "https://github.com/deepchem/deepchem",
        "commit": upstream["commit"].split()[0],
        "licence": "MIT",
        "attribution": "J. S. Delaney, J. Chem. Inf. Comput. Sci. 44, 1000 (2004); deepchem (MIT)",
        "units": "log10 mol/L",
        "changes": [
            "Columns but molecule and measured value are left out.",
            "SMILES are made canonical.",
            f"Of a molecule measured again the median is kept "
            f"({dropped['measured again']} rows merged).",
        ],
    }
    write_tables(out, source, {"solubility.csv": (("smiles", "value"), rows)}, [folder / _FILE])
    return dropped


def main() -> None:
    """Writes the table, and says what became of the rest."""
    parser = argparse.ArgumentParser(prog="python -m scripts.property_tables", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the shared data")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the shipped table")
    given = parser.parse_args()
    print("solubility.csv; dropped:", dict(sorted(build(given.data, given.out).items())))


if __name__ == "__main__":
    main()
