"""The salt in the resist: an anion beside the triphenylsulfonium cation, by GFN2-xTB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tertulia.campaign.workers import CalculationFailed
from tertulia.compute.task import task
from tertulia.discover.physics.acidity import GAS_PHASE, TOO_LARGE, relaxed
from tertulia.discover.physics.connectivity import Bonds, bonds_of, require_unchanged
from tertulia.discover.physics.geometry import FloatArray, Geometry, IntArray
from tertulia.discover.physics.optimiser import Optimised, minimise
from tertulia.discover.physics.xtb import BOHR, HARTREE_KCAL, NOT_CONVERGED, Xtb

TRIPHENYLSULFONIUM = "c1ccc([S+](c2ccccc2)c2ccccc2)cc1"
LARGEST = 25
"""Heavy atoms of the anion."""
_SULFUR = 16
_CONTACT = 0.92
"""Of the sum of the van der Waals radii: how near the nearest two atoms of both ions are put."""
_STEPS = 500


@dataclass(frozen=True, kw_only=True)
class IonPair:
    """A minimum of both ions: `binding` in kcal/mol, `gap_ev`; `distance` in Å from S to `nearest`.

    `nearest` is the symbol of the anion's heavy atom that lies nearest to the sulfonium's sulfur.
    """

    minimum: Optimised
    binding: float
    gap_ev: float
    distance: float
    nearest: str


@task(version=1)
def compute_ion_pair(inputs: dict[str, Any]) -> dict[str, Any]:
    """Puts `anion` (SMILES) beside TPS⁺ in `solvent`, from `seed`, and optimises the best places.

    `placements` (24) random places and turns around the sulfur are ranked rigidly by xTB's energy;
    the best `optimised` (4) become minima, of which the lowest is told.

    Values: `binding` = E(pair) - E(cation) - E(anion), kcal/mol, all in the same solvent and at
    their own minima (no entropy, no counterpoise); `sulfur_distance` (Å) to `nearest_atom`;
    `gap_ev` of the pair; `pair_energy`, `cation_energy`, `anion_energy` (hartree); `pair_xyz`
    (cation first); `bindings` of all minima found; `lost`: optimisations that failed, by reason.

    Raises CalculationFailed `too-large`, `no-geometry`, `not-converged`, `connectivity-changed`.
    """
    solvent = None if inputs["solvent"] == GAS_PHASE else str(inputs["solvent"])
    seed, anion_smiles = int(inputs["seed"]), str(inputs["anion"])
    _require_small(anion_smiles)
    cation = relaxed(TRIPHENYLSULFONIUM, solvent=solvent, seed=seed, of="cation").optimised
    anion = relaxed(anion_smiles, solvent=solvent, seed=seed, of="anion").optimised
    bonds = _bonds(anion_smiles)
    starts = placements(
        cation.geometry, anion.geometry, count=int(inputs.get("placements", 24)), seed=seed
    )
    found, lost, why = [], dict[str, int](), ""
    for start in _ranked(starts, solvent)[: int(inputs.get("optimised", 4))]:
        try:
            found.append(_pair(start, solvent, cation, anion, bonds))
        except CalculationFailed as failure:
            lost[failure.reason] = lost.get(failure.reason, 0) + 1
            why = failure.detail
    if not found:
        raise CalculationFailed(max(sorted(lost), key=lost.__getitem__, default=NOT_CONVERGED), why)
    found.sort(key=lambda pair: pair.minimum.energy)
    best = found[0]
    return {
        "binding": round(best.binding, 4),
        "sulfur_distance": round(best.distance, 4),
        "nearest_atom": best.nearest,
        "gap_ev": round(best.gap_ev, 4),
        "pair_energy": round(best.minimum.energy, 8),
        "cation_energy": round(cation.energy, 8),
        "anion_energy": round(anion.energy, 8),
        "pair_xyz": best.minimum.geometry.xyz(f"{TRIPHENYLSULFONIUM}.{anion_smiles}"),
        "bindings": [round(pair.binding, 4) for pair in found],
        "steps": sum(pair.minimum.steps for pair in found),
        "lost": lost,
    }


def placements(cation: Geometry, anion: Geometry, *, count: int, seed: int) -> list[Geometry]:
    """Both ions in contact: the anion turned at random and moved in a random way from the sulfur.

    Atoms of the cation come first. Seeded, whatever came before.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    sulfur = cation.positions[int(np.flatnonzero(cation.numbers == _SULFUR)[0])]
    fixed = cation.positions - sulfur
    centred = anion.positions - anion.positions.mean(axis=0)
    reach = _CONTACT * (_radii(cation.numbers)[:, None] + _radii(anion.numbers)[None])
    found = []
    for _ in range(count):
        turned = centred @ _rotation(random).T
        direction = random.standard_normal(3)
        direction /= np.linalg.norm(direction)
        moved = turned + _contact(fixed, turned, direction, reach) * direction
        found.append(
            Geometry(
                numbers=np.concatenate([cation.numbers, anion.numbers]),
                positions=np.concatenate([fixed, moved]),
                charge=cation.charge + anion.charge,
            )
        )
    return found


