"""What the dear validation tiers cost, and how near they come to what is known.

CPU seconds of one thread, by tier: GFN2-xTB pair, conformers, ion pair with triphenylsulfonium,
PBE0/def2-SVPD single points of acid and anion, excited states by the minimal and by the exact
response. Deprotonation in vacuo stands beside proton affinities that were computed by others, the
states of benzene beside its measured bands, the minimal response beside the exact one.

    python -m benchmarks.validation_tiers [--quick] [--full]

Without --full exact responses are those of benzene and mesylate; with it (some 10 CPU minutes
more) of every molecule, with PySCF's own solver beside ours and the cation's lowest states.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import table
from tertulia.discover.molecules.acid import acid_of
from tertulia.discover.physics.acidity import GAS_PHASE, compute_acidity, relaxed
from tertulia.discover.physics.conformers import compute_conformers
from tertulia.discover.physics.dft import compute_dft
from tertulia.discover.physics.excitations import compute_excitations
from tertulia.discover.physics.geometry import Geometry, geometry_of_xyz
from tertulia.discover.physics.ion_pair import TRIPHENYLSULFONIUM, compute_ion_pair
from tertulia.discover.physics.kohn_sham import Level, ground_state, solved
from tertulia.discover.physics.xtb import BOHR, HARTREE_EV, HARTREE_KCAL, Xtb

ANIONS = {
    "mesylate": "CS(=O)(=O)[O-]",
    "triflate": "O=S(=O)([O-])C(F)(F)F",
    "tosylate": "Cc1ccc(S(=O)(=O)[O-])cc1",
    "4-(trifluoromethyl)benzenesulfonate": "O=S(=O)([O-])c1ccc(C(F)(F)F)cc1",
    "pentacyanocyclopentadienide": "N#C[c-]1c(C#N)c(C#N)c(C#N)c1C#N",
}
PUBLISHED = {
    "tosylate": 316.4,
    "4-(trifluoromethyl)benzenesulfonate": 308.1,
    "triflate": 303.2,
}
"""kcal/mol, gas-phase proton affinities of Jiang and others, J. Chem. Phys. 2024, 161, 054301."""
BENZENE_BANDS = (4.90, 6.20)
"""eV: the measured ¹B₂u and ¹B₁u bands (Doering, J. Chem. Phys. 1969, 51, 2866)."""
STATES = 6
_SEED = 1
_PROTON_ENTHALPY = 1.48
"""5/2 RT at 298 K, kcal/mol, that the free proton has."""
_DISPLACEMENT = 0.005
_ELECTRON_MASSES = 1822.888486


@dataclass
class Measured:
    """What was found for one molecule, and the CPU seconds of each tier."""

    seconds: dict[str, float] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def time(self, name: str, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Computes, notes the CPU time as `name`, and says so on standard error."""
        before = time.process_time()
        self.values[name] = compute()
        self.seconds[name] = time.process_time() - before
        print(f"  {name}: {self.seconds[name]:.1f} CPU s", file=sys.stderr)
        return dict(self.values[name])


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--full", action="store_true", help="exact responses of all molecules")
    arguments: argparse.Namespace = options.parse_args()
    load = begin()
    basis = "def2-svp" if arguments.quick else "def2-svpd"
    names = ["mesylate"] if arguments.quick else list(ANIONS)
    found = {name: measured(name, basis, full=arguments.full) for name in names}
    found["benzene"] = neutral("c1ccccc1", basis, pyscf=arguments.full)
    if arguments.full:
        found["triphenylsulfonium"] = cation(basis)
    lines = [
        *costs_lines(found, basis),
        "",
        *([] if arguments.quick else [*affinity_lines(found), ""]),
        *state_lines(found),
    ]
    publish(
        arguments,
        "validation-tiers",
        "The dear validation tiers",
        lines,
        load=load,
        packages=("pyscf", "tblite"),
    )


