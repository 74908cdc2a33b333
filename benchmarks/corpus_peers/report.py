"""What the legs of `benchmarks.corpus_engine` came to, in words and tables."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.corpus_peers.legs import Leg, Peer
from benchmarks.corpus_peers.sample import Sample
from benchmarks.figures import mebibytes, spread, table

STAGES = frozenset({"documents", "corpus"})
"""Names among the steps that stand for a stage in all."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one leg took."""

    sample: Sample
    seconds: float
    cpu_seconds: float
    """Of all its processes."""
    peak_bytes: int
    """Resident, all its processes."""
    written: int
    start_up: float = 0.0
    """Seconds that it takes for a handful of documents."""

    @property
    def rate(self) -> float:
        """Documents per second, start-up included."""
        return self.sample.documents / self.seconds

    @property
    def rate_without_start_up(self) -> float:
        """Documents per second of what comes after the start; not a number where that is next to
        nothing of the whole.
        """
        after = self.seconds - self.start_up
        return self.sample.documents / after if after > self.seconds / 10 else math.nan


def setting_lines(
    whole: Sample, slice_: Sample, legs: Sequence[tuple[Leg, Sample]], rounds: int
) -> list[str]:
    models = [leg for leg, _ in legs if isinstance(leg, Peer)]
    without = [leg.name for leg in models if leg.model is None]
    lines = [
        f"Real documents of the shared corpus in five languages, cut at 20,000 characters, and "
        f"near copies of one in twenty: {whole.documents:,} documents, {whole.size / 1e6:.1f} MB "
        f"for tertulia; {slice_.documents:,} documents, {slice_.size / 1e6:.1f} MB of them for "
        f"the peers. Thresholds let every document through the quality filters, so that each "
        f"signal is computed on each document; near-duplicates at a similarity of 0.8. "
        f"{rounds} round{'s' * (rounds > 1)}, medians (least to greatest), start-up included "
        "unless said.",
    ]
    if any(leg.name == "datatrove" for leg in models):
        lines.append(
            "- datatrove 0.10.1: lid.176.ftz, Gopher repetition and quality, C4 and FineWeb "
            "filters, MinHash of 14 bands of 8 (5-grams, no verification), Parquet. One spaCy "
            "tokenizer (Spanish) for all languages: the one it prefers for Galician is a neural "
            "network to be downloaded. Signatures are taken as documents pass, and its read "
            "buffer is raised to 1,000 lines."
        )
    if any(leg.name == "data-prep-kit" for leg in models):
        lines.append(
            "- data-prep-kit 1.1.8, pure Python runtime: lid.176.ftz, document quality, Gopher "
            "repetition, FineWeb, filter, fuzzy dedup (14 bands of 8), Parquet between steps. "
            "nltk's sentence model is replaced by an empty one, for want of a download. On two "
            "cores its signature step runs in one process: in its process pool the signatures "
            "are lost, without an error."
        )
    return [
        *lines,
        *(f"- {name}: no language model was there, the step is skipped." for name in without),
    ]


def table_lines(runs: dict[int, dict[str, list[Run]]]) -> list[str]:
    rows = []
    for cores, by_leg in runs.items():
        for name, legs in by_leg.items():
            sample = legs[0].sample
            rows.append(
                [
                    f"{name}, {cores} core{'s' * (cores > 1)}",
                    spread([run.rate for run in legs], ".1f"),
                    f"{statistics.median(run.rate_without_start_up for run in legs):,.1f}",
                    f"{statistics.median(sample.size / 1e6 / run.seconds for run in legs):.2f}",
                    f"{statistics.median(run.seconds for run in legs):.1f}",
                    f"{legs[0].start_up:.1f}",
                    f"{statistics.median(run.cpu_seconds for run in legs):.1f}",
                    mebibytes(max(run.peak_bytes for run in legs)),
                    f"{sample.documents:,}",
                    f"{legs[0].written:,}",
                ]
            )
    head = ["", "documents/s", "without start-up", "MB/s", "s", "start-up s", "processor s"]
    return table([*head, "peak memory", "read", "written"], rows)


def ratios_lines(runs: dict[int, dict[str, list[Run]]]) -> list[str]:
    lines = []
    for cores, by_leg in runs.items():
        ours = by_leg["tertulia"]
        for name, theirs in by_leg.items():
            if name == "tertulia":
                continue
            pairs = list(zip(ours, theirs, strict=True))
            whole = spread([a.rate / b.rate for a, b in pairs], ".1f")
            later = spread(
                [a.rate_without_start_up / b.rate_without_start_up for a, b in pairs], ".1f"
            )
            work = spread(
                [
                    (a.sample.documents / a.cpu_seconds) / (b.sample.documents / b.cpu_seconds)
                    for a, b in pairs
                ],
                ".1f",
            )
            lines.append(
                f"- **{whole} times {name}'s documents per second on {cores} "
                f"core{'s' * (cores > 1)}**; {later} without start-up; "
                f"{work} per second of processor."
            )
    return lines


def steps_lines(
    steps: dict[str, float], slowest: str, functions: dict[str, float], sample: Sample
) -> list[str]:
    """MB/s of each of our steps, and where the slowest one spends its time."""
    megabytes = sample.size / 1e6
    rows = [
        [
            name + (" stage, in all" if name in STAGES else ""),
            f"{seconds:.2f}",
            f"{megabytes / seconds:,.0f}" if seconds > 1e-3 else "-",
        ]
        for name, seconds in steps.items()
    ]
    named = ", ".join(f"`{name}` {seconds:.2f}" for name, seconds in functions.items())
    return [
        *table(["tertulia's steps, one process on one core", "s", "MB/s"], rows),
        "",
        f"The slowest, {slowest}, by its functions' own seconds (under a profiler): {named}.",
    ]
