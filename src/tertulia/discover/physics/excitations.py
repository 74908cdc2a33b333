"""Vertical excitations, Tamm–Dancoff, and what they absorb at the wavelengths of the lasers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tertulia.campaign.workers import CalculationFailed
from tertulia.compute.task import task
from tertulia.discover.physics.geometry import FloatArray, Geometry, geometry_of_xyz
from tertulia.discover.physics.kohn_sham import (
    NOT_CONVERGED,
    GroundState,
    Level,
    ground_state,
    solved,
)
from tertulia.discover.physics.response import (
    Operator,
    Orbitals,
    exact_response,
    minimal_response,
)
from tertulia.discover.physics.stages import staged
from tertulia.discover.physics.xtb import HARTREE_EV

EV_NM = 1239.8419843320026
"""Photon energy in eV times wavelength in nm."""
LINES = (193, 248)
"""nm: the argon fluoride and krypton fluoride lasers."""
METHODS = ("ris", "tda")
BROADENING = 0.4
"""eV, half of a Gaussian band's width at 1/e of its height."""
_EV_WAVENUMBER = 8065.543937
"""cm⁻¹ in one eV."""
_BAND_AREA = 2.315351857e8
"""Integral of a band's molar absorptivity over cm⁻¹, in L/(mol·cm²), by oscillator strength."""
_RESIDUAL = 1e-4
_GRID = 0
"""PySCF's grid level for the kernel: 0.004 eV at most from level 1 on benzene and tosylate."""


@task(version=1)
def compute_excitations(inputs: dict[str, Any]) -> dict[str, Any]:
    """The lowest singlet states of a closed shell at its geometry.

    Inputs: `xyz` (Å), `charge`, `method`: `tda`, or `ris`, whose integrals are minimal (seconds
    where `tda` takes minutes); optionally `states` (10), `shift_ev` (0: energies are raw; PBE0
    puts benzene's first states 0.7 to 1 eV too high), `functional`, `basis`, `grid`, `folder`.

    Values: `states`, each with `ev`, `nm` and `strength` (oscillator strength, length gauge),
    unshifted; `absorptivity_193`, `absorptivity_248`: molar, L/(mol·cm), decadic, each state a
    Gaussian of half-width `broadening_ev` at 1/e about its shifted energy; `highest_ev`: beyond
    its shifted value nothing is summed, so a line above it is seen in part; `bound_below_ev`: the
    electron's detachment by Koopmans' rule, over which an anion's states in vacuo are no states.

    Raises CalculationFailed `not-converged`, `open-shell` and `too-large`.
    """
    level, folder = Level.of(inputs), inputs.get("folder")
    geometry = geometry_of_xyz(inputs["xyz"], charge=int(inputs["charge"]))
    method, count = inputs["method"], int(inputs.get("states", 10))
    if method not in METHODS or level.solvent is not None:
        raise ValueError(f"method {method}: one of {METHODS}, in the gas phase")
    told = {"xyz": geometry.xyz(), "charge": geometry.charge, **level.described()}
    state = _state(staged(folder, "orbitals", told, lambda: _orbitals(geometry, level)))

    def compute() -> dict[str, Any]:
        return {"states": _states(solved(geometry, level, state), method, count)}

    asked = {**told, "method": method, "states": count}
    states = staged(folder, "excitations", asked, compute)["states"]
    shift = float(inputs.get("shift_ev", 0.0))
    return {
        "states": states,
        **{f"absorptivity_{line}": absorptivity(states, line, shift=shift) for line in LINES},
        "highest_ev": states[-1]["ev"],
        "bound_below_ev": round(-state.homo * HARTREE_EV, 4),
        "shift_ev": shift,
        "broadening_ev": BROADENING,
        "functions": state.functions,
        "method": method,
        **level.described(),
    }


def absorptivity(states: Sequence[dict[str, float]], line: float, *, shift: float = 0.0) -> float:
    """Decadic molar absorptivity in L/(mol·cm) at `line` nm, of states moved by `shift` eV."""
    height = _BAND_AREA / (math.sqrt(math.pi) * BROADENING * _EV_WAVENUMBER)
    distances = [(state["ev"] + shift - EV_NM / line) / BROADENING for state in states]
    weights = [math.exp(-(distance**2)) for distance in distances]
    found = height * math.fsum(
        weight * state["strength"] for weight, state in zip(weights, states, strict=True)
    )
    return round(found, 1)


def _orbitals(geometry: Geometry, level: Level) -> dict[str, Any]:
    state = ground_state(geometry, level)
    return {
        "energy": state.energy,
        "energies": state.energies.tolist(),
        "coefficients": state.coefficients.tolist(),
        "occupied": state.occupied,
        "iterations": state.iterations,
        "solver": state.solver,
    }


def _state(values: dict[str, Any]) -> GroundState:
    arrays = {name: np.array(values[name]) for name in ("energies", "coefficients")}
    return GroundState(**{**values, **arrays})


def _states(field: Any, method: str, count: int) -> list[dict[str, float]]:
    orbitals = Orbitals(field)
    count = min(count, orbitals.gaps.size)
    found = _lowest(field, orbitals, minimal_response(field, orbitals), count, None)
    if method == "tda":
        # Its vectors are nearly those of the exact response, which saves a third of the work.
        start = np.array([pair[0].ravel() for pair in found.xy]) * math.sqrt(2.0)
        exact = exact_response(field, orbitals, grid=_GRID)
        found = _lowest(field, orbitals, exact, count, start)
    energies = np.asarray(found.e) * HARTREE_EV
    return [
        {
            "ev": round(float(energy), 4),
            "nm": round(EV_NM / float(energy), 2),
            "strength": round(float(strength), 6),
        }
        for energy, strength in zip(energies, found.oscillator_strength(), strict=True)
    ]


def _lowest(
    field: Any, orbitals: Orbitals, operator: Operator, count: int, start: FloatArray | None
) -> Any:
    """PySCF's solver with our operator; raises CalculationFailed `not-converged`."""
    from pyscf import tdscf

    solver = tdscf.TDA(field)
    solver.nstates, solver.conv_tol, solver.chkfile = count, _RESIDUAL, None
    solver.verbose = 0

    def applied(vectors: Any) -> FloatArray:
        shaped = np.asarray(vectors).reshape(-1, *orbitals.gaps.shape)
        return operator(shaped).reshape(len(shaped), -1)

    solver.gen_vind = lambda _=None: (applied, orbitals.gaps.ravel())
    solver.kernel(x0=start)
    if len(solver.e) < count or not all(solver.converged):
        raise CalculationFailed(NOT_CONVERGED, f"not all of {count} excited states were found")
    return solver
