"""GFN2-xTB optimisations by CPU time: ours, plain tblite under ASE's BFGS, the xtb program.

    python -m benchmarks.xtb_throughput [--quick] [--pairs 20] [--xtb PROGRAM]

Acids and anions of the pool, drawn by seed, from one and the same start (lowest conformer by force
field; embedding is not timed) in ALPB(acetonitrile). Each contender runs alone in a process of its
own with one thread, after a molecule to warm up; times are CPU seconds of that process and its
children. A pair's time is the acid's and the anion's; ratios are of pairs, medians over pairs.

ASE (a package of that name) and the xtb program are no dependencies: what is not installed is left
out and said to be. ASE stops at FMAX, at which its minima lie as low as ours.

Trap: with two threads small molecules take many times as long where cores are taken; the last table
shows it, wall time on the machine as it was.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command_line import begin, child_environment, parser, publish, quick_or
from benchmarks.figures import table
from benchmarks.materials_pool import read_pool
from tertulia.discover.physics.geometry import Geometry, embedded, geometry_of_xyz
from tertulia.discover.physics.optimiser import minimise
from tertulia.discover.physics.xtb import HARTREE_EV, HARTREE_KCAL, Xtb

SOLVENT, SEED = "acetonitrile", 1
FMAX = 0.02
"""eV/Å, the greatest force on an atom at which ASE stops."""
_WARM_UP = "CC(=O)O"
_THREADED = 4
"""Molecules of the comparison of threads, which takes long."""
_PATIENCE = 240.0
OURS, ASE, PROGRAM = "tertulia", "tblite + ASE BFGS", "xtb --opt"

Start = dict[str, Any]
"""xyz and charge."""
Run = dict[str, float]
"""cpu and wall seconds, energy in hartree, steps."""


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--pairs", type=int, help="acids with their anions")
    options.add_argument("--xtb", default=shutil.which("xtb"), help="the xtb program")
    options.add_argument("--leg", help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.leg:
        _leg(arguments)
        return
    load = begin()
    starts = drawn(quick_or(arguments, "pairs", 2, 20))
    contenders, missing = _contenders(arguments.xtb)
    runs = {name: legs(name, starts, arguments.xtb) for name in contenders}
    threaded = [name for name in contenders if name != OURS]
    lines = [
        *_speeds(runs),
        *(["", f"Not installed, so not measured: {', '.join(missing)}."] * bool(missing)),
        "",
        *_threads(threaded, starts[:_THREADED], arguments.xtb),
    ]
    publish(
        arguments,
        "xtb-throughput",
        "GFN2-xTB optimisations by CPU second",
        lines,
        load=load,
        packages=("tblite", "rdkit"),
    )


def drawn(pairs: int) -> list[Start]:
    """Acid and anion of `pairs` acids of the pool, one after the other."""
    pool = read_pool()
    places = np.random.Generator(np.random.PCG64(SEED)).choice(len(pool), pairs, replace=False)
    return [_start(pool[int(place)][side]) for place in places for side in ("smiles", "anion")]


def _start(smiles: str) -> Start:
    geometry = embedded(smiles, seed=SEED).conformers[0]
    return {"xyz": geometry.xyz(smiles), "charge": geometry.charge}


def _contenders(program: str | None) -> tuple[list[str], list[str]]:
    found = {
        OURS: True,
        ASE: importlib.util.find_spec("ase") is not None,
        PROGRAM: program is not None,
    }
    return [name for name, there in found.items() if there], [
        name for name, there in found.items() if not there
    ]


def legs(name: str, starts: list[Start], program: str | None, threads: int = 1) -> list[Run]:
    """A contender's runs, in a process of its own; fewer where its time is up."""
    command = [sys.executable, "-m", "benchmarks.xtb_throughput", "--leg", name]
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = child_environment(**dict.fromkeys(variables, str(threads)))
    # Threads that wait spin unless told otherwise, and nobody tells who does not know the trap.
    environment.pop("OMP_WAIT_POLICY", None)
    with subprocess.Popen(
        [*command, *(["--xtb", program] if program else [])],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            told, _ = child.communicate(json.dumps(starts), timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            told, _ = child.communicate()
    return [json.loads(line) for line in told.splitlines() if line.startswith("{")]


def _leg(arguments: argparse.Namespace) -> None:
    starts: list[Start] = json.loads(sys.stdin.read())
    kinds: dict[str, Callable[[Geometry], tuple[float, int]]] = {
        OURS: _ours,
        ASE: _ase,
        PROGRAM: lambda geometry: _program(geometry, arguments.xtb),
    }
    run = kinds[arguments.leg]
    run(embedded(_WARM_UP, seed=SEED).conformers[0])
    for start in starts:
        geometry = geometry_of_xyz(start["xyz"], charge=start["charge"])
        cpu, wall = _cpu(), time.perf_counter()
        energy, steps = run(geometry)
        told = {"cpu": _cpu() - cpu, "wall": time.perf_counter() - wall}
        print(json.dumps({**told, "energy": energy, "steps": steps}), flush=True)


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


def _ours(geometry: Geometry) -> tuple[float, int]:
    surface = Xtb(geometry, solvent=SOLVENT)
    found = minimise(surface, geometry)
    return found.energy, surface.calls


def _ase(geometry: Geometry) -> tuple[float, int]:
    # No dependency of ours, so imported by name: no type checker finds it where it is not.
    atoms_of = importlib.import_module("ase").Atoms
    optimiser = importlib.import_module("ase.optimize").BFGS
    calculator = importlib.import_module("tblite.ase").TBLite

    atoms = atoms_of(numbers=geometry.numbers, positions=geometry.positions)
    atoms.calc = calculator(
        method="GFN2-xTB",
        charge=geometry.charge,
        solvation=("alpb", SOLVENT),
        verbosity=0,
    )
    search = optimiser(atoms, logfile=None)
    search.run(fmax=FMAX, steps=500)
    return float(atoms.get_potential_energy()) / HARTREE_EV, int(search.nsteps) + 1


def _program(geometry: Geometry, program: str) -> tuple[float, int]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "start.xyz").write_text(geometry.xyz(), encoding="utf-8")
        options = ["--opt", "normal", "--alpb", SOLVENT, "--chrg", str(geometry.charge)]
        done = subprocess.run(
            [program, "start.xyz", *options], cwd=folder, capture_output=True, text=True, check=True
        )
    energy = re.findall(r"TOTAL ENERGY\s+(-?[\d.]+)", done.stdout)[-1]
    steps = re.findall(r"AFTER\s+(\d+) ITERATIONS", done.stdout)
    return float(energy), int(steps[-1]) if steps else 0


def _speeds(runs: dict[str, list[Run]]) -> list[str]:
    pairs = {
        name: [sum(one["cpu"] for one in own[k : k + 2]) for k in range(0, len(own) - 1, 2)]
        for name, own in runs.items()
    }
    rows = []
    for name, own in runs.items():
        shared = list(zip(own, runs[OURS], strict=False))
        above = [HARTREE_KCAL * (one["energy"] - ours["energy"]) for one, ours in shared]
        ratios = [theirs / ours for theirs, ours in zip(pairs[name], pairs[OURS], strict=False)]
        rows.append(
            [
                name,
                str(len(own)),
                f"{statistics.median(pairs[name]):.3f}",
                f"{len(own) / sum(one['cpu'] for one in own):.1f}",
                f"{statistics.median(ratios):.2f}",
                f"{statistics.fmean(one['steps'] for one in own):.1f}",
                f"{statistics.median(above):+.3f}",
                f"{sum(abs(one) < 0.1 for one in above)} of {len(above)}",
            ]
        )
    head = [
        "contender",
        "molecules",
        "CPU s a pair",
        "molecules a CPU second",
        "time over ours",
        "steps",
        "energy over ours, kcal/mol",
        "same minimum (0.1)",
    ]
    return table(head, rows)


def _threads(names: list[str], starts: list[Start], program: str | None) -> list[str]:
    rows = []
    for name in names:
        for threads in (1, 2):
            own = legs(name, starts, program, threads)
            seconds = sum(one["wall"] for one in own)
            done = f"{len(own)} of {len(starts)}"
            cpu = sum(one["cpu"] for one in own)
            rows.append([name, str(threads), done, f"{seconds:.2f}", f"{cpu:.2f}"])
    head = ["contender", "threads", f"molecules within {_PATIENCE:.0f} s", "wall s", "CPU s"]
    return ["The same with two threads (ours is always held to one):", "", *table(head, rows)]


if __name__ == "__main__":
    main()
