"""What generators of acids propose from the shipped seeds: valid, new, allowed, and how fast.

    python -m benchmarks.materials_generators [--quick] [--proposals 1000] [--seeds 20]
        [--generators fragments graph-ga selfies]

Each generator is asked for the same count with each seed, with the shipped seed acids as parents in
their order. Valid is what `acid_of` reads; new is an anion that none of the parents has; allowed is
what breaks no constraint at its default. Likeness is the mean Tanimoto similarity (Morgan, radius
2, 2,048 bits) of all pairs: lower is more diverse. Each figure is the mean over the seeds with the
least and the most.

Trap: fragment assembly and Graph-GA give back only what they have read themselves, so their
validity is of what they propose; the column "made for each" says how much they tried for it.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.command_line import begin, parser, publish, quick_or
from benchmarks.figures import mean_spread, table
from tertulia.discover.constraints.judge import Limits, judge
from tertulia.discover.generators.fragments import Fragments
from tertulia.discover.generators.graph_ga import GraphGa
from tertulia.discover.generators.novelty import NoveltyReport, novelty_reports
from tertulia.discover.generators.proposal import Generator, Proposal
from tertulia.discover.generators.seeds import seeds
from tertulia.discover.molecules.acid import Acid, acid_of
from tertulia.errors import DataError

NAMES = ("fragments", "graph-ga", "selfies")
_REASONS_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One generator, one seed."""

    report: NoveltyReport
    allowed: float
    """Share of the unique that breaks no constraint."""
    families: int
    likeness: float
    per_cpu_second: float


def build(name: str) -> Generator:
    """A fresh generator, so that its counts begin at none."""
    if name == "selfies":
        from tertulia.discover.generators.selfies_model import SelfiesModel

        return SelfiesModel.shipped()
    return Fragments() if name == "fragments" else GraphGa()


def trial(generator: Generator, parents: Sequence[str], count: int, seed: int) -> Trial:
    """Asks once and judges what came; only the asking is timed."""
    before = Counter(generator.dropped)
    # Else an acid that another seed met would cost nothing.
    acid_of.cache_clear()
    began = time.process_time()
    proposals = generator.propose(parents, count, seed=seed)
    took = time.process_time() - began
    [report] = novelty_reports(
        proposals,
        {acid_of(parent).anion for parent in parents},
        asked={generator.name: count},
        dropped={generator.name: Counter(generator.dropped) - before},
    )
    acids = _read(proposals)
    allowed = [all(one.passed for one in judge(acid, Limits())) for acid in acids]
    return Trial(
        report=report,
        allowed=sum(allowed) / max(len(acids), 1),
        families=len({acid.family for acid in acids}),
        likeness=mean_similarity([acid.smiles for acid in acids]),
        per_cpu_second=len(acids) / took,
    )


def mean_similarity(smiles: Sequence[str]) -> float:
    """Mean Tanimoto similarity over all pairs; NaN of fewer than two."""
    from rdkit import Chem
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    morgan = GetMorganGenerator(radius=2, fpSize=2048)
    bits = np.array([morgan.GetFingerprintAsNumPy(Chem.MolFromSmiles(one)) for one in smiles])
    if len(bits) < 2:
        return float("nan")
    shared = bits.astype(np.float64) @ bits.T
    sizes = np.diag(shared)
    similar = shared / (sizes[:, None] + sizes[None, :] - shared)
    return float(similar[np.triu_indices(len(bits), k=1)].mean())


def _read(proposals: Sequence[Proposal]) -> list[Acid]:
    """The acids among them, each anion once."""
    acids: dict[str, Acid] = {}
    for proposal in proposals:
        try:
            acid = acid_of(proposal.smiles)
        except DataError:
            continue
        acids.setdefault(acid.anion, acid)
    return list(acids.values())


def row_of(name: str, trials: Sequence[Trial]) -> list[str]:
    """Means with their ranges."""
    reports = [one.report for one in trials]
    return [
        name,
        mean_spread([one.proposed for one in reports], ".0f"),
        mean_spread([one.validity or 0.0 for one in reports]),
        mean_spread([one.uniqueness or 0.0 for one in reports]),
        mean_spread([one.novelty or 0.0 for one in reports]),
        mean_spread([one.allowed for one in trials]),
        mean_spread([one.families for one in trials], ".0f"),
        mean_spread([one.likeness for one in trials]),
        mean_spread([one.made / max(one.valid, 1) for one in reports], ".2f"),
        mean_spread([one.per_cpu_second for one in trials], ",.0f"),
    ]


def reasons_of(name: str, trials: Sequence[Trial]) -> str:
    """Why most of what was made was dropped, over all seeds."""
    dropped: Counter[str] = Counter()
    for one in trials:
        dropped.update(one.report.dropped)
    listed = ", ".join(
        f"{reason} {count:,}" for reason, count in dropped.most_common(_REASONS_SHOWN)
    )
    return f"- {name} dropped {dropped.total():,}: {listed or 'nothing'}"


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--proposals", type=int, help="asked of each with each seed")
    options.add_argument("--seeds", type=int, help="how many seeds")
    options.add_argument("--generators", nargs="+", choices=NAMES, default=NAMES)
    arguments: argparse.Namespace = options.parse_args()
    load = begin()
    count, repeats = (
        quick_or(arguments, "proposals", 100, 1000),
        quick_or(arguments, "seeds", 2, 20),
    )
    parents = [seed.smiles for seed in seeds()]
    rows, reasons = [], []
    for name in arguments.generators:
        generator = build(name)
        # What is loaded and compiled once is no part of the speed.
        generator.propose(parents, 10, seed=repeats)
        trials = [trial(generator, parents, count, seed) for seed in range(repeats)]
        rows.append(row_of(name, trials))
        reasons.append(reasons_of(name, trials))
    lines = [
        f"{count:,} acids asked of each generator with each of {repeats} seeds, from the "
        f"{len(parents)} shipped seed acids; mean (least to most over the seeds).",
        "",
        *table(
            [
                "generator",
                "proposed",
                "valid",
                "unique",
                "new",
                "allowed",
                "families",
                "likeness",
                "made for each",
                "a CPU second",
            ],
            rows,
        ),
        "",
        *reasons,
    ]
    publish(
        arguments,
        "materials-generators",
        "Generators of acids",
        lines,
        load=load,
        packages=("rdkit", "numpy"),
    )


if __name__ == "__main__":
    main()