def measured(name: str, basis: str, *, full: bool) -> Measured:
    """All tiers of one anion and its acid."""
    print(name, file=sys.stderr)
    pair, one = acid_of(ANIONS[name]), Measured()
    inputs = {"acid": pair.smiles, "anion": pair.anion, "solvent": "acetonitrile", "seed": _SEED}
    one.time("acidity", lambda: compute_acidity(inputs))
    one.time("conformers", lambda: compute_conformers(inputs))
    one.time("ion pair", lambda: compute_ion_pair(inputs))
    gas = compute_acidity({**inputs, "solvent": GAS_PHASE})
    geometries = {key: gas[key] for key in ("acid_xyz", "anion_xyz")}
    one.values["gas"] = gas
    one.time("DFT", lambda: compute_dft({**geometries, "basis": basis}))
    excited(one, gas["anion_xyz"], -1, basis, exact=full or name == "mesylate", pyscf=full)
    return one


def neutral(smiles: str, basis: str, *, pyscf: bool) -> Measured:
    """Excited states of a neutral molecule at its geometry in vacuo."""
    print(smiles, file=sys.stderr)
    one = Measured()
    geometry = relaxed(smiles, solvent=None, seed=_SEED, of=smiles).optimised.geometry
    excited(one, geometry.xyz(), 0, basis, exact=True, pyscf=pyscf)
    return one


def cation(basis: str) -> Measured:
    """Excited states of the sulfonium by the minimal response."""
    print(TRIPHENYLSULFONIUM, file=sys.stderr)
    one = Measured()
    found = relaxed(TRIPHENYLSULFONIUM, solvent=None, seed=_SEED, of="cation")
    excited(one, found.optimised.geometry.xyz(), 1, basis, exact=False, pyscf=False)
    return one


def excited(one: Measured, xyz: str, charge: int, basis: str, *, exact: bool, pyscf: bool) -> None:
    """Each response on orbitals that are kept; SCF is their cost, with that of a single state."""
    with tempfile.TemporaryDirectory() as folder:
        asked = {"xyz": xyz, "charge": charge, "basis": basis, "folder": folder}
        one.time("SCF", lambda: compute_excitations({**asked, "method": "ris", "states": 1}))
        for name, method in (("ris", "ris"), *((("TDA", "tda"),) if exact else ())):
            inputs = {**asked, "method": method, "states": STATES}
            one.time(name, partial(compute_excitations, inputs))
    if pyscf:
        geometry, level = geometry_of_xyz(xyz, charge=charge), Level(basis=basis)
        state = ground_state(geometry, level)
        one.time("PySCF's TDA", lambda: theirs(solved(geometry, level, state)))


def theirs(solved_field: Any) -> dict[str, Any]:
    """The same states by PySCF's own solver, as a user would call it."""
    from pyscf import tdscf

    solver = tdscf.TDA(solved_field)
    solver.nstates, solver.verbose = STATES, 0
    solver.kernel()
    return {"states": [{"ev": float(energy) * HARTREE_EV} for energy in solver.e]}


def zero_point(geometry: Geometry) -> float:
    """kcal/mol: half the sum of the harmonic wave numbers of GFN2-xTB in vacuo."""
    from rdkit.Chem import GetPeriodicTable

    surface, start = Xtb(geometry, solvent=None), geometry.positions / BOHR
    surface(start)
    rows = []
    for place in np.ndindex(start.shape):
        step = np.zeros_like(start)
        step[place] = _DISPLACEMENT
        ahead, behind = surface(start + step).gradient, surface(start - step).gradient
        rows.append((ahead - behind).ravel() / (2 * _DISPLACEMENT))
    weight = GetPeriodicTable().GetAtomicWeight
    masses = np.repeat([weight(int(number)) for number in geometry.numbers], 3) * _ELECTRON_MASSES
    hessian = np.array(rows)
    values = np.linalg.eigvalsh((hessian + hessian.T) / 2 / np.sqrt(np.outer(masses, masses)))
    # Six of them are the molecule's moving and turning as a whole.
    frequencies = np.sqrt(np.maximum(values, 0.0))[6:]
    return float(frequencies.sum() / 2 * HARTREE_KCAL)


