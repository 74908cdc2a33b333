"""Experimental acids of the calibration: a table of pKa in water, read with counted reasons.

The rule was fixed before anything was computed: rows that go from a neutral acid to an anion of
charge -1, of one fragment and no zwitterion, whose proton leaves the site that `acid_of` would
take; at most MAX_HEAVY_ATOMS heavy atoms, and at most MAX_IN_SMALL_FAMILIES in families that have
fewer than SMALL_FAMILY acids of the former size. An anion met twice has the mean of its values.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from tertulia.discover.molecules.acid import Acid, acid_of, read_smiles
from tertulia.errors import DataError

TABLE = Path("../shared/data/materials/pka_cbh/dataset_2386.csv.zst")
MAX_HEAVY_ATOMS, MAX_IN_SMALL_FAMILIES, SMALL_FAMILY = 14, 24, 15
_ACID, _BASE, _PKA = "conjugate_acid", "conjugate_base", "exp_pka (pKa)"


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """An acid with its measured pKa in water; `heavy_atoms` of the acid."""

    acid: str
    anion: str
    family: str
    pka: float
    heavy_atoms: int


def experiments(path: Path = TABLE) -> tuple[list[Experiment], Counter[str]]:
    """The acids in the order of their anions' SMILES, and how many rows were left out, by why."""
    read, left_out = read_rows(rows_of(path))
    values: dict[str, list[float]] = defaultdict(list)
    acids: dict[str, Acid] = {}
    for acid, pka in read:
        values[acid.anion].append(pka)
        acids[acid.anion] = acid
    left_out["the same acid again"] = len(read) - len(acids)
    found = [
        Experiment(
            acid=acid.smiles,
            anion=anion,
            family=acid.family,
            pka=sum(values[anion]) / len(values[anion]),
            heavy_atoms=int(read_smiles(acid.smiles).GetNumHeavyAtoms()),
        )
        for anion, acid in sorted(acids.items())
    ]
    kept = list(_of_fitting_size(found))
    left_out["too many atoms"] = len(found) - len(kept)
    return kept, left_out


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of the table, which is a CSV file, compressed or not."""
    import zstandard

    data = path.read_bytes()
    if path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
    yield from csv.DictReader(io.StringIO(data.decode("utf-8-sig")))


def read_rows(
    rows: Iterable[Mapping[str, str]],
) -> tuple[list[tuple[Acid, float]], Counter[str]]:
    """Acids with their pKa, and why other rows are none."""
    found: list[tuple[Acid, float]] = []
    left_out: Counter[str] = Counter()
    for row in rows:
        read = _acid(row)
        if isinstance(read, Acid):
            found.append((read, float(row[_PKA])))
        else:
            left_out[read] += 1
    return found, left_out


def _acid(row: Mapping[str, str]) -> Acid | str:
    """The acid of a row, or why it is none."""
    from rdkit import Chem

    try:
        acid, base = (_unmapped(row[name]) for name in (_ACID, _BASE))
    except DataError:
        return "unreadable"
    if (Chem.GetFormalCharge(acid), Chem.GetFormalCharge(base)) != (0, -1):
        return "not from neutral to -1"
    if len(Chem.GetMolFrags(acid)) > 1:
        return "several fragments"
    if any(_lone_cation(atom) for atom in acid.GetAtoms()):
        return "zwitterion"
    try:
        usual, written = (acid_of(Chem.MolToSmiles(one)) for one in (acid, base))
    except DataError as error:
        return error.code
    return usual if usual.anion == written.anion else "another site"


def _unmapped(smiles: str) -> Any:
    molecule = read_smiles(smiles)
    for atom in molecule.GetAtoms():
        atom.SetAtomMapNum(0)
    return molecule


def _lone_cation(atom: Any) -> bool:
    """A positive atom without a negative neighbour, as nitro groups have one."""
    return atom.GetFormalCharge() > 0 and not any(
        neighbour.GetFormalCharge() < 0 for neighbour in atom.GetNeighbors()
    )


def _of_fitting_size(found: list[Experiment]) -> Iterator[Experiment]:
    small = Counter(one.family for one in found if one.heavy_atoms <= MAX_HEAVY_ATOMS)
    for one in found:
        limit = MAX_HEAVY_ATOMS
        if small[one.family] < SMALL_FAMILY:
            limit = MAX_IN_SMALL_FAMILIES
        if one.heavy_atoms <= limit:
            yield one


@dataclass(frozen=True, kw_only=True)
class StrongAcid:
    """An anchor: measured pKa in acetonitrile, `group` of its acidic site, key of its source."""

    name: str
    acid: str
    anion: str
    group: str
    pka: float
    source: str


def strong_acids() -> list[StrongAcid]:
    """The shipped table of anchors; where it names no class, the family is the group."""
    file = resources.files("tertulia.shipped").joinpath("materials", "calibration_anchors.csv")
    found = []
    for row in csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))):
        acid = acid_of(row["smiles"])
        found.append(
            StrongAcid(
                name=row["name"],
                acid=acid.smiles,
                anion=acid.anion,
                group=row["class"] or acid.family,
                pka=float(row["pka"]),
                source=row["source"],
            )
        )
    return found
