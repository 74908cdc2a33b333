"""Kohn–Sham ground states through PySCF, one thread: closed shells, density fitting."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics.geometry import FloatArray, Geometry
from tertulia.errors import MissingExtraError

TOO_LARGE, NOT_CONVERGED, OPEN_SHELL = "too-large", "not-converged", "open-shell"
FUNCTIONALS = ("pbe0", "b3lyp", "pbe")
"""Global hybrids and their like, none with dispersion: the response knows no range separation."""
DIELECTRIC = {"acetonitrile": 35.688, "water": 78.3553}
"""Relative permittivity at 298 K (CRC Handbook of Chemistry and Physics)."""
_CONVERGED = 1e-8
_CYCLES = 80
_MEMORY_MB = 1500
_MOST_FUNCTIONS = 700
"""Beyond it the fitted integrals of one molecule no longer suit a small machine's memory."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """How a state is computed.

    `grid` is PySCF's level (0 coarse, 9 fine); `solvent` a name in DIELECTRIC (C-PCM) or None,
    the gas phase.
    """

    functional: str = "pbe0"
    basis: str = "def2-svpd"
    grid: int = 2
    solvent: str | None = None

    def __post_init__(self) -> None:
        if self.functional not in FUNCTIONALS:
            raise ValueError(f"functional {self.functional}: one of {FUNCTIONALS}")
        if self.solvent is not None and self.solvent not in DIELECTRIC:
            raise ValueError(f"solvent {self.solvent}: one of {tuple(DIELECTRIC)}")

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Level:
        """The level that a task's inputs name; what they leave out is the default."""
        return cls(**{name: inputs[name] for name in cls.__dataclass_fields__ if name in inputs})

    def described(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "functional": self.functional,
            "dispersion": "none",
            "basis": self.basis,
            "grid": self.grid,
            "solvent": self.solvent,
        }


@dataclass(frozen=True, kw_only=True)
class GroundState:
    """Orbitals of a closed shell: `energies` (m) in hartree, `coefficients` (n, m), `occupied`.

    `energy` is the total, in hartree; `functions` the number n of basis functions; `iterations`
    how often the density was renewed; `solver` is `diis`, or `newton` where that failed.
    """

    energy: float
    energies: FloatArray
    coefficients: FloatArray
    occupied: int
    iterations: int
    solver: str

    @property
    def functions(self) -> int:
        """Number of basis functions."""
        return len(self.coefficients)

    @property
    def homo(self) -> float:
        """Energy of the highest occupied orbital, in hartree."""
        return float(self.energies[self.occupied - 1])

    @property
    def lumo(self) -> float:
        """Energy of the lowest empty orbital, in hartree."""
        return float(self.energies[self.occupied])


def require_pyscf() -> None:
    """Raises MissingExtraError `discover.missing-extra` where PySCF is not installed."""
    if importlib.util.find_spec("pyscf") is None:
        raise MissingExtraError(
            "discover.missing-extra",
            "density functional theory is computed with the package pyscf, which is not installed",
            remedy="Install it with `pip install 'tertulia[dft]'`",
        )


def molecule_of(geometry: Geometry, *, basis: str) -> Any:
    """PySCF's molecule; raises CalculationFailed `open-shell` and `too-large`."""
    require_pyscf()
    from pyscf import gto, lib

    lib.num_threads(1)
    if (int(geometry.numbers.sum()) - geometry.charge) % 2:
        raise CalculationFailed(OPEN_SHELL, "its number of electrons is odd")
    atoms = [
        (int(number), tuple(position))
        for number, position in zip(geometry.numbers, geometry.positions.tolist(), strict=True)
    ]
    molecule: Any = gto.M(
        atom=atoms,
        unit="Angstrom",
        charge=geometry.charge,
        spin=0,
        basis=basis,
        verbose=0,
        # PySCF counts all that the process holds already, and turns to a file that it leaves open
        # where that is more: a process that did something else before has the same room.
        max_memory=_MEMORY_MB + lib.current_memory()[0],
    )
    if molecule.nao > _MOST_FUNCTIONS:
        raise CalculationFailed(
            TOO_LARGE, f"{molecule.nao} basis functions, more than {_MOST_FUNCTIONS}"
        )
    return molecule


def mean_field(geometry: Geometry, level: Level) -> Any:
    """PySCF's Kohn–Sham object of the molecule, not yet solved."""
    molecule = molecule_of(geometry, basis=level.basis)
    from pyscf import dft

    plain: Any = dft.RKS(molecule, xc=level.functional)
    # The file that it opens for itself: what is worth keeping is kept by the caller.
    plain._chkfile.close()
    plain._chkfile = plain.chkfile = None
    field = plain.density_fit()
    field.grids.level = level.grid
    field.conv_tol, field.max_cycle = _CONVERGED, _CYCLES
    if level.solvent is not None:
        field = field.PCM()
        field.with_solvent.method = "C-PCM"
        field.with_solvent.eps = DIELECTRIC[level.solvent]
    return field


def ground_state(geometry: Geometry, level: Level) -> GroundState:
    """Solves by DIIS, and by Newton's method where that does not converge.

    Raises CalculationFailed `not-converged`, `open-shell` and `too-large`.
    """
    field, solver = mean_field(geometry, level), "diis"
    field.kernel()
    if not field.converged:
        density, solver = field.make_rdm1(), "newton"
        field = field.newton()
        field.kernel(density)
    if not field.converged:
        raise CalculationFailed(
            NOT_CONVERGED, f"no self-consistency in {_CYCLES} iterations, nor by Newton's method"
        )
    return GroundState(
        energy=float(field.e_tot),
        energies=np.array(field.mo_energy, dtype=np.float64),
        coefficients=np.array(field.mo_coeff, dtype=np.float64),
        occupied=int(np.count_nonzero(field.mo_occ)),
        iterations=int(field.cycles),
        solver=solver,
    )


def solved(geometry: Geometry, level: Level, state: GroundState) -> Any:
    """PySCF's object as it was when it had found `state`, its fitted integrals made anew."""
    field = mean_field(geometry, level)
    field.mo_energy, field.mo_coeff = state.energies, state.coefficients
    field.mo_occ = np.zeros(len(state.energies))
    field.mo_occ[: state.occupied] = 2.0
    field.e_tot, field.converged = state.energy, True
    field.with_df.build()
    return field
