"""PFAS: whether an acid is one by a regulator's definition, and how many C-F bonds it holds.

- `oecd-2021`: OECD Series on Risk Management 61 (2021). A fully fluorinated methyl or methylene
  carbon, saturated and without H, Cl, Br or I on it, makes a PFAS.
- `eu-reach`: the universal restriction proposed under REACH (Annex XV report of 2023). The same,
  but a substance is out of scope whose every such carbon is CF3-X or X-CF2-X', X being -OR or
  -NRR', X' methyl, methylene, an aromatic group, a carbonyl, -OR, -SR or -NRR', and each R
  hydrogen, methyl, methylene, an aromatic group or a carbonyl: these were found to degrade. The
  nitrogen of an aromatic ring is read as no amine: the stricter of two readings.
- `eu-drinking-water`: Directive (EU) 2020/2184, Annex III, "sum of PFAS". A perfluoroalkyl moiety
  of three carbons or more, or a perfluoroalkyl ether of one or more on both sides.

Trap: fluorine on a ring or a double bond makes no PFAS by any of them, nor does CHF2. That such a
bond degrades is not said: `carbon_fluorine_bonds` counts them all.
"""

from __future__ import annotations

from typing import Any, Literal

from tertulia.discover.constraints.verdict import Verdict, found, verdicts
from tertulia.discover.molecules.families import pattern
from tertulia.messages import mark

NAME = "pfas"
CODES = ("carbon-fluorine", "pfas-eu-drinking-water", "pfas-eu-reach", "pfas-oecd-2021")

Definition = Literal["oecd-2021", "eu-reach", "eu-drinking-water", "none"]

_CARBON = "[CX4;H0;!$(C[Cl,Br,I])]"
FULLY_FLUORINATED = f"{_CARBON}(F)F"
_PERFLUORINATED = f"$({_CARBON}F)"
_MOIETIES = (
    f"[{_PERFLUORINATED}][{_PERFLUORINATED}][{_PERFLUORINATED}]",
    f"[{_PERFLUORINATED}][OX2][{_PERFLUORINATED}]",
)

_REST = "$([#1]),$([CX4;H2,H3]),$([CX3]=[OX1]),a"
_ETHER_OR_AMINE = (
    f"$([OX2H1]),$([OX2](C(F)F)[{_REST}]),"
    f"$([NX3H2]),$([NX3H1](C(F)F)[{_REST}]),$([NX3H0](C(F)F)([{_REST}])[{_REST}])"
)
_SECOND = f"$([CX4;H2,H3]),$([CX3]=[OX1]),a,$([SX2H1]),$([SX2](C(F)F)[{_REST}]),{_ETHER_OR_AMINE}"
_DEGRADABLE = (
    f"[CX4;H0](F)(F)(F)[{_ETHER_OR_AMINE}]",
    f"[CX4;H0](F)(F)([{_ETHER_OR_AMINE}])[{_SECOND}]",
)

_MESSAGES: dict[str, str] = {
    "oecd-2021": mark(
        "A PFAS as the OECD defines it (2021): fully fluorinated methyl or methylene carbons, "
        "{count} of them."
    ),
    "eu-reach": mark(
        "A PFAS within the restriction proposed under REACH: fully fluorinated carbons that are "
        "not of the exempted, degradable kinds."
    ),
    "eu-drinking-water": mark(
        "A PFAS of the drinking water directive (EU) 2020/2184: a perfluorinated chain of three "
        "carbons or more, or a perfluorinated ether."
    ),
}
_BONDS = mark("Carbon-fluorine bonds: {count}; allowed: {limit}.")


def judge_pfas(
    molecule: Any, definition: Definition, carbon_fluorine: int | None
) -> tuple[Verdict, ...]:
    """By the chosen definition, and by the number of C-F bonds where there is a limit.

    What is a PFAS to the OECD but not by the chosen definition gets a remark.
    """
    findings = []
    for one in dict.fromkeys((definition, "oecd-2021")):
        if one != "none" and is_pfas(molecule, one):
            count = len(fully_fluorinated_carbons(molecule))
            forbids = one == definition
            findings.append(
                found(NAME, f"pfas-{one}", _MESSAGES[one], forbids=forbids, count=count)
            )
    bonds = carbon_fluorine_bonds(molecule)
    if carbon_fluorine is not None and bonds > carbon_fluorine:
        findings.append(found(NAME, "carbon-fluorine", _BONDS, count=bonds, limit=carbon_fluorine))
    return verdicts(NAME, findings)


def is_pfas(molecule: Any, definition: Definition) -> bool:
    """Whether a molecule is a PFAS by a definition; by `none` nothing is."""
    if definition == "none":
        return False
    if definition == "eu-drinking-water":
        return any(molecule.HasSubstructMatch(pattern(moiety)) for moiety in _MOIETIES)
    carbons = fully_fluorinated_carbons(molecule)
    if definition == "eu-reach":
        carbons = carbons - _first_atoms(molecule, *_DEGRADABLE)
    return bool(carbons)


def fully_fluorinated_carbons(molecule: Any) -> frozenset[int]:
    """Indices of the carbons that make a PFAS in the OECD's words."""
    return _first_atoms(molecule, FULLY_FLUORINATED)


def carbon_fluorine_bonds(molecule: Any) -> int:
    """How many C-F bonds there are, on rings and double bonds too."""
    return len(molecule.GetSubstructMatches(pattern("[#6]F"), maxMatches=100_000))


def _first_atoms(molecule: Any, *smarts: str) -> frozenset[int]:
    return frozenset(
        match[0]
        for one in smarts
        for match in molecule.GetSubstructMatches(pattern(one), maxMatches=100_000)
    )
