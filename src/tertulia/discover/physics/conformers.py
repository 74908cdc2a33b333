"""Deprotonation energy over several conformers of acid and anion, weighted as at 298 K."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tertulia.campaign.workers import CalculationFailed
from tertulia.compute.task import task
from tertulia.discover.physics.acidity import GAS_PHASE
from tertulia.discover.physics.connectivity import Bonds, bonds_of, changes
from tertulia.discover.physics.geometry import FloatArray, Geometry, embedded
from tertulia.discover.physics.optimiser import Optimised, minimise
from tertulia.discover.physics.xtb import BOHR, HARTREE_KCAL, NOT_CONVERGED, Xtb

CONNECTIVITY_CHANGED = "connectivity-changed"
THERMAL = 0.5924849
"""kT at 298.15 K, in kcal/mol."""
WINDOW = 6.0
"""kcal/mol above the lowest: ten kT, beyond which a conformer weighs nothing."""
SAME_WITHIN = 0.25
"""Å: two minima whose atoms lie nearer than this, by root mean square, are one."""
_SAME_ENERGY = 0.02
"""kcal/mol: mirror images, which no rotation brings together, are told by their energy."""
_EMBEDDED_PER_KEPT = 6


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Minima of one molecule from the lowest up; `energies` in hartree.

    `lost` counts starts that ended nowhere, by reason; `merged` those that ended in a minimum
    already found.
    """

    minima: tuple[Optimised, ...]
    lost: dict[str, int]
    merged: int
    above: int
    """Minima higher than the window."""

    @property
    def energies(self) -> FloatArray:
        """In hartree, ascending."""
        return np.array([minimum.energy for minimum in self.minima])

    @property
    def spread(self) -> float:
        """The highest that is kept above the lowest, in kcal/mol."""
        return float((self.energies[-1] - self.energies[0]) * HARTREE_KCAL)

    def mean(self) -> float:
        """Boltzmann's mean of the energies at 298 K, in hartree."""
        return float(weights(self.energies) @ self.energies)


@task(version=1)
def compute_conformers(inputs: dict[str, Any]) -> dict[str, Any]:
    """GFN2-xTB minima of `acid` and `anion` (SMILES) in `solvent` from `seed`, up to `count` each.

    Values: `deprotonation`: the difference of the Boltzmann means, in kcal/mol, without the
    proton's own energy; `lowest_deprotonation` of the lowest pair; `acid_spread` and
    `anion_spread` (kcal/mol); for both `…_conformers` (minima kept), `…_energies` (hartree),
    `…_weights`, `…_xyz` (the lowest), `…_lost` (starts without a minimum of the same bonds, by
    reason), `…_merged`, `…_above_window`.

    Raises CalculationFailed `no-geometry`, `not-converged` and `connectivity-changed`: the last
    two where no start of a molecule gave anything else.
    """
    solvent = None if inputs["solvent"] == GAS_PHASE else str(inputs["solvent"])
    seed, count = int(inputs["seed"]), int(inputs.get("count", 5))
    found = {
        of: ensemble(str(inputs[of]), solvent=solvent, seed=seed, count=count, of=of)
        for of in ("acid", "anion")
    }
    acid, anion = found["acid"], found["anion"]
    lowest = float(anion.energies[0] - acid.energies[0])
    values: dict[str, Any] = {
        "deprotonation": round((anion.mean() - acid.mean()) * HARTREE_KCAL, 4),
        "lowest_deprotonation": round(lowest * HARTREE_KCAL, 4),
    }
    for of, one in found.items():
        values |= {
            f"{of}_conformers": len(one.minima),
            f"{of}_spread": round(one.spread, 4),
            f"{of}_energies": [round(float(energy), 8) for energy in one.energies],
            f"{of}_weights": [round(float(weight), 4) for weight in weights(one.energies)],
            f"{of}_xyz": one.minima[0].geometry.xyz(str(inputs[of])),
            f"{of}_lost": one.lost,
            f"{of}_merged": one.merged,
            f"{of}_above_window": one.above,
        }
    return values


def weights(energies: FloatArray) -> FloatArray:
    """Boltzmann weights at 298 K of energies in hartree; they sum to one."""
    relative = (energies - energies.min()) * HARTREE_KCAL / THERMAL
    found = np.exp(-relative)
    return np.asarray(found / found.sum())


def ensemble(smiles: str, *, solvent: str | None, seed: int, count: int, of: str) -> Ensemble:
    """Distinct minima of a molecule: ETKDG starts, the best by xTB optimised, doubles left out.

    Raises CalculationFailed as the task does; `of` names the molecule in it.
    """
    # RDKit makes every conformer the same from the seed 0.
    start = embedded(smiles, seed=seed + 1, conformers=count * _EMBEDDED_PER_KEPT)
    bonds = bonds_of(start.molecule)
    kept: list[Optimised] = []
    lost: dict[str, int] = {}
    why = ""
    merged = 0
    for geometry in _ranked(start.conformers, solvent)[: 2 * count]:
        if len(kept) == count:
            break
        try:
            minimum = _minimum(geometry, solvent, bonds)
        except CalculationFailed as failure:
            lost[failure.reason] = lost.get(failure.reason, 0) + 1
            why = f"{of}: {failure.detail}"
            continue
        if any(same(minimum, other) for other in kept):
            merged += 1
        else:
            kept.append(minimum)
    if not kept:
        reason = max(sorted(lost), key=lambda one: lost[one]) if lost else NOT_CONVERGED
        raise CalculationFailed(reason, why)
    kept.sort(key=lambda minimum: minimum.energy)
    limit = kept[0].energy + WINDOW / HARTREE_KCAL
    within = tuple(minimum for minimum in kept if minimum.energy <= limit)
    return Ensemble(minima=within, lost=lost, merged=merged, above=len(kept) - len(within))


def same(one: Optimised, other: Optimised) -> bool:
    """Whether two minima of one molecule are the same: by energy, or by their atoms' places."""
    apart = abs(one.energy - other.energy) * HARTREE_KCAL
    return apart < _SAME_ENERGY or _apart(one.geometry, other.geometry) < SAME_WITHIN


def _apart(one: Geometry, other: Geometry) -> float:
    """Root mean square distance in Å of all atoms after the best rotation (Kabsch)."""
    first = one.positions - one.positions.mean(axis=0)
    second = other.positions - other.positions.mean(axis=0)
    left, values, right = np.linalg.svd(first.T @ second)
    if np.linalg.det(left @ right) < 0:
        values[-1] = -values[-1]
    squared = (first**2).sum() + (second**2).sum() - 2.0 * values.sum()
    return float(np.sqrt(max(squared, 0.0) / len(first)))


def _ranked(conformers: Sequence[Geometry], solvent: str | None) -> list[Geometry]:
    """From the lowest up by xTB; one whose electrons do not converge stands last."""
    energies = []
    for geometry in conformers:
        try:
            energies.append(Xtb(geometry, solvent=solvent)(geometry.positions / BOHR).energy)
        except CalculationFailed:
            energies.append(float("inf"))
    order = sorted(range(len(conformers)), key=lambda one: (energies[one], one))
    return [conformers[one] for one in order]


def _minimum(geometry: Geometry, solvent: str | None, bonds: Bonds) -> Optimised:
    minimum = minimise(Xtb(geometry, solvent=solvent), geometry)
    if found := changes(minimum.geometry, bonds):
        raise CalculationFailed(CONNECTIVITY_CHANGED, ", ".join(found[:6]))
    return minimum
