"""Time and memory of training a tokenizer on 300 MB with two threads, in a process of its own.

python -m benchmarks.tokenizer_training DATA [--work DIR] [--vocabulary 65536] [--runs 3]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.process_watch import Watched, watch
from benchmarks.results_file import write_section
from benchmarks.tokenizer_build import write_corpus

_TEXT_BYTES = 300_000_000
_SCRIPT = """
import sys
from pathlib import Path
from tertulia.compute.machine import Machine
from tertulia.recipe.stages import TokenizerStage
from tertulia.store.draft import Draft
from tertulia.tokenizer.stage import run
corpus, folder, vocabulary, size = sys.argv[1:]
spec = TokenizerStage(
    languages=("es", "ca", "ca-valencia", "eu", "gl"), seed=0,
    tokenizer={"vocabulary": int(vocabulary), "sample_bytes": int(size)},
)
draft = Draft(path=Path(folder), scratch=Path(folder))
run(spec, {"corpus": Path(corpus)}, draft, Machine(name="benchmark", threads=2))
print(draft.counts)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--vocabulary", type=int, default=65_536)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.work) as name:
        folder = Path(name)
        write_corpus(arguments.data, folder / "corpus")
        share, size = _share(folder / "corpus", _TEXT_BYTES)
        runs = [_one(folder, arguments.vocabulary, share, n) for n in range(arguments.runs)]
    seconds = [run.seconds for run in runs]
    body = (
        f"## Training a tokenizer of {arguments.vocabulary:,} entries\n\n"
        f"The stage on {size / 1e6:.0f} MB of five languages, 2 threads, on a machine that others "
        f"used at the same time: median {statistics.median(seconds):.0f} s, worst "
        f"{max(seconds):.0f} s of {len(runs)} runs; at most "
        f"{max(run.peak_tree_bytes for run in runs) / 1e9:.2f} GB of memory. "
        "Bounds: 180 s, 4 GB."
    )
    print(body)
    write_section("tokenizer-training", body)


def _share(corpus: Path, whole: int) -> tuple[int, int]:
    """The `sample_bytes` at which all languages together give `whole` bytes, and what they give."""
    import polars as pl

    sizes = [
        int(pl.read_parquet(path, columns=["text"])["text"].str.len_bytes().sum())
        for path in sorted((corpus / "train").iterdir())
    ]
    share, left = whole, whole
    for rank, size in enumerate(sorted(sizes)):
        share = max(1, left // (len(sizes) - rank))
        left -= min(size, share)
    return share, sum(min(size, share) for size in sizes)


def _one(folder: Path, vocabulary: int, share: int, number: int) -> Watched:
    out = folder / f"out-{number}"
    out.mkdir()
    command = [
        sys.executable, "-c", _SCRIPT, str(folder / "corpus"), str(out), str(vocabulary), str(share)
    ]  # fmt: skip
    environment = {**os.environ, "POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "2"}
    return watch(command, folder=folder, environment=environment, log=folder / "log")


if __name__ == "__main__":
    main()
