"""Structure: charge, valence, fragments, elements, size, radicals, isotopes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from tertulia.discover.constraints.verdict import Verdict, found, verdicts
from tertulia.messages import mark

NAME = "structure"
CODES = (
    "structure-charge",
    "structure-elements",
    "structure-fragments",
    "structure-isotope",
    "structure-radical",
    "structure-too-large",
    "structure-too-small",
    "structure-valence",
    "structure-zwitterion",
)

_CHARGE = mark("The acid has charge {acid} and its anion {anion}; 0 and -1 are meant.")
_ZWITTERION = mark("The acid holds charges that stand apart from each other.")
_VALENCE = mark("An atom has a valence that it cannot have.")
_FRAGMENTS = mark("Separate molecules: {count}; one is meant.")
_ELEMENTS = mark("It holds elements that are not allowed: {elements}.")
_TOO_SMALL = mark("Heavy atoms: {count}; at least: {limit}.")
_TOO_LARGE = mark("Heavy atoms: {count}; at most: {limit}.")
_RADICAL = mark("It holds an unpaired electron.")
_ISOTOPE = mark("It names an isotope.")


def judge_structure(
    acid: Any, anion: Any, *, elements: Collection[str], heavy_atoms: tuple[int, int]
) -> tuple[Verdict, ...]:
    """Of RDKit's molecules of an acid and its anion; bounds of heavy atoms are inclusive."""
    findings = [
        *_charges(acid, anion),
        *_atoms(acid),
        *_composition(acid, elements=elements, heavy_atoms=heavy_atoms),
    ]
    return verdicts(NAME, findings)


def _charges(acid: Any, anion: Any) -> Iterator[Verdict]:
    """Nitro groups, N-oxides and diazo groups hold both charges side by side, which is no salt."""
    from rdkit import Chem

    charges = Chem.GetFormalCharge(acid), Chem.GetFormalCharge(anion)
    if charges != (0, -1):
        yield found(NAME, "structure-charge", _CHARGE, acid=charges[0], anion=charges[1])
    if any(_alone(atom) for atom in acid.GetAtoms()):
        yield found(NAME, "structure-zwitterion", _ZWITTERION)


def _alone(atom: Any) -> bool:
    charge = atom.GetFormalCharge()
    return charge != 0 and all(
        charge * neighbour.GetFormalCharge() >= 0 for neighbour in atom.GetNeighbors()
    )


def _atoms(acid: Any) -> Iterator[Verdict]:
    from rdkit import Chem

    if Chem.DetectChemistryProblems(acid):
        yield found(NAME, "structure-valence", _VALENCE)
    if any(atom.GetNumRadicalElectrons() for atom in acid.GetAtoms()):
        yield found(NAME, "structure-radical", _RADICAL)
    if any(atom.GetIsotope() for atom in acid.GetAtoms()):
        yield found(NAME, "structure-isotope", _ISOTOPE)


def _composition(
    acid: Any, *, elements: Collection[str], heavy_atoms: tuple[int, int]
) -> Iterator[Verdict]:
    from rdkit import Chem

    fragments = len(Chem.GetMolFrags(acid))
    if fragments > 1:
        yield found(NAME, "structure-fragments", _FRAGMENTS, count=fragments)
    others = {atom.GetSymbol() for atom in acid.GetAtoms()} - {*elements, "H"}
    if others:
        names = ", ".join(sorted(others))
        yield found(NAME, "structure-elements", _ELEMENTS, elements=names)
    count, (fewest, most) = acid.GetNumHeavyAtoms(), heavy_atoms
    if count < fewest:
        yield found(NAME, "structure-too-small", _TOO_SMALL, count=count, limit=fewest)
    if count > most:
        yield found(NAME, "structure-too-large", _TOO_LARGE, count=count, limit=most)
