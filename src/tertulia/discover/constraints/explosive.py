"""Explosive motifs: groups of the UN's list, chains of nitrogen, and the oxygen balance.

Groups follow the UN Manual of Tests and Criteria, appendix 6 (screening), and Bretherick's
Handbook of Reactive Chemical Hazards. Its screening asks for no test where the oxygen balance of a
molecule with such a group is below -200 %; above that a remark asks for calorimetry, and from the
brief's limit on the molecule is forbidden.

Trap: the balance is by mass, so bromine and sulfur raise it without feeding anything:
2,6-dibromo-4-nitrophenol has -57 % and is forbidden beside nitroglycerine, to be on the safe side.

Exception: aromatic triazoles and tetrazoles are chains of nitrogen that keep. A tetrazole gets a
remark; a second one, or a nitro group on either ring, is forbidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tertulia.discover.constraints.molar_mass import molar_mass
from tertulia.discover.constraints.motif import (
    EXPLODES,
    motif,
    motif_finding,
    motif_findings,
)
from tertulia.discover.constraints.verdict import Verdict, found, verdicts
from tertulia.discover.molecules.families import pattern
from tertulia.messages import mark

NAME = "explosive"

SCREENING = -200.0
"""Oxygen balance in %, below which UN screening asks for no test."""

_NITRO = "[$([NX3](=O)=O),$([NX3+](=O)[O-])]"
_POLYNITRO = mark("Nitro groups: {count}; allowed: {limit}. It can explode.")
_BALANCE = mark("A nitro group or kin, and an oxygen balance of {balance} %: limit {limit} %.")
_SCREENED = mark(
    "To be checked by a chemist: a nitro group or kin and an oxygen balance of {balance} %; "
    "above -200 % calorimetry is asked for."
)

MOTIFS = (
    motif("explosive-azide", mark("azide"), EXPLODES, "N=[N+]=[N-]", "[N-][N+]#N"),
    motif("explosive-azo", mark("aliphatic azo group"), EXPLODES,
          "[CX4]N=N[CX4]", "[NH]=N", "C1N=N1"),
    motif("explosive-diazo", mark("diazo group"), EXPLODES, "[#6]=[N+]=[N-]", "[#6-][N+]#N"),
    motif("explosive-diazonium", mark("diazonium group"), EXPLODES, "[#6;!-][N+]#N"),
    motif("explosive-fulminate", mark("fulminate or nitrile oxide"), EXPLODES,
          "[C-]#[N+]O", "C#[N+][O-]"),
    motif("explosive-furoxan", mark("furoxan"), EXPLODES, "[#6]1~[#6]~[#7+]([O-])~[#8]~[#7]1"),
    motif("explosive-haloalkyne", mark("haloalkyne"), EXPLODES, "C#C[F,Cl,Br,I]"),
    motif("explosive-halogen-oxide", mark("oxide of a halogen"), EXPLODES,
          "[Cl,Br,I](~O)~O", "[Cl+,Br+,I+][O-]"),
    motif("explosive-hypohalite", mark("hypohalite"), EXPLODES, "[OX2,OX1-][F,Cl,Br,I]"),
    motif("explosive-n-halogen", mark("halogen on nitrogen"), EXPLODES, "[#7][F,Cl,Br,I]"),
    motif("explosive-n-nitro", mark("nitro group on nitrogen"), EXPLODES, f"[#7]{_NITRO}"),
    motif("explosive-nitrate-ester", mark("nitrate ester"), EXPLODES, f"[OX2,SX2]{_NITRO}"),
    motif("explosive-nitroalkyl", mark("nitro group on a saturated carbon"), EXPLODES,
          f"[CX4]{_NITRO}", "[#6]=[N+]([O-])[OX2]", f"[C-]{_NITRO}"),
    motif("explosive-nitroso", mark("nitroso group or nitrite"), EXPLODES,
          "[#6,#8,#16][NX2]=[OX1]"),
    motif("explosive-peroxide", mark("peroxide"), EXPLODES, "[OX2,OX1-][OX2,OX1-]"),
    motif("explosive-polyyne", mark("two triple bonds side by side"), EXPLODES,
          "[#6]#[#6][#6]#[#6]"),
)  # fmt: skip
"""Forbidden wherever they stand; N-nitroso compounds are among the toxic motifs."""

NITROGEN_CHAIN = motif(
    "explosive-nitrogen-chain", mark("chain of three nitrogens or more"), EXPLODES
)
ENERGETIC_AZOLE = motif(
    "explosive-azole", mark("nitro group or second tetrazole at an azole"), EXPLODES
)
TETRAZOLE = motif("explosive-tetrazole", mark("tetrazole"), EXPLODES, forbids=False)

CODES = (
    *(one.code for one in (*MOTIFS, NITROGEN_CHAIN, ENERGETIC_AZOLE, TETRAZOLE)),
    "explosive-oxygen-balance",
    "explosive-polynitro",
    "explosive-screening",
)

_AZOLE = "[n]1[n][n][c,n][c]1"
_TETRAZOLE = "[c]1[n][n][n][n]1"
_OXYGEN_BEARING = (_NITRO, "[#7+][O-]")


def judge_explosive(
    molecule: Any, *, nitro_groups: int, oxygen_balance_limit: float
) -> tuple[Verdict, ...]:
    """`nitro_groups` may stand on it; the oxygen balance is in %."""
    findings = list(motif_findings(NAME, molecule, MOTIFS))
    nitro = len(molecule.GetSubstructMatches(pattern(_NITRO)))
    if nitro > nitro_groups:
        findings.append(
            found(NAME, "explosive-polynitro", _POLYNITRO, count=nitro, limit=nitro_groups)
        )
    findings.extend(_nitrogen(molecule))
    findings.extend(_balance(molecule, oxygen_balance_limit))
    return verdicts(NAME, findings)


def oxygen_balance(molecule: Any) -> float:
    """In %, of C, H and O alone: -1600 (2 C + H / 2 - O) / molar mass in g/mol."""
    count = dict.fromkeys((1, 6, 8), 0)
    for atom in molecule.GetAtoms():
        number = atom.GetAtomicNum()
        if number in count:
            count[number] += 1
        count[1] += atom.GetTotalNumHs()
    missing = 2 * count[6] + count[1] / 2 - count[8]
    return -1600.0 * missing / molar_mass(molecule)


def _balance(molecule: Any, limit: float) -> Iterator[Verdict]:
    if not any(molecule.HasSubstructMatch(pattern(smarts)) for smarts in _OXYGEN_BEARING):
        return
    balance = oxygen_balance(molecule)
    words = f"{balance:.0f}"
    if balance >= limit:
        yield found(NAME, "explosive-oxygen-balance", _BALANCE, balance=words, limit=f"{limit:.0f}")
    elif balance >= SCREENING:
        yield found(NAME, "explosive-screening", _SCREENED, forbids=False, balance=words)


def _nitrogen(molecule: Any) -> Iterator[Verdict]:
    chains = [chain for chain in _chains(molecule) if len(chain) > 2]
    tetrazoles = molecule.GetSubstructMatches(pattern(_TETRAZOLE))
    azoles = [*molecule.GetSubstructMatches(pattern(_AZOLE)), *tetrazoles]
    kept = [frozenset(ring) for ring in azoles]
    if any(not any(chain <= ring for ring in kept) for chain in chains):
        yield motif_finding(NAME, NITROGEN_CHAIN)
    nitro = {match[0] for match in molecule.GetSubstructMatches(pattern(f"{_NITRO}[c,n]"))}
    near = {
        neighbour.GetIdx()
        for ring in kept
        for index in ring
        for neighbour in molecule.GetAtomWithIdx(index).GetNeighbors()
    }
    if len(tetrazoles) > 1 or nitro & near:
        yield motif_finding(NAME, ENERGETIC_AZOLE)
    if tetrazoles:
        yield motif_finding(NAME, TETRAZOLE)


def _chains(molecule: Any) -> list[frozenset[int]]:
    """The nitrogens that hang together, as sets of indices."""
    left = {atom.GetIdx() for atom in molecule.GetAtoms() if atom.GetAtomicNum() == 7}
    chains = []
    while left:
        chain: set[int] = set()
        border = {min(left)}
        while border:
            chain |= border
            border = {
                neighbour.GetIdx()
                for index in border
                for neighbour in molecule.GetAtomWithIdx(index).GetNeighbors()
                if neighbour.GetAtomicNum() == 7
            } - chain
        left -= chain
        chains.append(frozenset(chain))
    return chains
