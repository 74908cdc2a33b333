"""Deprotonation energy and frontier orbitals by density functional theory, on xTB geometries."""

from __future__ import annotations

from typing import Any

from tertulia.campaign.workers import CalculationFailed
from tertulia.compute.task import task
from tertulia.discover.physics.geometry import Geometry, geometry_of_xyz
from tertulia.discover.physics.kohn_sham import GroundState, Level, ground_state
from tertulia.discover.physics.stages import staged
from tertulia.discover.physics.xtb import HARTREE_EV, HARTREE_KCAL

_HARTREE_DIGITS, _KCAL_DIGITS, _EV_DIGITS = 8, 4, 4


@task(version=1)
def compute_dft(inputs: dict[str, Any]) -> dict[str, Any]:
    """Single points of the acid and of its anion, each a stage.

    Inputs: `acid_xyz` and `anion_xyz` (XYZ files, Å; charges 0 and -1), and optionally
    `functional`, `basis`, `grid` and `solvent` (Level) and `folder`, where stages are kept: give
    it relative to the campaign's folder, since inputs are part of the key.

    Values: `deprotonation` (kcal/mol): the electronic energy of the anion less that of the acid
    (the free proton has none; no zero-point energy, no thermal terms, no entropy);
    `acid_energy`, `anion_energy` (hartree); of both `…_homo`, `…_lumo`, `…_gap` (eV, Kohn–Sham
    orbitals and no excitation); `bound`: whether the anion's HOMO lies below zero, without which
    its electron is held by the basis set alone; the level; `functions`, `iterations`, `solver`.

    Raises CalculationFailed `not-converged`, `open-shell` and `too-large`.
    """
    level, folder = Level.of(inputs), inputs.get("folder")
    acid = _single_point(geometry_of_xyz(inputs["acid_xyz"], charge=0), level, folder, "acid")
    anion = _single_point(geometry_of_xyz(inputs["anion_xyz"], charge=-1), level, folder, "anion")
    deprotonation = (anion["energy"] - acid["energy"]) * HARTREE_KCAL
    return {
        "deprotonation": round(deprotonation, _KCAL_DIGITS),
        **{f"acid_{name}": value for name, value in acid.items()},
        **{f"anion_{name}": value for name, value in anion.items()},
        "bound": anion["homo"] < 0,
        **level.described(),
    }


def _single_point(geometry: Geometry, level: Level, folder: str | None, of: str) -> dict[str, Any]:
    inputs = {"xyz": geometry.xyz(), "charge": geometry.charge, **level.described()}

    def compute() -> dict[str, Any]:
        try:
            return _values(ground_state(geometry, level))
        except CalculationFailed as failure:
            raise CalculationFailed(failure.reason, f"{of}: {failure.detail}") from failure

    return staged(folder, "single-point", inputs, compute)


def _values(state: GroundState) -> dict[str, Any]:
    return {
        "energy": round(state.energy, _HARTREE_DIGITS),
        "homo": round(state.homo * HARTREE_EV, _EV_DIGITS),
        "lumo": round(state.lumo * HARTREE_EV, _EV_DIGITS),
        "gap": round((state.lumo - state.homo) * HARTREE_EV, _EV_DIGITS),
        "functions": state.functions,
        "iterations": state.iterations,
        "solver": state.solver,
    }
