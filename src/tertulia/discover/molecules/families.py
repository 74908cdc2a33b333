"""Families of acids: by the group that gives the proton, the usually strongest first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

_DRAWING = "$(C#N),$(S(=O)(=O)),$([N+](=O)[O-]),$(C=O)"


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family; `smarts` matches the atom that gives the proton first."""

    name: str
    smarts: str


FAMILIES = (
    Family(name="sulfonic", smarts="[OX2H1]S(=O)(=O)[#6]"),
    Family(name="sulfuric-ester", smarts="[OX2H1]S(=O)(=O)[O,N]"),
    Family(name="sulfonimide", smarts="[NX3H1](S(=O)=O)S(=O)=O"),
    Family(name="cyclopentadiene", smarts="[CX4;H1,H2]1C=CC=C1"),
    Family(name="cyanocarbon", smarts="[CX4;H1,H2](C#N)C#N"),
    Family(name="sulfonylcyanamide", smarts="[NX3H1](S(=O)=O)C#N"),
    Family(name="sulfonylcarbon", smarts=f"[CX4;H1,H2](S(=O)=O)[{_DRAWING}]"),
    Family(name="phosphonic", smarts="[OX2H1]P(=O)"),
    Family(name="carboxylic", smarts="[OX2H1][CX3;H1,$(C[#6])]=O"),
    Family(name="carbonic", smarts="[OX2H1]C(=O)"),
    Family(name="sulfinic", smarts="[OX2H1]S(=O)"),
    Family(name="azole", smarts="[nH1]1[c,n][c,n][c,n][c,n]1"),
    Family(name="sulfonamide", smarts="[NX3;H1,H2]S(=O)=O"),
    Family(name="cyanamide", smarts="[NX3;H1]C#N"),
    Family(name="imide", smarts="[NX3H1](C=O)[C,S]=O"),
    Family(name="hydroxamic", smarts="[OX2H1]NC=O"),
    Family(name="oxime", smarts="[OX2H1]N=[#6]"),
    Family(name="thiol", smarts="[SX2H1]"),
    Family(name="phenol", smarts="[OX2H1]c"),
    Family(name="enol", smarts="[OX2H1]C=[C,N]"),
    Family(name="amide", smarts="[NX3;H1,H2][#6]=[O,N,S]"),
    Family(name="carbon", smarts=f"[CX4;H1,H2,H3][{_DRAWING}]"),
    Family(name="alcohol", smarts="[OX2H1][CX4]"),
    Family(name="amine", smarts="[NX3;H1,H2;!$(N=*)][#6]"),
)
"""In the order in which sites are looked for: a molecule with several gives its usually most
acidic proton. `cyanocarbon` stands before `sulfonylcarbon`, since two cyano groups acidify more."""


@cache
def pattern(smarts: str) -> Any:
    """RDKit's query for a SMARTS of our own."""
    from rdkit import Chem

    query = Chem.MolFromSmarts(smarts)
    assert query is not None, smarts
    return query
