"""Writes the training tables of the shipped property models from the public data they come from.

    python scripts/property_tables.py ../shared/data/materials FOLDER

Rows that cannot be used are dropped and counted by reason; a molecule that was measured twice keeps
its median. Nothing is drawn by chance but dyes, by seed 0.
"""

from __future__ import annotations

import csv
import io
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import zstandard

from tertulia.discover.molecules.acid import canonical_smiles, read_smiles
from tertulia.errors import DataError

LARGEST = 24
"""Heavy atoms of a dye that is kept: the anions and cations of photoacid generators are small. Not
chosen by wavelength: a model of dyes picked for their answer would give that answer to all."""
DYES = 1_500
"""Rows of the wavelength table."""

Row = tuple[str, ...]


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file, compressed or not."""
    raw = path.read_bytes()
    if path.suffix == ".zst":
        raw = zstandard.ZstdDecompressor().decompress(raw, max_output_size=1 << 28)
    yield from csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))


def merged(given: Iterable[tuple[Row, str]], dropped: Counter[str]) -> dict[Row, float]:
    """Median by molecule (and solvent), keys canonical and sorted."""
    values: defaultdict[Row, list[float]] = defaultdict(list)
    for key, text in given:
        value = float(text)
        if not np.isfinite(value):
            dropped["no value"] += 1
            continue
        try:
            values[tuple(canonical_smiles(one.strip()) for one in key)].append(value)
        except DataError:
            dropped["unreadable"] += 1
    dropped["measured again"] += sum(len(found) - 1 for found in values.values())
    return {key: statistics.median(values[key]) for key in sorted(values)}


def write(path: Path, head: Row, table: dict[Row, float], dropped: Counter[str]) -> None:
    """A CSV file, and what became of the rest on standard output."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(head)
        writer.writerows((*key, f"{value:g}") for key, value in table.items())
    print(path.name, len(table), "rows;", dict(dropped))


def solubility(data: Path, out: Path) -> None:
    """ESOL."""
    dropped: Counter[str] = Counter()
    column = "measured log solubility in mols per litre"
    read = (((row["smiles"],), row[column]) for row in rows(data / "moleculenet_dc" / _ESOL))
    write(out / "solubility.csv", ("smiles", "value"), merged(read, dropped), dropped)


def biodegradability(data: Path, out: Path) -> None:
    """Ready biodegradability; molecules that are listed with both answers stand at a half."""
    dropped: Counter[str] = Counter()
    read = (((row["smiles"],), row["Class"]) for row in rows(data / "moleculenet_ibm" / _BIODEG))
    write(out / "biodegradability.csv", ("smiles", "value"), merged(read, dropped), dropped)


def wavelength(data: Path, out: Path) -> None:
    """Deep4Chem: dyes of at most LARGEST heavy atoms, drawn by chance, with all their solvents."""
    dropped: Counter[str] = Counter()
    read = (
        ((row["Chromophore"], row["Solvent"]), row["Absorption max (nm)"])
        for row in rows(data / "uvvis" / "joung_deep4chem.csv.zst")
        if row["Solvent"] != "gas"
    )
    table = merged(read, dropped)
    by_dye: defaultdict[str, list[Row]] = defaultdict(list)
    for key in table:
        if read_smiles(key[0]).GetNumHeavyAtoms() > LARGEST:
            dropped["too large"] += 1
            continue
        by_dye[key[0]].append(key)
    dyes = list(by_dye)
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(dyes))
    chosen: list[Row] = []
    for at in order:
        if len(chosen) + len(by_dye[dyes[at]]) <= DYES:
            chosen += by_dye[dyes[at]]
    dropped["not drawn"] = sum(map(len, by_dye.values())) - len(chosen)
    kept = {key: table[key] for key in sorted(chosen)}
    write(out / "wavelength.csv", ("smiles", "solvent", "value"), kept, dropped)


_ESOL = "delaney-processed.csv"
_BIODEG = "biodegradability/biodegradability.csv.zst"

if __name__ == "__main__":
    source, target = (Path(word) for word in sys.argv[1:])
    solubility(source, target)
    biodegradability(source, target)
    wavelength(source, target)
