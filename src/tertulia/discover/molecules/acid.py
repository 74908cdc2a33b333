"""An acid and its anion: the pair that a photoacid generator carries and releases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tertulia.discover.molecules.families import FAMILIES, Family, pattern
from tertulia.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Acid:
    """A neutral acid, the anion it leaves when it gives its proton, and the family of the site.

    Both SMILES are canonical. One anion may be written with its charge on several atoms: `identity`
    tells whether two are one.
    """

    smiles: str
    anion: str
    family: str
    site: int
    """Index of the atom that gives the proton, in the acid as RDKit reads `smiles`."""


@lru_cache(maxsize=65_536)
def acid_of(smiles: str) -> Acid:
    """The acid that a SMILES writes, itself or by its anion of charge -1.

    Of an acid the usually most acidic group gives the proton; of an anion that which is charged.

    Raises DataError `discover.smiles-unreadable` and `discover.not-an-acid`.
    """
    molecule = read_smiles(smiles)
    if "." in smiles:
        raise _no_acid(smiles, "it is more than one molecule")
    charge = _charge(molecule)
    given: int | None = None
    if charge == -1:
        molecule, given = _protonated(smiles, molecule)
    elif charge != 0:
        raise _no_acid(smiles, f"its charge is {charge:+d}")
    found = _acidic_site(molecule, given)
    if found is None:
        raise _no_acid(smiles, "no group of it gives a proton that we know of")
    family, site = found
    return _pair(molecule, family, site)


def read_smiles(smiles: str) -> Any:
    """RDKit's molecule; raises DataError `discover.smiles-unreadable`."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles) if smiles.strip() else None
    if molecule is None or molecule.GetNumAtoms() == 0:
        raise DataError(
            "discover.smiles-unreadable",
            f"`{smiles[:120]}` is not a molecule that can be read",
            remedy="Write it as SMILES; charges and valences must be possible",
        )
    return molecule


def canonical_smiles(smiles: str) -> str:
    """The one way to write a molecule; raises DataError `discover.smiles-unreadable`."""
    from rdkit import Chem

    return str(Chem.MolToSmiles(read_smiles(smiles)))


@lru_cache(maxsize=65_536)
def identity(smiles: str) -> str:
    """A key that all ways of writing a molecule share, whichever atom is given the charge.

    It is the standard InChI's (Heller et al., J. Cheminform. 7, 23, 2015), for which the charge of
    an azolide has no place; the SMILES itself where InChI has none.
    """
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        key: Any = Chem.MolToInchiKey(read_smiles(smiles))  # type: ignore[no-untyped-call]
    return str(key) or smiles


def _charge(molecule: Any) -> int:
    return sum(atom.GetFormalCharge() for atom in molecule.GetAtoms())


def _protonated(smiles: str, molecule: Any) -> tuple[Any, int]:
    """The anion with its proton back on the atom that is written with the charge, and which."""
    from rdkit import Chem

    editable = Chem.RWMol(molecule)
    for atom in editable.GetAtoms():
        if atom.GetFormalCharge() < 0 and not _balanced(atom):
            atom.SetNumExplicitHs(atom.GetTotalNumHs() + 1)
            atom.SetFormalCharge(0)
            atom.SetNoImplicit(True)
            return _sound(smiles, _localised(editable, atom.GetIdx())), atom.GetIdx()
    raise _no_acid(smiles, "no atom of it is written with the charge alone")


def _balanced(atom: Any) -> bool:
    """Whether its minus is that of a nitro group, an N-oxide or an isocyanide: beside its plus.

    A carbanion beside a nitro group has other neighbours, too.
    """
    return atom.GetDegree() == 1 and any(
        neighbour.GetFormalCharge() > 0 for neighbour in atom.GetNeighbors()
    )


def _localised(editable: Any, site: int) -> Any:
    """Aromatic rings that a proton on `site` breaks, written with single and double bonds."""
    from rdkit import Chem

    atom = editable.GetAtomWithIdx(site)
    if not (atom.GetIsAromatic() and atom.GetSymbol() == "C"):
        return editable
    atom.SetNumExplicitHs(atom.GetNumExplicitHs() - 1)
    atom.SetFormalCharge(-1)
    Chem.Kekulize(editable, clearAromaticFlags=True)
    atom = editable.GetAtomWithIdx(site)
    atom.SetFormalCharge(0)
    atom.SetNumExplicitHs(atom.GetTotalNumHs() + 1)
    return editable


def _sound(smiles: str, editable: Any) -> Any:
    from rdkit import Chem, rdBase

    try:
        with rdBase.BlockLogs():
            Chem.SanitizeMol(editable)
    except ValueError as error:
        raise _no_acid(smiles, "its proton has no place where the charge is written") from error
    return editable.GetMol()


def _acidic_site(molecule: Any, given: int | None) -> tuple[Family, int] | None:
    """The family and the atom of the group that is usually the strongest acid, or of the given."""
    for family in FAMILIES:
        sites = [match[0] for match in molecule.GetSubstructMatches(pattern(family.smarts))]
        if given is not None:
            sites = [site for site in sites if site == given]
        if sites:
            return family, min(sites, key=lambda site: (-_pull(molecule, site), site))
    return None


def _pull(molecule: Any, site: int) -> int:
    """How many groups that draw electrons stand near the site, those beside it counted twice."""
    beside = {one.GetIdx() for one in molecule.GetAtomWithIdx(site).GetNeighbors()}
    near = {
        other.GetIdx() for one in beside for other in molecule.GetAtomWithIdx(one).GetNeighbors()
    }
    groups = pattern("[$(C#N),$(C=O),$(S(=O)=O),$([N+](=O)[O-]),F,Cl]")
    drawing = [match[0] for match in molecule.GetSubstructMatches(groups)]
    return sum((group in beside) + (group in beside | near) for group in drawing)


def _pair(molecule: Any, family: Family, site: int) -> Acid:
    from rdkit import Chem

    smiles = Chem.MolToSmiles(molecule)
    # Atoms are numbered as in the canonical SMILES: whoever reads it again finds the same site.
    order = list(molecule.GetPropsAsDict(True, True)["_smilesAtomOutputOrder"])
    molecule = Chem.RenumberAtoms(molecule, order)
    site = order.index(site)
    editable = Chem.RWMol(molecule)
    atom = editable.GetAtomWithIdx(site)
    hydrogens = atom.GetTotalNumHs()
    assert hydrogens > 0, f"{smiles}: a site without a proton"
    atom.SetFormalCharge(atom.GetFormalCharge() - 1)
    atom.SetNoImplicit(True)
    atom.SetNumExplicitHs(hydrogens - 1)
    Chem.SanitizeMol(editable)
    # Read again: an anion that has become aromatic is written as such.
    anion = Chem.MolToSmiles(Chem.MolFromSmiles(Chem.MolToSmiles(editable)))
    return Acid(smiles=smiles, anion=anion, family=family.name, site=site)


def _no_acid(smiles: str, why: str) -> DataError:
    return DataError(
        "discover.not-an-acid",
        f"`{smiles[:120]}` is no acid that can be computed: {why}",
        remedy="Give a neutral acid or its anion of charge -1",
    )
