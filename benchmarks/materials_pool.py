"""The pool of acids on which searches are compared, and its labels by GFN2-xTB.

    python -m benchmarks.materials_pool draw
    python -m benchmarks.materials_pool label --workers 2 [--limit N] [--store FOLDER]

`draw` writes materials/pool.csv: acids drawn by seed from everything that fragment assembly makes
of at most MAX_HEAVY_ATOMS heavy atoms. The rule was fixed before any label was known: families
share the pool as equally as their sizes allow, within a family each count of heavy atoms does, and
within that all acids are as likely; of several acids that leave one anion, however it is written,
the first drawn stays. `label` computes acid and anion of each in the order of the file, keeps every
result in a store, goes on where it was interrupted, and writes materials/labels.csv of all that the
store knows; a failed one stands there with its reason.

Trap: `cpu_seconds` is what it took when it was computed, and a timeout depends on the machine; all
else is the same each time.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tertulia.campaign.calculation import Calculation, Result
from tertulia.campaign.result_store import ResultStore
from tertulia.campaign.workers import Workers
from tertulia.discover.generators.fragments import enumerate_acids, heavy_atoms
from tertulia.discover.molecules.acid import Acid, read_smiles
from tertulia.discover.molecules.families import pattern
from tertulia.store.atomic import write_text

FOLDER = Path(__file__).parent / "materials"
POOL, LABELS = FOLDER / "pool.csv", FOLDER / "labels.csv"
SIZE, SEED, MAX_HEAVY_ATOMS = 4800, 20261122, 15
ELEMENTS = frozenset({"H", "C", "N", "O", "F", "P", "S", "Cl"})
REFUSED = ("[#6;H0](F)F", "[N+](=O)[O-].[N+](=O)[O-]", "N[N+](=O)[O-]", "OO", "N=[N+]=[N-]")
"""No carbon with two fluorine atoms and no hydrogen, one nitro group, nothing that may explode."""
_LIBRARIES = ("numpy", "rdkit", "tblite")
_TIMEOUT = 300.0
_REPORT_EVERY = 100


@dataclass(frozen=True, kw_only=True)
class Label:
    """A line of labels.csv: deprotonation energy in kcal/mol, HOMO-LUMO gap of the anion in eV."""

    anion: str
    status: str
    reason: str
    deprotonation: float | None
    gap_ev: float | None
    cpu_seconds: float | None


def draw(acids: Iterator[Acid], size: int = SIZE, seed: int = SEED) -> list[Acid]:
    """At most `size` of the acids that may stand in a pool, by the rule above, in random order."""
    strata: dict[str, dict[int, list[Acid]]] = defaultdict(lambda: defaultdict(list))
    for acid in acids:
        if allowed(acid):
            strata[acid.family][heavy_atoms(acid.smiles)].append(acid)
    generator = np.random.Generator(np.random.PCG64(seed))
    shares = equal_shares(
        {name: sum(map(len, sizes.values())) for name, sizes in strata.items()}, size
    )
    drawn: list[Acid] = []
    for family in sorted(strata):
        sizes = strata[family]
        parts = equal_shares({str(n): len(sizes[n]) for n in sorted(sizes)}, shares[family])
        for heavy in sorted(sizes):
            chosen = generator.choice(len(sizes[heavy]), size=parts[str(heavy)], replace=False)
            drawn += [sizes[heavy][int(index)] for index in chosen]
    kept: dict[str, Acid] = {}
    for index in generator.permutation(len(drawn)):
        kept.setdefault(mesomer(drawn[int(index)]), drawn[int(index)])
    return list(kept.values())


def mesomer(acid: Acid) -> str:
    """What all ways of writing one anion share: they differ in where its charge is put."""
    from rdkit.Chem import rdMolHash

    anion = read_smiles(acid.anion)
    return str(rdMolHash.MolHash(anion, rdMolHash.HashFunction.Mesomer))


def equal_shares(available: Mapping[str, int], total: int) -> dict[str, int]:
    """How many of each to take: the same of all, but that none gives more than it has.

    What cannot be split equally goes one by one to the first in the order given.
    """
    shares = dict.fromkeys(available, 0)
    left = min(total, sum(available.values()))
    while left:
        hungry = [name for name in available if shares[name] < available[name]]
        each = left // len(hungry)
        for name in hungry:
            more = min(each or 1, available[name] - shares[name], left)
            shares[name] += more
            left -= more
    return shares


def allowed(acid: Acid) -> bool:
    """Whether an acid may stand in the pool."""
    molecule = read_smiles(acid.smiles)
    return {atom.GetSymbol() for atom in molecule.GetAtoms()} <= ELEMENTS and not any(
        molecule.HasSubstructMatch(pattern(smarts)) for smarts in REFUSED
    )


def write_pool(acids: Sequence[Acid], path: Path = POOL) -> None:
    """pool.csv: the acid, its anion and its family."""
    rows = [(acid.smiles, acid.anion, acid.family) for acid in acids]
    write_text(path, _as_csv(("smiles", "anion", "family"), rows))


def read_pool(path: Path = POOL) -> list[dict[str, str]]:
    """The lines of pool.csv."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_labels(path: Path = LABELS) -> list[Label]:
    """The lines of labels.csv."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Label(
                anion=row["anion"],
                status=row["status"],
                reason=row["reason"],
                deprotonation=_number(row["deprotonation"]),
                gap_ev=_number(row["gap_ev"]),
                cpu_seconds=_number(row["cpu_seconds"]),
            )
            for row in csv.DictReader(file)
        ]


def calculations(pool: Sequence[Mapping[str, str]]) -> list[Calculation]:
    """What is to be computed for each line of the pool."""
    from tertulia.discover.physics.acidity import compute_acidity

    libraries = {name: version(name) for name in _LIBRARIES}
    return [
        Calculation.of(
            compute_acidity,
            {"acid": row["smiles"], "anion": row["anion"], "solvent": "acetonitrile", "seed": 0},
            libraries,
        )
        for row in pool
    ]


def compute(wanted: Sequence[Calculation], store: ResultStore, workers: Workers) -> None:
    """Computes what the store does not know yet."""
    missing = [calculation for calculation in wanted if store.get(calculation) is None]
    print(f"{len(wanted) - len(missing)} of {len(wanted)} are in the store", flush=True)
    for calculation in missing:
        workers.submit(calculation)
    done = 0
    while workers.busy:
        for result in workers.finished():
            store.put(result)
            done += 1
            if done % _REPORT_EVERY == 0:
                print(f"{done} of {len(missing)}: {dict(store.reasons())}", flush=True)


def label_of(result: Result) -> Label:
    """The line of a result."""
    values = result.values if result.done else {}
    return Label(
        anion=str(result.calculation.inputs["anion"]),
        status=result.status,
        reason=result.reason or "",
        deprotonation=values.get("deprotonation"),
        gap_ev=values.get("gap_ev"),
        cpu_seconds=result.cost.cpu_seconds if result.cost else None,
    )


def write_labels(labels: Sequence[Label], path: Path = LABELS) -> None:
    """labels.csv: energies with 4 decimals, the gap too, CPU seconds with 2."""
    rows = [
        (
            label.anion,
            label.status,
            label.reason,
            _decimals(label.deprotonation, 4),
            _decimals(label.gap_ev, 4),
            _decimals(label.cpu_seconds, 2),
        )
        for label in labels
    ]
    names = ("anion", "status", "reason", "deprotonation", "gap_ev", "cpu_seconds")
    write_text(path, _as_csv(names, rows))


def _as_csv(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def _decimals(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _number(text: str) -> float | None:
    return float(text) if text else None


def _label(arguments: argparse.Namespace) -> None:
    wanted = calculations(read_pool(arguments.pool)[: arguments.limit])
    store = ResultStore(arguments.store)
    workers = Workers(arguments.workers, timeout=_TIMEOUT)
    try:
        compute(wanted, store, workers)
        results = [store.get(calculation) for calculation in wanted]
    finally:
        workers.close()
        store.close()
    write_labels([label_of(result) for result in results if result], arguments.labels)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    steps = options.add_subparsers(dest="step", required=True)
    drawing = steps.add_parser("draw", help="write the pool")
    labelling = steps.add_parser("label", help="compute the labels")
    for step in (drawing, labelling):
        step.add_argument("--pool", type=Path, default=POOL)
    labelling.add_argument("--labels", type=Path, default=LABELS)
    labelling.add_argument("--workers", type=int, default=1)
    labelling.add_argument("--limit", type=int, help="only the first so many")
    labelling.add_argument("--store", type=Path, default=Path("runs/materials-pool"))
    arguments = options.parse_args()
    if arguments.step == "draw":
        write_pool(draw(enumerate_acids(MAX_HEAVY_ATOMS)), arguments.pool)
    else:
        _label(arguments)


if __name__ == "__main__":
    main()