def costs_lines(found: dict[str, Measured], basis: str) -> list[str]:
    tiers = ["acidity", "conformers", "ion pair", "DFT", "SCF", "ris", "TDA", "PySCF's TDA"]
    rows = [
        [name, *(f"{one.seconds[tier]:.1f}" if tier in one.seconds else "" for tier in tiers)]
        for name, one in found.items()
    ]
    return [
        f"CPU seconds, one thread. DFT is PBE0/{basis} (grid level 2, fitted, no dispersion) of "
        f"acid and anion; SCF that of the ion alone; ris and TDA {STATES} states on top of it.",
        "",
        *table(["molecule", *tiers], rows),
    ]


def affinity_lines(found: dict[str, Measured]) -> list[str]:
    rows, errors = [], []
    for name in sorted(PUBLISHED, key=lambda one: -PUBLISHED[one]):
        values = found[name].values
        geometries = [
            geometry_of_xyz(values["gas"][f"{of}_xyz"], charge=charge)
            for of, charge in (("acid", 0), ("anion", -1))
        ]
        acid, anion = (zero_point(geometry) for geometry in geometries)
        electronic = values["DFT"]["deprotonation"]
        affinity = electronic + anion - acid + _PROTON_ENTHALPY
        errors.append(affinity - PUBLISHED[name])
        rows.append(
            [
                name,
                f"{PUBLISHED[name]:.1f}",
                f"{electronic:.1f}",
                f"{affinity:.1f}",
                f"{errors[-1]:+.1f}",
                f"{values['gas']['deprotonation']:.1f}",
            ]
        )
    mean = statistics.fmean(errors)
    spread = max(abs(error - mean) for error in errors)
    head = ["anion", "published", "electronic", "with zero point", "difference", "GFN2-xTB"]
    return [
        "Proton affinities in vacuo, kcal/mol: PBE0/def2-SVPD on GFN2-xTB geometries in vacuo; the "
        "zero-point energies are GFN2-xTB's, harmonic, 5/2 RT for the proton.",
        "",
        *table(head, rows),
        "",
        f"Mean difference {mean:+.1f} kcal/mol; about it at most {spread:.1f}.",
    ]


def state_lines(found: dict[str, Measured]) -> list[str]:
    lines, differences, solvers = [], [], []
    for name, one in found.items():
        for method in ("ris", "TDA"):
            if method in one.values:
                states = one.values[method]["states"]
                told = "; ".join(
                    f"{state['ev']:.2f} eV = {state['nm']:.0f} nm (f {state['strength']:.3f})"
                    for state in states[:3]
                )
                lines.append(f"- {name}, {method}: {told}")
        if "TDA" in one.values:
            exact = [state["ev"] for state in one.values["TDA"]["states"]]
            minimal = [state["ev"] for state in one.values["ris"]["states"]]
            differences += [a - b for a, b in zip(minimal, exact, strict=True)]
        if "PySCF's TDA" in one.values:
            own = [state["ev"] for state in one.values["PySCF's TDA"]["states"]]
            solvers += [a - b for a, b in zip(exact, own, strict=True)]
    benzene = [state["ev"] for state in found["benzene"].values["TDA"]["states"]]
    shifts = [ours - band for ours, band in zip(benzene[:2], BENZENE_BANDS, strict=True)]
    absolute = [abs(difference) for difference in differences]
    lines += [
        "",
        f"Benzene's first two states lie {shifts[0]:+.2f} and {shifts[1]:+.2f} eV from its bands.",
        f"The minimal response differs from the exact one by {statistics.fmean(absolute):.3f} eV "
        f"in the mean and {max(absolute):.3f} at most, over {len(absolute)} states taken in order "
        "of energy.",
    ]
    if solvers:
        largest = max(abs(difference) for difference in solvers)
        lines.append(
            f"From PySCF's own solver (finer kernel grid) ours differs by {largest:.4f} eV at most."
        )
    return ["Lowest singlet states in vacuo, Tamm–Dancoff, unshifted:", "", *lines]


if __name__ == "__main__":
    main()
