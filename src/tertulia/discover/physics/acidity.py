"""An acid's strength by GFN2-xTB: the energy it takes to give its proton, in a solvent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tertulia.campaign.workers import CalculationFailed
from tertulia.compute.task import task
from tertulia.discover.physics.connectivity import bonds_of, require_unchanged
from tertulia.discover.physics.geometry import embedded
from tertulia.discover.physics.optimiser import Optimised, minimise
from tertulia.discover.physics.xtb import BOHR, HARTREE_KCAL, Xtb

TOO_LARGE = "too-large"
LARGEST = 40
"""Heavy atoms; a pair of that size takes some ten seconds."""
GAS_PHASE = "none"
"""The solvent's name where there is none."""
_RIVALS = 0.6
"""kcal/mol in which a second conformer, unrelaxed, may lie above the first to be tried as well."""


@task(version=1)
def compute_acidity(inputs: dict[str, Any]) -> dict[str, Any]:
    """Optimises `acid` and `anion` (SMILES) in `solvent` from `seed`; both keep their bonds.

    Values: `deprotonation` = E(anion) - E(acid) in kcal/mol, the proton's own energy left out
    (a constant, which differences and calibrations do not see); `gap_ev` of the anion; energies in
    hartree; geometries as XYZ files in Å; `steps` of both optimisations; `conformers` tried;
    `force_fields` that shaped the first geometries. Raises CalculationFailed `too-large`,
    `no-geometry`, `not-converged` and `connectivity-changed`.
    """
    solvent = None if inputs["solvent"] == GAS_PHASE else str(inputs["solvent"])
    acid = relaxed(str(inputs["acid"]), solvent=solvent, seed=int(inputs["seed"]), of="acid")
    anion = relaxed(str(inputs["anion"]), solvent=solvent, seed=int(inputs["seed"]), of="anion")
    deprotonation = (anion.optimised.energy - acid.optimised.energy) * HARTREE_KCAL
    return {
        "deprotonation": round(deprotonation, 4),
        "gap_ev": round(anion.gap_ev, 4),
        "acid_energy": round(acid.optimised.energy, 8),
        "anion_energy": round(anion.optimised.energy, 8),
        "acid_xyz": acid.optimised.geometry.xyz(str(inputs["acid"])),
        "anion_xyz": anion.optimised.geometry.xyz(str(inputs["anion"])),
        "steps": acid.steps + anion.steps,
        "conformers": acid.conformers + anion.conformers,
        "force_fields": [acid.force_field, anion.force_field],
    }


@dataclass(frozen=True, kw_only=True)
class Relaxed:
    """The lowest minimum found for a molecule; `steps` over all conformers that were optimised."""

    optimised: Optimised
    gap_ev: float
    steps: int
    conformers: int
    force_field: str


def relaxed(smiles: str, *, solvent: str | None, seed: int, of: str) -> Relaxed:
    """Conformers by force field, ranked by xTB in `solvent`, the best one or two optimised.

    `of` names it where it fails. Force fields rank conformers in a vacuum, where hydrogen bonds
    to a charge weigh too much. Raises CalculationFailed as the task does.
    """
    _require_small(smiles, of)
    found = embedded(smiles, seed=seed)
    surfaces = [Xtb(geometry, solvent=solvent) for geometry in found.conformers]
    energies = [
        surface(geometry.positions / BOHR).energy
        for surface, geometry in zip(surfaces, found.conformers, strict=True)
    ]
    order = sorted(range(len(energies)), key=lambda one: (energies[one], one))
    limit = energies[order[0]] + _RIVALS / HARTREE_KCAL
    tried = [one for one in order[:2] if energies[one] <= limit]
    minima = {one: minimise(surfaces[one], found.conformers[one]) for one in tried}
    lowest = min(tried, key=lambda one: (minima[one].energy, one))
    require_unchanged(minima[lowest].geometry, bonds_of(found.molecule), of=of)
    return Relaxed(
        optimised=minima[lowest],
        gap_ev=surfaces[lowest].gap_ev(),
        steps=sum(minimum.steps for minimum in minima.values()),
        conformers=len(found.conformers),
        force_field=found.force_field,
    )


def _require_small(smiles: str, of: str) -> None:
    from tertulia.discover.molecules.acid import read_smiles

    count = int(read_smiles(smiles).GetNumHeavyAtoms())
    if count > LARGEST:
        raise CalculationFailed(TOO_LARGE, f"{of}: {count} heavy atoms, at most {LARGEST}")
