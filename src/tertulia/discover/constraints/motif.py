"""A motif: a group of atoms that speaks against a molecule, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tertulia.discover.constraints.verdict import Term, Verdict, found
from tertulia.discover.molecules.families import pattern
from tertulia.messages import mark

EXPLODES = Term(mark("It can explode."))
HYDROGEN_CYANIDE = Term(mark("It can release hydrogen cyanide."))
HYDROLYSES = Term(mark("It reacts with water."))
UNSTABLE = Term(mark("It does not keep."))
MUTAGEN = Term(mark("Its kin cause cancer or mutations."))
POISON = Term(mark("Its kin are acutely poisonous."))
SENSITISER = Term(mark("Its kin irritate or sensitise."))
PERSISTENT = Term(mark("Its kin stay in the environment and in bodies."))

FORBIDDEN = mark("Forbidden motif: {motif}. {risk}")
TO_CHECK = mark("To be checked by a chemist: {motif}. {risk}")


@dataclass(frozen=True, kw_only=True)
class Motif:
    """A motif by its code: any of its SMARTS finds it; unless `forbids` it is to be checked."""

    code: str
    name: Term
    risk: Term
    smarts: tuple[str, ...]
    forbids: bool = True


def motif(code: str, name: str, risk: Term, *smarts: str, forbids: bool = True) -> Motif:
    """A motif; `name` is marked for translation where it is written."""
    return Motif(code=code, name=Term(name), risk=risk, smarts=smarts, forbids=forbids)


def motif_findings(constraint: str, molecule: Any, motifs: Iterable[Motif]) -> Iterator[Verdict]:
    """A finding for each of the motifs that a molecule holds, in their order."""
    for one in motifs:
        if any(molecule.HasSubstructMatch(pattern(smarts)) for smarts in one.smarts):
            yield motif_finding(constraint, one)


def motif_finding(constraint: str, one: Motif) -> Verdict:
    """That a molecule holds this motif."""
    message = FORBIDDEN if one.forbids else TO_CHECK
    return found(constraint, one.code, message, forbids=one.forbids, motif=one.name, risk=one.risk)
