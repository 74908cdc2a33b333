"""Small molecules of free sets on which acids are drawn: groups take the place of hydrogens."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard
from rdkit import Chem, rdBase

_MOST_ATOMS = 11
_ELEMENTS = {1, 6, 7, 8, 9, 14, 15, 16, 17}


@dataclass(frozen=True)
class Core:
    """A molecule without charge or stereochemistry, and the set that it comes from."""

    smiles: str
    source: str


@dataclass(frozen=True)
class CoreSet:
    """A set of molecules: where it lies below the data folder, and whose it is."""

    source: str
    path: str
    columns: tuple[str, ...]
    licence: str
    by: str
    taken_from: str


SETS = (
    CoreSet(
        source="esol",
        path="moleculenet_dc/delaney-processed.csv",
        columns=("smiles",),
        licence="MIT",
        by="J. S. Delaney (2004), as the DeepChem contributors publish it",
        taken_from="deepchem/deepchem, datasets/delaney-processed.csv, commit fbe3b911a94a",
    ),
    CoreSet(
        source="rooted-cbh-pka",
        path="pka_cbh/dataset_2386.csv.zst",
        columns=("conjugate_acid", "conjugate_base"),
        licence="MIT",
        by="The authors of RootedCBH_pka, from the supporting information of "
        "doi:10.1021/acs.jcim.0c00105",
        taken_from="sarmaier/RootedCBH_pka, datasets/dataset_2386.csv, commit 44979a4e2ce7",
    ),
)
"""In this order: a molecule of several belongs to the first."""


def cores(data: Path) -> tuple[list[Core], Counter[str]]:
    """Every core, sorted within its set, and how many molecules were left out for which reason."""
    found: dict[str, Core] = {}
    left_out: Counter[str] = Counter()
    for one in SETS:
        mine: list[str] = []
        for smiles in _column(data / one.path, one.columns):
            plain, reason = _plain(smiles)
            if plain is None:
                left_out[f"{one.source}: {reason}"] += 1
            elif plain in found or plain in mine:
                left_out[f"{one.source}: repeated"] += 1
            else:
                mine.append(plain)
        found |= {smiles: Core(smiles, one.source) for smiles in sorted(mine)}
    return list(found.values()), left_out


def _column(path: Path, columns: tuple[str, ...]) -> Iterator[str]:
    content = path.read_bytes()
    if path.suffix == ".zst":
        content = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        yield from (row[column].strip() for column in columns)


def _plain(smiles: str) -> tuple[str | None, str]:
    """(canonical SMILES, why there is none)."""
    with rdBase.BlockLogs():
        molecule: Any = Chem.MolFromSmiles(smiles)
    if molecule is None:
        return None, "unreadable"
    Chem.RemoveStereochemistry(molecule)
    for atom in molecule.GetAtoms():
        atom.SetAtomMapNum(0)
    if Chem.GetFormalCharge(molecule) or len(Chem.GetMolFrags(molecule)) > 1:
        return None, "charged or in parts"
    if molecule.GetNumHeavyAtoms() > _MOST_ATOMS:
        return None, f"more than {_MOST_ATOMS} heavy atoms"
    if any(atom.GetAtomicNum() not in _ELEMENTS for atom in molecule.GetAtoms()):
        return None, "an element that is not wanted"
    # Atom maps change the canonical order: the SMILES is read once more without them.
    return Chem.MolToSmiles(Chem.MolFromSmiles(Chem.MolToSmiles(molecule))), ""
