"""The acids with which a campaign begins: known, PFAS-free, and of many families."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, kw_only=True)
class SeedAcid:
    """A known acid by name, canonical SMILES and family; `note` says what it is known for."""

    name: str
    smiles: str
    family: str
    note: str


@cache
def seeds() -> tuple[SeedAcid, ...]:
    """The shipped list, in its order: families from strong to weak."""
    file = resources.files("tertulia.shipped").joinpath("materials", "seeds.csv")
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(SeedAcid(**row) for row in csv.DictReader(lines))
