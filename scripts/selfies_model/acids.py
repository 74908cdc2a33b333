"""The acids that the language model learns from: which are taken, and from where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from rdkit import Chem

from scripts.selfies_model.cores import Core
from scripts.selfies_model.grafting import grafted
from tertulia.discover.generators.acid_head import read_one_headed
from tertulia.discover.generators.plausibility import implausible
from tertulia.discover.molecules.acid import Acid

FAMILIES = frozenset(
    (
        "sulfonic",
        "sulfuric-ester",
        "sulfonimide",
        "cyclopentadiene",
        "cyanocarbon",
        "sulfonylcyanamide",
        "sulfonylcarbon",
        "phosphonic",
        "carboxylic",
        "azole",
        "sulfonamide",
        "cyanamide",
        "imide",
    )
)
"""What a photoacid generator could release; alcohols, amines and their like are left out."""

MOST_ATOMS = 22
_EXCLUDED = {
    "more than one fluorine on a carbon": "[#6](F)F",
    "more than two heavy halogens": "[Cl,Br,I].[Cl,Br,I].[Cl,Br,I]",
}
"""Reason -> SMARTS of what no training molecule holds, beside what is implausible."""


@dataclass(frozen=True)
class TrainingAcid:
    """An acid and the source whose terms it is under."""

    acid: Acid
    source: str


def from_cores(
    cores: Iterable[Core], each: int, *, seed: int, left_out: Counter[str]
) -> Iterator[TrainingAcid]:
    """The acids among the cores, and `each` drawn on every core."""
    for number, core in enumerate(cores):
        yield from _taken(core.smiles, core.source, left_out)
        generator = np.random.Generator(np.random.PCG64([seed, number]))
        for _ in range(each):
            smiles = grafted(core.smiles, generator)
            if smiles is None:
                left_out[f"{core.source}: no hydrogen left on carbon"] += 1
            else:
                yield from _taken(smiles, core.source, left_out)


def enumerated(
    smiles: Iterable[str], source: str, left_out: Counter[str]
) -> Iterator[TrainingAcid]:
    """Acids of a list that are wanted."""
    for one in smiles:
        yield from _taken(one, source, left_out)


def distinct(acids: Iterable[TrainingAcid], left_out: Counter[str]) -> list[TrainingAcid]:
    """The first of each anion."""
    found: dict[str, TrainingAcid] = {}
    for one in acids:
        if one.acid.anion in found:
            left_out[f"{one.source}: repeated"] += 1
        else:
            found[one.acid.anion] = one
    return list(found.values())


def _taken(smiles: str, source: str, left_out: Counter[str]) -> Iterator[TrainingAcid]:
    acid = read_one_headed(smiles)
    reason = acid if isinstance(acid, str) else _unwanted(acid)
    if reason:
        left_out[f"{source}: {reason}"] += 1
    elif isinstance(acid, Acid):
        yield TrainingAcid(acid, source)


def _unwanted(acid: Acid) -> str:
    """Why an acid is not learnt from; empty if it is."""
    if acid.family not in FAMILIES:
        return f"family {acid.family}"
    molecule = Chem.MolFromSmiles(acid.smiles)
    if molecule.GetNumHeavyAtoms() > MOST_ATOMS:
        return f"more than {MOST_ATOMS} heavy atoms"
    for reason in _EXCLUDED:
        if molecule.HasSubstructMatch(_query(reason)):
            return reason
    return implausible(molecule) or ""


@cache
def _query(reason: str) -> Any:
    return Chem.MolFromSmarts(_EXCLUDED[reason])
