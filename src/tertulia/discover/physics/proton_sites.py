"""Where an anion keeps its proton best: an acid is as strong as its most stable form allows."""

from __future__ import annotations

from typing import Any

from tertulia.campaign.workers import CalculationFailed
from tertulia.compute.task import task
from tertulia.discover.physics.acidity import GAS_PHASE, relaxed
from tertulia.discover.physics.xtb import HARTREE_KCAL

MOST_SITES = 12
_MOST_STRUCTURES = 200


@task(version=1)
def compute_proton_sites(inputs: dict[str, Any]) -> dict[str, Any]:
    """Optimises the acids that `anion` (SMILES) makes with the proton on each site in turn.

    An acid written with its proton on carbon may be more stable as an enol or with it on nitrogen,
    and is then weaker than task `compute_acidity` makes it. Inputs besides: `solvent`, `seed`.
    Values: `sites`, each with its `acid`, `energy` in hartree, and `deprotonation` in kcal/mol, the
    most stable first; `deprotonation` of that one; `anion_energy`; `failed`, acids with a reason.
    Raises CalculationFailed as `compute_acidity` does for the anion, and where no acid is left.
    """
    solvent = None if inputs["solvent"] == GAS_PHASE else str(inputs["solvent"])
    seed = int(inputs["seed"])
    anion = relaxed(str(inputs["anion"]), solvent=solvent, seed=seed, of="anion")
    base = anion.optimised.energy
    sites: list[dict[str, Any]] = []
    failed: list[dict[str, str]] = []
    for acid in protonated(str(inputs["anion"])):
        try:
            energy = relaxed(acid, solvent=solvent, seed=seed, of=acid).optimised.energy
        except CalculationFailed as failure:
            failed.append({"acid": acid, "reason": failure.reason, "detail": failure.detail})
            continue
        deprotonation = round((base - energy) * HARTREE_KCAL, 4)
        sites.append({"acid": acid, "energy": round(energy, 8), "deprotonation": deprotonation})
    if not sites:
        reason = failed[0]["reason"] if failed else "no-geometry"
        raise CalculationFailed(reason, "none of the acids of this anion could be computed")
    sites.sort(key=lambda site: (-site["deprotonation"], site["acid"]))
    return {
        "sites": sites,
        "deprotonation": sites[0]["deprotonation"],
        "anion_energy": round(base, 8),
        "failed": failed,
    }


def protonated(anion: str) -> tuple[str, ...]:
    """SMILES of the acids that an anion makes, one for each atom that bears its charge somewhere.

    From the anion's resonance structures, in alphabetical order, at most MOST_SITES.
    """
    from rdkit import Chem, rdBase

    from tertulia.discover.molecules.acid import read_smiles

    found: set[str] = set()
    with rdBase.BlockLogs():
        written = read_smiles(anion)
        supplier = Chem.ResonanceMolSupplier(
            written, Chem.ALLOW_INCOMPLETE_OCTETS, _MOST_STRUCTURES
        )
        for structure in (written, *supplier):
            if structure is not None:
                found |= _acids(structure)
    return tuple(sorted(found)[:MOST_SITES])


def _acids(structure: Any) -> set[str]:
    """Acids with the proton on an atom that this structure writes with the charge."""
    from rdkit import Chem

    found = set()
    for atom in structure.GetAtoms():
        if atom.GetFormalCharge() != -1:
            continue
        acid = Chem.RWMol(structure)
        Chem.Kekulize(acid, clearAromaticFlags=True)
        site = acid.GetAtomWithIdx(atom.GetIdx())
        hydrogens = site.GetTotalNumHs()
        site.SetFormalCharge(0)
        site.SetNoImplicit(True)
        site.SetNumExplicitHs(hydrogens + 1)
        try:
            Chem.SanitizeMol(acid)
        except ValueError:
            continue
        # So are those dropped that took the minus of a nitro group for the anion's.
        if any(_lone_cation(one) or _carbanion(one) for one in acid.GetAtoms()):
            continue
        # Read again, so that one acid is written in one way.
        found.add(str(Chem.MolToSmiles(Chem.MolFromSmiles(Chem.MolToSmiles(acid)))))
    return found


def _lone_cation(atom: Any) -> bool:
    """A positive atom without a negative neighbour: a structure that says little."""
    return atom.GetFormalCharge() > 0 and not any(
        neighbour.GetFormalCharge() < 0 for neighbour in atom.GetNeighbors()
    )


def _carbanion(atom: Any) -> bool:
    """A carbon with the minus of a plus beside it: the same acid is written with a double bond."""
    return bool(atom.GetSymbol() == "C" and atom.GetFormalCharge() < 0)
