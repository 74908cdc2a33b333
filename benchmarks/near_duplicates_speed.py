"""How fast texts become MinHash signatures: ours, rensa, datasketch, datatrove.

python -m benchmarks.near_duplicates_speed CORPUS [--datatrove PYTHON]

CPU time of one thread, from text to signature, words and shingles included, on the documents of
`near_duplicates`; the peers that work in Python on every fiftieth or so of them. `--datatrove` is
the Python of an environment that has datatrove and spaCy.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.figures import table
from benchmarks.near_duplicates import WORD, Sample, sample_of
from benchmarks.results_file import write_section
from tertulia.corpus.duplicates.shingles import shingles
from tertulia.corpus.duplicates.signatures import bands_of, signatures
from tertulia.recipe.duplicates_spec import DuplicatesSpec

ROUNDS = 3
FEW = 300
"""Documents for the slow ones."""
SPEC = DuplicatesSpec()
N = SPEC.shingle_words
COUNT = bands_of(SPEC).count * bands_of(SPEC).rows

_DATATROVE = """
import json, sys, time
import xxhash
import datatrove.utils.hashes.xxhash as hashing
# datatrove 0.10.1 hands strings to xxhash, which xxhash 4 refuses.
hashing.xxhash64 = lambda data: xxhash.xxh64_intdigest(data.encode())
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.utils.hashing import HashConfig
texts, n, bands, rows, rounds = json.load(sys.stdin)
config = MinhashConfig(
    hash_config=HashConfig(precision=64), n_grams=n, num_buckets=bands, hashes_per_bucket=rows
)
step = MinhashDedupSignature(output_folder=sys.argv[1], config=config, language="es")
times = []
for _ in range(rounds):
    begin = time.process_time()
    for text in texts:
        found = step.get_shingles(text)
        if found.size:
            step.get_signature(found)
    times.append(time.process_time() - begin)
print(json.dumps(times))
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--datatrove", type=Path)
    arguments = parser.parse_args()
    sample = sample_of(arguments.corpus, "documents")
    rows = _rows(sample, arguments.datatrove)
    lines = [
        "## From texts to MinHash signatures",
        "",
        f"{COUNT} permutations, shingles of {N} words, {len(sample.texts):,} documents (peers in "
        f"Python: some {FEW} of them); CPU time of one thread, median of {ROUNDS} "
        "(slowest to fastest).",
        "",
        *table(["", "MB/s per core"], rows),
        "",
        "- Command: `python -m benchmarks.near_duplicates_speed CORPUS --datatrove PYTHON`; the "
        "machine was shared.",
    ]
    print("\n".join(lines))
    write_section("near-duplicates-speed", "\n".join(lines))


def _rows(sample: Sample, datatrove: Path | None) -> list[list[str]]:
    texts = pl.Series(sample.texts)
    size = int(texts.str.len_bytes().sum()) / 1e6
    few = sample.texts[:: max(1, len(sample.texts) // FEW)]
    few_size = sum(len(text.encode()) for text in few) / 1e6
    rows = [
        ["ours", _speed(size, _times(lambda: _ours(texts)))],
        ["ours with rensa for the hashing", _speed(size, _times(lambda: _ours_by_rensa(texts)))],
        ["rensa, words by a regular expression", _speed(few_size, _times(lambda: _rensa(few)))],
        ["datasketch, likewise", _speed(few_size, _times(lambda: _datasketch(few)))],
    ]
    if datatrove:
        rows.append(["datatrove (spaCy's words)", _speed(few_size, _by_datatrove(few, datatrove))])
    return rows


def _times(work: Callable[[], None]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return times


def _speed(size: float, times: Sequence[float]) -> str:
    slow, *_, fast = speeds = sorted(size / taken for taken in times)
    return f"{speeds[len(speeds) // 2]:,.1f} ({slow:,.1f} to {fast:,.1f})"


def _ours(texts: pl.Series) -> None:
    for batch in texts.to_frame("t").iter_slices(2000):
        signatures(shingles(batch["t"], N), COUNT)


def _ours_by_rensa(texts: pl.Series) -> None:
    from rensa import RMinHash

    for batch in texts.to_frame("t").iter_slices(2000):
        sets = shingles(batch["t"], N)
        offsets = np.concatenate([[0], np.cumsum(sets.sizes)]).astype(np.uint64)
        hashes = sets.hashes.astype(np.uint64)
        RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, COUNT, 1)


def _runs(text: str) -> list[str]:
    words = WORD.findall(text.lower())
    return [" ".join(words[at : at + N]) for at in range(max(1, len(words) - N + 1))]


def _rensa(texts: Sequence[str]) -> None:
    from rensa import RMinHash

    for text in texts:
        minhash = RMinHash(COUNT, 1)
        minhash.update(_runs(text))
        minhash.digest()


def _datasketch(texts: Sequence[str]) -> None:
    from datasketch import MinHash

    for text in texts:
        MinHash(num_perm=COUNT).update_batch([run.encode() for run in _runs(text)])


def _by_datatrove(texts: Sequence[str], python: Path) -> list[float]:
    bands = bands_of(SPEC)
    done = subprocess.run(
        [str(python), "-c", _DATATROVE, os.devnull],
        input=json.dumps([list(texts), N, bands.count, bands.rows, ROUNDS]),
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    times: list[float] = json.loads(done.stdout.splitlines()[-1])
    return times


if __name__ == "__main__":
    main()