def _contact(
    fixed: FloatArray, turned: FloatArray, direction: FloatArray, reach: FloatArray
) -> float:
    """How far along `direction`, in Å, the ions touch and farther out no longer overlap."""
    apart = turned[None] - fixed[:, None]
    along = apart @ direction
    # Two atoms touch where |apart + t·direction| = reach; the last such t of any pair counts.
    inside = along**2 - (apart**2).sum(axis=2) + reach**2
    touching = -along + np.sqrt(np.maximum(inside, 0.0))
    return float(np.max(touching, where=inside >= 0, initial=0.0))


def _rotation(random: np.random.Generator) -> FloatArray:
    """A rotation drawn evenly from all, by a random unit quaternion."""
    drawn = random.standard_normal(4)
    w, x, y, z = drawn / np.linalg.norm(drawn)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _radii(numbers: IntArray) -> FloatArray:
    from rdkit.Chem import GetPeriodicTable

    radius = GetPeriodicTable().GetRvdw
    return np.array([radius(int(number)) for number in numbers])


def _ranked(starts: list[Geometry], solvent: str | None) -> list[Geometry]:
    """From the lowest up by xTB; those whose electrons do not converge are left out."""
    energies = {}
    for one, geometry in enumerate(starts):
        try:
            energies[one] = Xtb(geometry, solvent=solvent)(geometry.positions / BOHR).energy
        except CalculationFailed:
            continue
    return [starts[one] for one in sorted(energies, key=lambda one: (energies[one], one))]


def _pair(
    start: Geometry, solvent: str | None, cation: Optimised, anion: Optimised, bonds: Bonds
) -> IonPair:
    surface = Xtb(start, solvent=solvent)
    minimum = minimise(surface, start, steps=_STEPS)
    require_unchanged(minimum.geometry, bonds, of="ion pair")
    numbers, positions = minimum.geometry.numbers, minimum.geometry.positions
    size = len(cation.geometry.numbers)
    sulfur = int(np.flatnonzero(numbers[:size] == _SULFUR)[0])
    heavy = size + np.flatnonzero(numbers[size:] > 1)
    distances = np.linalg.norm(positions[heavy] - positions[sulfur], axis=1)
    return IonPair(
        minimum=minimum,
        binding=(minimum.energy - cation.energy - anion.energy) * HARTREE_KCAL,
        gap_ev=surface.gap_ev(),
        distance=float(distances.min()),
        nearest=_symbol(int(numbers[heavy[int(distances.argmin())]])),
    )


def _bonds(anion: str) -> Bonds:
    """Bonds of both ions, hydrogens included, numbered as in a placement."""
    from rdkit import Chem

    from tertulia.discover.molecules.acid import read_smiles

    cation = Chem.AddHs(read_smiles(TRIPHENYLSULFONIUM))
    size = cation.GetNumAtoms()
    shifted = {(i + size, j + size) for i, j in bonds_of(Chem.AddHs(read_smiles(anion)))}
    return bonds_of(cation) | shifted


def _symbol(number: int) -> str:
    from rdkit.Chem import GetPeriodicTable

    return str(GetPeriodicTable().GetElementSymbol(number))


def _require_small(anion: str) -> None:
    from tertulia.discover.molecules.acid import read_smiles

    count = int(read_smiles(anion).GetNumHeavyAtoms())
    if count > LARGEST:
        raise CalculationFailed(TOO_LARGE, f"anion: {count} heavy atoms, at most {LARGEST}")
