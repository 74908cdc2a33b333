"""Hits in the top 5 % for 50 and 100 xTB calculations, by strategy of search, on a labelled pool.

    python -m benchmarks.materials_search [--quick] [--seeds 20] [--workers 2] [--pairs-seeds 20]
        [--pool FILE] [--labels FILE] [--strategies NAME,NAME ...]

Every label is known beforehand (benchmarks/materials_pool.py); a run sees those it has asked for.
Fixed before any label of the pool was known: a hit is one of the 5 % strongest acids (lowest
deprotonation energy) of all that were computed, connectivity checked; a run begins with 10 acids
drawn at random, the same for every strategy of a seed and counted as calculations; then batches of
5, each known before the next. The class-aware yardstick is `class-random` as its module defines
it. The ceiling is an oracle that hits with every calculation after the first 10. Graph-GA makes
children of its 20 best as it always does; each child stands for the nearest acid of the pool that
is still open. With two objectives (acidity and gap) the hypervolume of what was found is counted
as a share of the whole pool's, above `reference_point` of the whole pool. Settings of strategies
were chosen on other data (solubility, lipophilicity, experimental pKa), never on these labels.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.command_line import begin, parser, publish, quick_or
from benchmarks.figures import table
from benchmarks.materials_pool import LABELS, POOL, read_labels, read_pool
from tertulia.discover.generators.graph_ga import GraphGa
from tertulia.discover.properties.fingerprints import Thermometer
from tertulia.discover.properties.kernel import tanimoto
from tertulia.discover.search.choose import Evidence, choose
from tertulia.discover.search.pareto import hypervolume, pareto_front, reference_point

FloatArray = NDArray[np.float64]

INITIAL, BATCH, CALCULATIONS = 10, 5, (50, 100)
TOP = 0.05
GRAPH_GA = "graph-ga"
PARENTS, CHILDREN = 20, 20
LEARNING = ("greedy", "ucb", "thompson", "expected-hypervolume")
YARDSTICKS = ("random", "class-random", GRAPH_GA)
ONE_OBJECTIVE = (*YARDSTICKS, *LEARNING)
TWO_OBJECTIVES = ("random", "class-random", "expected-hypervolume")
_RESAMPLES = 10_000
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, eq=False)
class Pool:
    """Acids with a label, sorted by SMILES; `values` (n, 2): minus deprotonation, gap."""

    smiles: tuple[str, ...]
    values: FloatArray
    unlabelled: Counter[str]
    """Acids of the pool without a number, by reason."""

    @property
    def top(self) -> frozenset[int]:
        """Places of the strongest 5 %; equal ones in the order of SMILES."""
        many = round(TOP * len(self.smiles))
        return frozenset(np.argsort(-self.values[:, 0], kind="stable")[:many].tolist())


def read(pool: Path, labels: Path) -> Pool:
    """The acids of `pool` that `labels` has a number for."""
    acids = {row["anion"]: row["smiles"] for row in read_pool(pool)}
    unlabelled: Counter[str] = Counter()
    found: dict[str, tuple[float, float]] = {}
    for label in read_labels(labels):
        acid = acids.pop(label.anion, None)
        if acid is None:
            unlabelled["not in the pool"] += 1
        elif label.deprotonation is None or label.gap_ev is None or label.status != "done":
            unlabelled[label.reason or label.status] += 1
        else:
            found[acid] = (-label.deprotonation, label.gap_ev)
    unlabelled["not computed"] += len(acids)
    smiles = tuple(sorted(found))
    return Pool(smiles, np.array([found[one] for one in smiles]), +unlabelled)


def run(pool: Pool, objectives: int, strategy: str, seed: int, last: int) -> list[int]:
    """The acids in the order in which a strategy calculates them, at most `last`."""
    values = pool.values[:, :objectives]
    first = np.random.Generator(np.random.PCG64(seed)).permutation(len(pool.smiles))[:INITIAL]
    known = [int(place) for place in first]
    pick = _by_graph_ga if strategy == GRAPH_GA else partial(_by_strategy, strategy)
    while len(known) < min(last, len(pool.smiles)):
        evidence = Evidence(tuple(pool.smiles[one] for one in known), values[known])
        draw = int(np.random.SeedSequence([seed, len(known)]).generate_state(1)[0])
        known += pick(pool, evidence, min(BATCH, last - len(known)), draw)
    return known


def _by_strategy(strategy: str, pool: Pool, evidence: Evidence, count: int, seed: int) -> list[int]:
    return choose(strategy, pool.smiles, evidence, [], count, seed=seed)


def _by_graph_ga(pool: Pool, evidence: Evidence, count: int, seed: int) -> list[int]:
    """Children of the best, each replaced by the open acid of the pool that is most like it."""
    best = np.argsort(-evidence.values[:, 0], kind="stable")[:PARENTS]
    parents = [evidence.smiles[int(row)] for row in best]
    children = [one.smiles for one in GraphGa().propose(parents, CHILDREN, seed=seed)]
    taken = set(evidence.smiles)
    thermometer = _thermometer(pool.smiles)
    chosen: list[int] = []
    if children:
        likeness = tanimoto(thermometer.encode(children), thermometer.encode(pool.smiles))
        for row in likeness:
            nearest = np.argsort(-row, kind="stable")
            place = next(int(one) for one in nearest if pool.smiles[one] not in taken)
            taken.add(pool.smiles[place])
            chosen.append(place)
    left = count - len(chosen)
    if left > 0:  # Few children: the rest at random, as a GA would fill its generation.
        pending = [pool.smiles[place] for place in chosen]
        chosen += choose("random", pool.smiles, evidence, pending, left, seed=seed)
    return chosen[:count]


@cache
def _thermometer(smiles: tuple[str, ...]) -> Thermometer:
    return Thermometer(smiles)


@dataclass(frozen=True)
class Job:
    """One run; it can be sent to another process."""

    pool: Path
    labels: Path
    objectives: int
    strategy: str
    seed: int
    checkpoints: tuple[int, ...]


def figures(job: Job) -> tuple[list[float], float]:
    """Hits, or the share of the hypervolume, at each checkpoint, and CPU seconds."""
    pool = _kept(job.pool, job.labels)
    before = time.process_time()
    known = run(pool, job.objectives, job.strategy, job.seed, job.checkpoints[-1])
    spent = time.process_time() - before
    if job.objectives == 1:
        return [float(len(pool.top.intersection(known[:at]))) for at in job.checkpoints], spent
    reference = reference_point(pool.values)
    whole = hypervolume(pool.values, reference)
    parts = [hypervolume(pool.values[known[:at]], reference) / whole for at in job.checkpoints]
    return parts, spent


@cache
def _kept(pool: Path, labels: Path) -> Pool:
    return read(pool, labels)


Found = dict[str, tuple[FloatArray, float]]
"""By strategy (seeds, checkpoints), and CPU seconds of a run in the mean."""


def measure(jobs: Sequence[Job], workers: int) -> Found:
    """Every job, in processes of one thread each."""
    # Two threads for small matrices wait for each other: many times slower on a busy machine.
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
        told = list(processes.map(figures, jobs))
    found: Found = {}
    for name in dict.fromkeys(job.strategy for job in jobs):
        mine = [one for one, job in zip(told, jobs, strict=True) if job.strategy == name]
        found[name] = (np.array([one for one, _ in mine]), float(np.mean([s for _, s in mine])))
    return found


def ceiling(pool: Pool, seeds: int, checkpoints: Sequence[int]) -> FloatArray:
    """(seeds, checkpoints) hits of an oracle after the same first acids."""
    top = pool.top
    begun = [len(top.intersection(run(pool, 1, "random", seed, INITIAL))) for seed in range(seeds)]
    return np.array(
        [[min(len(top), at - INITIAL + hits) for at in checkpoints] for hits in begun], dtype=float
    )


def spread(values: FloatArray, digits: int) -> str:
    """Mean, its 95 % bootstrap interval over seeds, and the worst seed."""
    drawn = np.random.Generator(np.random.PCG64(0)).integers(
        len(values), size=(_RESAMPLES, len(values))
    )
    low, high = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
    return (
        f"{values.mean():.{digits}f} [{low:.{digits}f}, {high:.{digits}f}], "
        f"worst {values.min():.{digits}f}"
    )


def bounds(by_class: FloatArray, best: FloatArray) -> list[tuple[float, float]]:
    """At each checkpoint three times the class-aware mean, and 90 % of the ceiling's."""
    return [
        (3 * float(mine), 0.9 * float(most))
        for mine, most in zip(by_class.mean(axis=0), best.mean(axis=0), strict=True)
    ]


