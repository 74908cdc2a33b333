"""Contamination: megabytes per second of one core, planted text found, what the corpora share.

python -m benchmarks.contamination

The index holds every text of the evaluation suites. Texts of the suites are planted, in capitals
and with other punctuation, in the middle of real documents that share nothing with any suite.
"""

from __future__ import annotations

import os

# One core is measured; the threads of Polars are set when it is imported.
os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import io
import json
import random
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import zstandard

from benchmarks.command_line import begin, parser, publish
from benchmarks.figures import spread, table
from tertulia.corpus.contamination.index import index_meta, prepare_index
from tertulia.corpus.contamination.step import NGRAMS, SHARE, SUITE, contamination
from tertulia.corpus.contamination.suites import index_files
from tertulia.corpus.step import Step

CORPUS = Path("../shared/data/corpus")
SUITES = Path("../shared/data/evaluation")
BATCH_BYTES = 8_000_000
CARRIER = "es/parlamint-es"
PLANTED = 200
"""Texts of each suite that are planted, drawn with a fixed seed."""
HEAD = ("source", "documents", "share a run", "more than 1 % of their words", "runs", "suites")


def main() -> None:
    arguments = parser(__doc__).parse_args()
    load = begin()
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        index = prepare_index([SUITES], Path(folder) / "index")
        seconds = time.process_time() - start
        step = contamination(index)
        step.apply(pl.DataFrame({"text": ["warm"]}))
        entries = sum(suite["ngrams"] for suite in index_meta(index)["suites"].values())
        rows, speeds = _sources(step)
        lines = [
            f"The index of {len(index_meta(index)['suites'])} suites, {entries:,} runs, is built "
            f"in {seconds:.1f} s. Counting takes one core {spread(speeds, '.1f')} MB/s of "
            f"processor time: median of {len(speeds)} batches (min to max).",
            "",
            *table(("suite", "texts planted", "found"), _planted(step)),
            "",
            "Sources that share runs of 13 words (or whole texts of 8 to 12) with a suite, of "
            f"{len(_files())}:",
            "",
            *table(HEAD, rows),
        ]
    publish(arguments, "contamination", "Evaluation text in the corpora", lines, load=load,
            packages=("polars", "numpy"))  # fmt: skip


def _files() -> list[Path]:
    return sorted(CORPUS.glob("*/*.jsonl.zst"))


def _batches(path: Path) -> Iterator[pl.DataFrame]:
    texts: list[str] = []
    size = 0
    with path.open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        for line in io.TextIOWrapper(reader, encoding="utf-8"):
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size >= BATCH_BYTES:
                yield pl.DataFrame({"text": texts})
                texts, size = [], 0
    if texts:
        yield pl.DataFrame({"text": texts})


def _sources(step: Step) -> tuple[list[tuple[str, ...]], list[float]]:
    """Rows of the table, and megabytes per second of processor time of each full batch."""
    rows, speeds = [], []
    for path in _files():
        counted = []
        for frame in _batches(path):
            size = int(frame["text"].str.len_bytes().sum())
            start = time.process_time()
            counted.append(step.apply(frame).select(NGRAMS, SHARE, SUITE))
            if size >= BATCH_BYTES:
                speeds.append(size / (time.process_time() - start) / 1e6)
        found = pl.concat(counted) if counted else None
        if found is None or not found[NGRAMS].sum():
            continue
        hit = found.filter(pl.col(NGRAMS) > 0)
        suites = hit[SUITE].value_counts().sort(["count", SUITE], descending=[True, False])
        rows.append(
            (
                f"{path.parent.name}/{path.name.removesuffix('.jsonl.zst')}",
                f"{len(found):,}",
                f"{len(hit):,}",
                f"{len(hit.filter(pl.col(SHARE) > 0.01)):,}",
                f"{hit[NGRAMS].sum():,}",
                ", ".join(f"{name} {count:,}" for name, count in suites.head(3).iter_rows()),
            )
        )
    return rows, speeds


def _planted(step: Step) -> list[tuple[str, ...]]:
    """Of each suite, how many disguised texts are found in documents that were clean before."""
    frame = next(_batches(CORPUS / f"{CARRIER}.jsonl.zst"))
    clean = step.apply(frame).filter(pl.col(NGRAMS) == 0)["text"].to_list()
    rows = []
    for suite, texts in index_files([SUITES]).items():
        long = sorted({text for text in texts if len(_WORD.findall(text)) >= 8})
        chosen = random.Random(0).sample(long, min(PLANTED, len(long)))
        documents = [
            f"{clean[at % len(clean)]}\n— {_disguised(text)} …\n{clean[(at + 1) % len(clean)]}"
            for at, text in enumerate(chosen)
        ]
        found = int((step.apply(pl.DataFrame({"text": documents}))[NGRAMS] > 0).sum())
        rows.append((suite, f"{len(chosen):,}", f"{found:,}"))
    return rows


_WORD = re.compile(r"[^\W_]+")


def _disguised(text: str) -> str:
    """The same words in capitals, with other punctuation and spacing between them."""
    marks = (" ", ", ", " · ", "\n", "; «", "’ ")
    words = _WORD.findall(text.upper())
    return "".join(word + marks[at % len(marks)] for at, word in enumerate(words))


if __name__ == "__main__":
    main()
