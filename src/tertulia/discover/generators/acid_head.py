"""Whether an acid has one group alone that gives its proton: its number is then of that group."""

from __future__ import annotations

from typing import Any

from tertulia.discover.molecules.acid import Acid, acid_of, read_smiles
from tertulia.discover.molecules.families import FAMILIES, pattern
from tertulia.errors import DataError

_STRONG = frozenset(
    "sulfonic sulfuric-ester sulfonimide cyclopentadiene cyanocarbon sulfonylcyanamide "
    "sulfonylcarbon phosphonic carboxylic carbonic sulfinic azole sulfonamide cyanamide imide "
    "hydroxamic oxime thiol".split()
)
_YIELDS = frozenset({"sulfonylcarbon"})
"""A methylene beside one sulfonyl group does not compete with an acid that stands before it."""


def read_one_headed(smiles: str) -> Acid | str:
    """The acid of a made molecule, or the reason why it is none that should be computed."""
    if smiles.count("[N+]") > 1:
        return "polynitro"
    try:
        acid = acid_of(smiles)
    except DataError as error:
        return error.code.partition(".")[2]
    return acid if has_one_head(acid) else "several-acid-heads"


def has_one_head(acid: Acid) -> bool:
    """Whether no second strong acid group stands beside the one that `acid` names.

    Hydroxyl groups on one phosphorus are one head. Phenols, enols, alcohols, amides and amines do
    not count, neither beside a stronger acid nor beside each other.
    """
    if acid.family not in _STRONG:
        return True
    molecule = read_smiles(acid.smiles)
    stronger = True
    heads: set[int] = set()
    for family in FAMILIES:
        own = family.name == acid.family
        stronger = stronger and not own
        if own or (family.name in _STRONG and (stronger or family.name not in _YIELDS)):
            matches = molecule.GetSubstructMatches(pattern(family.smarts))
            heads |= {_centre(molecule, match[0]) for match in matches}
    return len(heads) == 1


def _centre(molecule: Any, site: int) -> int:
    """The atom by which a head is told apart: of a hydroxyl group what it is bound to."""
    atom = molecule.GetAtomWithIdx(site)
    if atom.GetSymbol() != "O":
        return site
    return min(int(neighbour.GetIdx()) for neighbour in atom.GetNeighbors())
