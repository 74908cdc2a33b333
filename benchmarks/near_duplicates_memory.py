"""Memory, disk and time of deduplicating 10 GB of text with 4 GB of memory.

python -m benchmarks.near_duplicates_memory CORPUS SCRATCH [--gigabytes 10] [--memory 4]

Documents of CORPUS (folders of .jsonl.zst) are repeated until there are so many bytes, each time
with other words put in the place of some (shares drawn from `NOISE`, seeded). One process reads
the parts, writes signatures, drops equal texts, then nearly equal ones; it is watched from
outside. What lies in SCRATCH is deleted afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import zstandard

from benchmarks.figures import table
from benchmarks.process_watch import watch
from benchmarks.results_file import write_section

NOISE = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1)
PART_BYTES = 16_000_000


def main() -> None:
    arguments = _arguments()
    parts = arguments.scratch / "parts"
    parts.mkdir(parents=True)
    try:
        size = _write_parts(arguments.corpus, parts, int(arguments.gigabytes * 1e9))
        command = [sys.executable, "-m", "benchmarks.near_duplicates_memory", "--work"]
        command += [str(arguments.scratch), str(int(arguments.memory * 1e9))]
        one_thread = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS"), "1")
        watched = watch(
            command,
            folder=Path.cwd(),
            environment={**os.environ, **one_thread},
            log=arguments.scratch / "log",
        )
        found = json.loads((arguments.scratch / "found.json").read_text(encoding="utf-8"))
    finally:
        shutil.rmtree(arguments.scratch)
    text = _section(arguments, size, watched.peak_tree_bytes, watched.seconds, found)
    print(text)
    write_section("near-duplicates-memory", text)


def _arguments() -> argparse.Namespace:
    if sys.argv[1:2] == ["--work"]:
        _deduplicate(Path(sys.argv[2]), int(sys.argv[3]))
        sys.exit(0)
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--gigabytes", type=float, default=10)
    parser.add_argument("--memory", type=float, default=4)
    return parser.parse_args()


def _write_parts(corpus: Path, folder: Path, wanted: int) -> int:
    """Writes part files with a column `text`; returns their bytes of text."""
    texts: list[str] = []
    written = size = number = 0
    for text in _documents(corpus):
        texts.append(text)
        size += len(text.encode())
        if size >= PART_BYTES or written + size >= wanted:
            frame = pl.DataFrame({"text": texts})
            frame.write_parquet(folder / f"{number:06}.parquet", compression_level=1)
            written, number, size = written + size, number + 1, 0
            texts.clear()
        if written >= wanted:
            break
    return written


def _documents(corpus: Path) -> Iterator[str]:
    """The corpus again and again, each time with other noise."""
    lots = random.Random(17)
    noise = [f"soroll{number}" for number in range(5000)]
    while True:
        for path in sorted(corpus.glob("*/*.jsonl.zst")):
            with zstandard.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    yield _noisy(json.loads(line)["text"], lots, noise)


def _noisy(text: str, lots: random.Random, noise: list[str]) -> str:
    """`text` with a share of its words replaced: the word after each of some places."""
    changes = int(lots.choice(NOISE) * len(text) / 6 + lots.random())
    if not changes:
        return text
    pieces, at = [], 0
    for place in sorted(int(lots.random() * len(text)) for _ in range(changes)):
        begin = text.find(" ", max(place, at)) + 1
        end = text.find(" ", begin) if begin else -1
        if end < 0:
            break
        pieces += [text[at:begin], noise[int(lots.random() * len(noise))]]
        at = end
    return "".join([*pieces, text[at:]])


def _deduplicate(scratch: Path, memory_bytes: int) -> None:
    """What is measured: reading, signatures, index, equal texts, near-duplicates."""
    import numpy as np

    from tertulia.corpus.duplicates import choose
    from tertulia.corpus.duplicates.budget import announce
    from tertulia.corpus.duplicates.near import near_duplicates
    from tertulia.corpus.duplicates.signatures import write_signatures
    from tertulia.corpus.index import text_keys
    from tertulia.recipe.duplicates_spec import DuplicatesSpec

    spec, clock, times = DuplicatesSpec(), time.process_time(), {}
    signatures = scratch / "signatures"
    signatures.mkdir()
    paths = sorted((scratch / "parts").glob("*.parquet"))
    rows, text_bytes, written = [], 0, 0
    for part, path in enumerate(paths):
        texts = pl.read_parquet(path, memory_map=False)["text"]
        begin = time.process_time()
        written += write_signatures(texts, spec, signatures, part)
        times["signatures"] = times.get("signatures", 0.0) + time.process_time() - begin
        begin = time.process_time()
        rows.append(_index(texts, text_keys(texts)))
        times["hashes of texts"] = times.get("hashes of texts", 0.0) + time.process_time() - begin
        text_bytes += int(texts.str.len_bytes().sum())
    index = pl.concat(rows, rechunk=True)
    del rows, texts
    begin = time.process_time()
    choice = choose.order_of_preference(index)
    choose.exact_duplicates(index, choice)
    times["equal texts"] = time.process_time() - begin
    begin = time.process_time()
    signing_peak = _peak_since_last_asked()
    held = index.estimated_size() + 9 * len(index)
    budget = announce(len(index), text_bytes, spec, memory_bytes, beside=int(held))
    ranks = choice.ranks_left()
    near = near_duplicates(signatures, len(paths), ranks, spec, budget, scratch / "buckets")
    choose.drop_near(near.clusters, choice)
    times["near-duplicates"] = time.process_time() - begin
    found = {
        "documents": len(index),
        "bytes": text_bytes,
        "left": int(np.count_nonzero(choice.step == 0)),
        "equal": int(np.count_nonzero(choice.step == 2)),
        "near": len(near.clusters),
        "rounds": near.rounds,
        "compared": near.compared,
        "unsettled": near.unsettled,
        "signing_peak": signing_peak,
        "search_peak": _peak_since_last_asked(),
        "announced_memory": budget.memory_bytes,
        "announced_disk": budget.disk_bytes,
        "signature_bytes": written,
        "ranges": budget.ranges,
        "times": {**times, "all": time.process_time() - clock},
    }
    (scratch / "found.json").write_text(json.dumps(found), encoding="utf-8")


def _peak_since_last_asked() -> int:
    """Resident bytes at the most of this process, counted anew from now on; Linux only."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return int(peak.split()[1]) * 1024


