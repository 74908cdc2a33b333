"""Acidities by GFN2-xTB against measured pKa: by family, on families left out, on strong acids.

    python -m benchmarks.acidity_calibration [--quick] [--write] [--store FOLDER] [--workers 1]

Computes every acid once (kept in the store, resumed from there), fits, and reports by family how
well a line does on acids left out one at a time, how often a 90 % interval of a difference between
families holds when one family is left out, and the same of the strong acids against tosylic acid.
`--write` also writes the shipped calibration anew.

Trap: which acids stand in the tables was fixed before; see `acidity_experiments`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.acidity_experiments import TABLE, Experiment, StrongAcid, experiments, strong_acids
from benchmarks.acidity_sections import differences, families, strong
from benchmarks.command_line import ROOT, begin, parser, publish
from benchmarks.materials_pool import compute
from tertulia.campaign.calculation import Calculation, Result
from tertulia.campaign.result_store import ResultStore
from tertulia.campaign.workers import Workers
from tertulia.compute.task import order_for
from tertulia.discover.physics.acidity import compute_acidity
from tertulia.discover.physics.calibration import ACETONITRILE, WATER
from tertulia.discover.physics.calibration_fit import Measured, Scales, left_out, widened
from tertulia.discover.physics.calibration_model import SharedLines
from tertulia.discover.physics.calibration_table import Anchor, Calibration
from tertulia.store.atomic import write_text

SHIPPED = ROOT / "src" / "tertulia" / "shipped" / "materials" / "calibration.json"
SOLVENT, SEED = "acetonitrile", 1
_LIBRARIES = ("numpy", "rdkit", "tblite")
_TIMEOUT = 300.0
_QUICK = 8


@dataclass(frozen=True, kw_only=True)
class Computations:
    """What was asked and what came of it; `left_out` counts rows and failures by reason."""

    acids: list[tuple[Experiment, Result]]
    anchors: list[tuple[StrongAcid, Result]]
    left_out: Counter[str]

    def scales(self) -> Scales:
        """The acids that were computed, by scale."""
        return {
            WATER: [
                Measured(
                    name=one.acid,
                    family=one.family,
                    energy=float(result.values["deprotonation"]),
                    value=one.pka,
                )
                for one, result in self.acids
                if result.done
            ],
            ACETONITRILE: [
                Measured(
                    name=one.name,
                    family=one.group,
                    energy=float(result.values["deprotonation"]),
                    value=one.pka,
                )
                for one, result in self.anchors
                if result.done
            ],
        }


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--table", type=Path, default=TABLE, help="the measured pKa in water")
    options.add_argument("--store", type=Path, default=Path("runs/acidity-calibration"))
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--write", action="store_true", help=f"write {SHIPPED.name} anew")
    arguments = options.parse_args()
    load = begin()
    done = computed(
        arguments.table, arguments.store, arguments.workers, _QUICK if arguments.quick else None
    )
    scales = done.scales()
    without = {name: left_out(scales, name) for name in scales}
    lines = widened(scales, without)
    if arguments.write:
        write_text(SHIPPED, calibration(done, lines).as_json())
    body = [
        *_counts(done),
        "",
        *families(scales[WATER], lines[WATER]),
        "",
        *differences(scales, without),
        "",
        *strong(scales, without[ACETONITRILE]),
    ]
    publish(
        arguments,
        "acidity-calibration",
        "Acidity by GFN2-xTB, calibrated",
        body,
        load=load,
        packages=_LIBRARIES,
    )


def computed(path: Path, folder: Path, workers: int, quick: int | None) -> Computations:
    """Every acid and anchor, from the store or by workers; of each family at most `quick`."""
    acids, reasons = experiments(path)
    if quick is not None:
        taken: Counter[str] = Counter()
        acids = [one for one in acids if taken.update([one.family]) or taken[one.family] <= quick]
    anchors = strong_acids()
    wanted = [calculation(one.acid, one.anion) for one in acids]
    wanted += [calculation(one.acid, one.anion) for one in anchors]
    store, pool = ResultStore(folder), Workers(workers, timeout=_TIMEOUT)
    try:
        compute(wanted, store, pool)
        results = [store.get(one) for one in wanted]
    finally:
        pool.close()
        store.close()
    whole = [result for result in results if result is not None]
    assert len(whole) == len(wanted), "every calculation has a result"
    reasons.update(str(result.reason) for result in whole if not result.done)
    return Computations(
        acids=list(zip(acids, whole, strict=False)),
        anchors=list(zip(anchors, whole[len(acids) :], strict=True)),
        left_out=reasons,
    )


def calculation(acid: str, anion: str) -> Calculation:
    """What is computed of an acid."""
    inputs = {"acid": acid, "anion": anion, "solvent": SOLVENT, "seed": SEED}
    return Calculation.of(compute_acidity, inputs, {name: version(name) for name in _LIBRARIES})


def calibration(done: Computations, lines: dict[str, SharedLines]) -> Calibration:
    """What is shipped."""
    task, number = order_for(compute_acidity)
    return Calibration(
        scales=lines,
        anchors=tuple(
            Anchor(
                name=one.name,
                anion=one.anion,
                family=one.group,
                deprotonation=float(result.values["deprotonation"]),
                pka=one.pka,
                source=one.source,
            )
            for one, result in done.anchors
            if result.done
        ),
        origin={
            "task": task,
            "version": number,
            "solvent": SOLVENT,
            "seed": SEED,
            "libraries": {name: version(name) for name in _LIBRARIES},
            "left_out": dict(sorted(done.left_out.items())),
        },
    )


def _counts(done: Computations) -> list[str]:
    used = sum(result.done for _, result in done.acids)
    costs = [result.cost.cpu_seconds for _, result in [*done.acids, *done.anchors] if result.cost]
    left = ", ".join(
        f"{reason} {count}" for reason, count in sorted(done.left_out.items()) if count
    )
    return [
        f"{used} acids with a measured pKa in water and "
        f"{sum(result.done for _, result in done.anchors)} strong acids with one in acetonitrile, "
        f"each with its anion by GFN2-xTB/ALPB({SOLVENT}); {sum(costs):,.0f} s of CPU time, median "
        f"{np.median(costs):.2f} s a pair. Left out, with reason: {left}.",
    ]


if __name__ == "__main__":
    main()