def hit_lines(pool: Pool, found: Found, best: FloatArray, checkpoints: Sequence[int]) -> list[str]:
    """The table of hits, and the bounds at each checkpoint."""
    many = len(pool.top)
    rows = [
        [name, *(_cell(values[:, at], many) for at in range(len(checkpoints))), f"{seconds:.1f}"]
        for name, (values, seconds) in found.items()
    ]
    rows.append(
        ["oracle's ceiling", *(_cell(best[:, at], many) for at in range(best.shape[1])), ""]
    )
    heads = ["strategy", *(f"hits at {at}" for at in checkpoints), "CPU s a run"]
    lines = [*table(heads, rows), ""]
    for at, (thrice, near) in enumerate(bounds(found["class-random"][0], best)):
        bound = min(thrice, near)
        reached = [
            f"{name} {'reaches it' if values[:, at].mean() >= bound else 'does not'}"
            f" ({values[:, at].mean():.1f})"
            for name, (values, _) in found.items()
            if name not in YARDSTICKS
        ]
        lines.append(
            f"- At {checkpoints[at]} calculations: 3 × class-random {thrice:.1f}, 90 % of the "
            f"ceiling {near:.1f}; the smaller, {bound:.1f}, is the bound: {'; '.join(reached)}."
        )
    return lines