def _index(texts: pl.Series, keys: Any) -> pl.DataFrame:
    """The columns of the index that the choice needs, all documents alike but for their text."""
    return pl.DataFrame({"key_hi": keys[:, 0], "key_lo": keys[:, 1]}).with_columns(
        pl.lit(0, pl.UInt8).alias("split"),
        pl.lit(0, pl.UInt8).alias("licence"),
        pl.lit(0.0, pl.Float32).alias("quality"),
    )


def _section(
    arguments: argparse.Namespace, size: int, peak: int, seconds: float, found: dict[str, Any]
) -> str:
    times = found["times"]
    rows = [
        [name, f"{took:,.0f}", f"{found['bytes'] / 1e6 / took:,.0f}"]
        for name, took in times.items()
    ]
    lines = [
        f"## {size / 1e9:.1f} GB of text freed of near-duplicates",
        "",
        f"{found['documents']:,} documents (shared corpus repeated with noise); allowed "
        f"{arguments.memory:g} GB, announced {found['announced_memory'] / 1e9:.2f} GB and "
        f"{found['announced_disk'] / 1e9:.1f} GB of disk, **peak {peak / 1e9:.2f} GB** "
        f"(resident, all processes; {found['signing_peak'] / 1e9:.2f} GB until the signatures are "
        f"written, {found['search_peak'] / 1e9:.2f} GB in the search that was announced). "
        f"{found['equal']:,} equal and {found['near']:,} "
        f"near-duplicates dropped, {found['left']:,} left; {found['compared']:,} pairs compared "
        f"exactly in {found['rounds']} rounds, {found['unsettled']:,} documents unsettled. "
        f"Signatures took {found['signature_bytes'] / 1e9:.1f} GB.",
        "",
        *table(["one process, one thread", "seconds of CPU", "MB/s per core"], rows),
        "",
        f"- Command: `python -m benchmarks.near_duplicates_memory CORPUS SCRATCH --gigabytes "
        f"{arguments.gigabytes:g} --memory {arguments.memory:g}`; {seconds:,.0f} s in all, one "
        "run; the machine was shared with other work.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
