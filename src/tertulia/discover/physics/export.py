"""Inputs of programs for higher levels, written from stored results: the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tertulia.campaign.calculation import Result
from tertulia.discover.physics.geometry import Geometry, geometry_of_xyz
from tertulia.store.atomic import write_text

CHARGES = {"acid": 0, "anion": -1, "pair": 0}
"""What a result's `…_xyz` holds, with its charge in e; all are closed shells."""
MULTIPLICITY = 1
_STATES = 6
_MEMORY_MB = 4000


def export_inputs(
    folder: Path, results: Sequence[Result], *, solvent: str | None = None
) -> tuple[Path, ...]:
    """Writes inputs for every geometry of `results` that are done; returns what it wrote, sorted.

    Files are named after the task and the molecule, as `acidity-anion.dlpno.inp`; of two results
    of one task the last is taken. `solvent` is a name that the programs know, or None.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts: dict[str, str] = {}
    for result in results:
        short = result.calculation.task.rpartition(":")[2].removeprefix("compute_")
        for of, geometry in _geometries(result):
            title = f"{short} {of}, calculation {result.calculation.key}"
            texts |= inputs_for(f"{short}-{of}", geometry, title=title, solvent=solvent)
    for name, text in texts.items():
        write_text(folder / name, text)
    return tuple(sorted(folder / name for name in texts))


def inputs_for(
    name: str, geometry: Geometry, *, title: str, solvent: str | None = None
) -> dict[str, str]:
    """Texts by file name: XYZ; ORCA for DLPNO-CCSD(T) and for excited states by STEOM; Gaussian,
    PySCF for CCSD(T); and the xtb program's command.

    Coordinates are in Å to six decimals, as stored. `title` must be printable ASCII.
    """
    title = _printable(title)
    return {
        f"{name}.xyz": geometry.xyz(f"charge={geometry.charge} multiplicity=1 {title}"),
        f"{name}.dlpno.inp": _orca(
            geometry, title, "DLPNO-CCSD(T) aug-cc-pVTZ AutoAux RIJCOSX TightSCF TightPNO", solvent
        ),
        f"{name}.steom.inp": _orca(
            geometry,
            title,
            "STEOM-DLPNO-CCSD aug-cc-pVDZ AutoAux RIJCOSX TightSCF",
            solvent,
            f"%mdci\n  NRoots {_STATES}\nend\n",
        ),
        f"{name}.gjf": _gaussian(geometry, title, solvent),
        f"{name}.pyscf.py": _pyscf(geometry, title),
        f"{name}.xtb.sh": _xtb(name, geometry, title, solvent),
    }


def _geometries(result: Result) -> Iterable[tuple[str, Geometry]]:
    if result.done:
        for of, charge in CHARGES.items():
            if isinstance(text := result.values.get(f"{of}_xyz"), str):
                yield of, geometry_of_xyz(text, charge=charge)


def _printable(title: str) -> str:
    """On one line and in ASCII: some programs stop at anything else."""
    return re.sub(r"[^\x20-\x7e]+", " ", title).strip()[:120]


def _atoms(geometry: Geometry) -> str:
    return "\n".join(geometry.xyz().splitlines()[2:])


def _orca(
    geometry: Geometry, title: str, keywords: str, solvent: str | None, more: str = ""
) -> str:
    medium = f" CPCM({solvent})" if solvent else ""
    return (
        f"# {title}\n! {keywords}{medium}\n%maxcore {_MEMORY_MB}\n{more}"
        f"* xyz {geometry.charge} {MULTIPLICITY}\n{_atoms(geometry)}\n*\n"
    )


def _gaussian(geometry: Geometry, title: str, solvent: str | None) -> str:
    medium = f" SCRF=(PCM,Solvent={solvent})" if solvent else ""
    # The blank line at the end is part of the format.
    return (
        f"%Mem={_MEMORY_MB}MB\n#P wB97XD/aug-cc-pVTZ TD=(NStates={_STATES}){medium}\n\n"
        f"{title}\n\n{geometry.charge} {MULTIPLICITY}\n{_atoms(geometry)}\n\n"
    )


def _pyscf(geometry: Geometry, title: str) -> str:
    return (
        f'"""{title.replace(chr(92), "/").replace(chr(34), chr(39))}."""\n\n'
        "from pyscf import cc, gto, scf\n\n"
        f'ATOMS = """\n{_atoms(geometry)}\n"""\n\n'
        "molecule = gto.M(\n"
        f'    atom=ATOMS, unit="Angstrom", charge={geometry.charge}, spin={MULTIPLICITY - 1}, '
        'basis="aug-cc-pvdz"\n'
        ")\n"
        "field = scf.RHF(molecule).density_fit().run()\n"
        "coupled = cc.CCSD(field).run()\n"
        'print("CCSD(T) energy in hartree:", coupled.e_tot + coupled.ccsd_t())\n'
    )


def _xtb(name: str, geometry: Geometry, title: str, solvent: str | None) -> str:
    medium = f" --alpb {solvent}" if solvent else ""
    return (
        f"#!/bin/sh\n# {title}\n"
        # More threads than one make molecules of this size slower.
        "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 \\\n"
        f"  xtb {name}.xyz --gfn 2 --chrg {geometry.charge} --uhf {MULTIPLICITY - 1}"
        f"{medium} --ohess tight\n"
    )
