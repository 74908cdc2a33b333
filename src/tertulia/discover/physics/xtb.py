"""GFN2-xTB with ALPB solvation through tblite, one thread: energy, gradient, orbital gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics.geometry import FloatArray, Geometry

BOHR = 0.529177210903
"""Å in one bohr (CODATA 2018)."""
HARTREE_KCAL = 627.5094740631
"""kcal/mol in one hartree."""
HARTREE_EV = 27.211386245988
METHOD = "GFN2-xTB"
NOT_CONVERGED = "not-converged"
_SILENT = 0
_ACCURACY = 2.0
"""Of self-consistency, in tblite's units: an eighth faster than its default 1, and minima agree to
0.005 kcal/mol."""
_ONE_ELECTRON = 1.0
"""Half of a full orbital: an orbital that holds more is occupied, smeared electrons apart."""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Energy in hartree and gradient (n, 3) in hartree/bohr at one geometry."""

    energy: float
    gradient: FloatArray


class Xtb:
    """The potential energy surface of one molecule; each call begins from the last density.

    Source: Bannwarth, Ehlert and Grimme, J. Chem. Theory Comput. 2019, 15, 1652 (GFN2-xTB);
    Ehlert and others, J. Chem. Theory Comput. 2021, 17, 4250 (ALPB).
    """

    def __init__(self, geometry: Geometry, *, solvent: str | None) -> None:
        """`solvent` is a name that ALPB has parameters for; None is the gas phase.

        Raises CalculationFailed `not-converged` where tblite refuses the atoms or the solvent.
        """
        _one_thread()
        from tblite.exceptions import TBLiteRuntimeError
        from tblite.interface import Calculator

        try:
            self._calculator: Any = Calculator(
                METHOD, geometry.numbers, geometry.positions / BOHR, charge=float(geometry.charge)
            )
            self._calculator.set("verbosity", _SILENT)
            self._calculator.set("accuracy", _ACCURACY)
            if solvent is not None:
                self._calculator.add("alpb-solvation", solvent)
        except TBLiteRuntimeError as error:
            detail = f"in {solvent or 'the gas phase'}: {_words(error)}"
            raise CalculationFailed(NOT_CONVERGED, detail) from error
        self._result: Any = None
        self.calls = 0

    def __call__(self, positions: FloatArray) -> Surface:
        """Energy and gradient at `positions` (n, 3) in bohr.

        Raises CalculationFailed `not-converged` where the electrons find no self-consistency.
        """
        from tblite.exceptions import TBLiteRuntimeError

        self._calculator.update(positions=positions)
        self.calls += 1
        try:
            self._result = self._calculator.singlepoint(self._result)
        except TBLiteRuntimeError as error:
            raise CalculationFailed(NOT_CONVERGED, _words(error)) from error
        energy = float(self._result.get("energy"))
        gradient = np.array(self._result.get("gradient"), dtype=np.float64)
        if not (np.isfinite(energy) and np.isfinite(gradient).all()):
            raise CalculationFailed(NOT_CONVERGED, "the energy is not a number")
        return Surface(energy=energy, gradient=gradient)

    def gap_ev(self) -> float:
        """Gap between highest occupied and lowest empty orbital, in eV, at the last geometry."""
        energies = np.array(self._result.get("orbital-energies"))
        occupied = np.array(self._result.get("orbital-occupations")) > _ONE_ELECTRON
        if occupied.all():
            raise CalculationFailed(NOT_CONVERGED, "the basis has no empty orbital")
        return float((energies[~occupied].min() - energies[occupied].max()) * HARTREE_EV)


def _one_thread() -> None:
    """More threads than one make small molecules slower, a hundredfold where cores are taken."""
    # Loads the libraries whose threads are then held to one for the rest of this process.
    import tblite.interface  # noqa: F401
    import threadpoolctl

    if any(pool["num_threads"] != 1 for pool in threadpoolctl.threadpool_info()):
        threadpoolctl.threadpool_limits(1)


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