def _cell(hits: FloatArray, many: int) -> str:
    return f"{spread(hits, 1)} (recall {100 * hits.mean() / many:.1f} %)"


def pair_lines(pool: Pool, found: Found, checkpoints: Sequence[int], seeds: int) -> list[str]:
    """The table of hypervolumes."""
    front = len(pareto_front(pool.values))
    rows = [
        [name, *(spread(values[:, at], 3) for at in range(len(checkpoints))), f"{seconds:.1f}"]
        for name, (values, seconds) in found.items()
    ]
    heads = ["strategy", *(f"hypervolume at {at}" for at in checkpoints), "CPU s a run"]
    words = (
        f"Two objectives, acidity and HOMO-LUMO gap: share of the pool's hypervolume ({front} "
        f"acids on its front), {seeds} seeds. `expected-hypervolume` is qLogNEHVI."
    )
    return ["", words, "", *table(heads, rows)]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--pool", type=Path, default=POOL)
    options.add_argument("--labels", type=Path, default=LABELS)
    options.add_argument("--seeds", type=int, help="runs of a strategy (default 20)")
    options.add_argument("--pairs-seeds", type=int, help="runs with two objectives (default 20)")
    options.add_argument("--workers", type=int, default=2, help="processes of one thread")
    options.add_argument("--strategies", default=",".join(ONE_OBJECTIVE))
    arguments: argparse.Namespace = options.parse_args()
    load = begin()
    seeds = quick_or(arguments, "seeds", 2, 20)
    pairs = quick_or(arguments, "pairs_seeds", 2, 20)
    checkpoints = (15, 20) if arguments.quick else CALCULATIONS
    names = ["class-random", *(n for n in arguments.strategies.split(",") if n != "class-random")]
    pool = read(arguments.pool, arguments.labels)

    def jobs(strategies: Sequence[str], objectives: int, count: int) -> list[Job]:
        where = (arguments.pool, arguments.labels, objectives)
        return [
            Job(*where, name, seed, checkpoints) for name in strategies for seed in range(count)
        ]

    hits = measure(jobs(names, 1, seeds), arguments.workers)
    pairs_found = measure(jobs(TWO_OBJECTIVES, 2, pairs), arguments.workers) if pairs else {}
    spent = sum(s * seeds for _, s in hits.values()) + sum(
        s * pairs for _, s in pairs_found.values()
    )
    missing = ", ".join(f"{count} {why}" for why, count in sorted(pool.unlabelled.items()))
    lines = [
        f"{len(pool.smiles):,} acids with a label; without: {missing or 'none'}. A hit is one of "
        f"the {len(pool.top)} strongest (5 %). {seeds} seeds; {INITIAL} random acids first, "
        f"counted; batches of {BATCH}. Mean, 95 % bootstrap interval over seeds, worst seed.",
        "",
        *hit_lines(pool, hits, ceiling(pool, seeds, checkpoints), checkpoints),
    ]
    if pairs_found:
        lines += pair_lines(pool, pairs_found, checkpoints, pairs)
    lines += ["", f"All runs took {spent / 60:.1f} CPU minutes."]
    publish(arguments, "materials-search", "Searching a pool of acids", lines, load=load)


if __name__ == "__main__":
    main()
