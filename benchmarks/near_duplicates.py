"""Recall and precision of near-duplicates against exact Jaccard similarity of all pairs.

python -m benchmarks.near_duplicates CORPUS

The oracle is written apart from the product: words by a regular expression, shingles as tuples
numbered by a dictionary, all pairs by a sparse matrix product. Equal texts are taken out first.
Two samples, fixed before anything was tuned: the first documents of each source in `SAMPLES`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import zstandard

from benchmarks.figures import table
from benchmarks.results_file import write_section
from tertulia.corpus.duplicates.buckets import write_buckets
from tertulia.corpus.duplicates.budget import announce
from tertulia.corpus.duplicates.near import near_duplicates
from tertulia.corpus.duplicates.signatures import bands_of, write_signatures
from tertulia.corpus.duplicates.verify import ShingleSets
from tertulia.recipe.duplicates_spec import DuplicatesSpec

SAMPLES = {
    "documents": (
        6000,
        (
            "ca/legalize-ad_andorra-law", "es/legalize-ar_argentina-law",
            "es/legalize-pe_peru-law", "es/legalize-uy_uruguay-law", "ca/libreoffice-help",
            "gl/libreoffice-help", "es/kde-docs", "ca/kde-docs", "ca-valencia/kde-docs",
            "es/gimp-help", "ca/gimp-help", "es/gnome-mate-help", "ca/gnome-mate-help",
            "gl/gnome-mate-help", "es/manpages-es", "es/php-manual-es", "es/debian-ddtp",
            "gl/obradoiro-dixital-galego", "ca/parlamint-es-ct", "es/tldr-pages", "ca/tldr-pages",
        ),
    ),
    "sentences": (
        20_000,
        (
            "es/debian-ui-sentences", "ca/debian-ui-sentences", "ca-valencia/debian-ui-sentences",
            "eu/debian-ui-sentences", "gl/debian-ui-sentences", "ca-valencia/pilar_valencian",
            "ca/pilar_balearic-boib", "ca/softcatala_ca-text-corpus", "ca/temu-bsc_cc0-sentences",
        ),
    ),
}  # fmt: skip
EDGES = (0.8, 0.85, 0.9, 0.95, 1.0)
WORD = re.compile("[^\\W_\u0080-\u00bf\u2000-\u2bff\u3000-\u303f]+")


@dataclass
class Sample:
    """Texts, all different, and the index of the source of each."""

    texts: list[str]
    source: Any
    sources: Sequence[str]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    corpus = parser.parse_args().corpus
    spec = DuplicatesSpec()
    bands = bands_of(spec)
    lines = [
        "## Near-duplicates against exact Jaccard similarity of all pairs",
        "",
        f"Shingles of {spec.shingle_words} words, threshold {spec.near}, {bands.count} bands of "
        f"{bands.rows} rows (expected recall at the threshold {bands.recall(0.8):.3f}). Equal "
        "texts are taken out before. A pair is found where it shares a band and its verified "
        "similarity is enough; a document is found where exact greedy choice over the oracle's "
        "pairs drops it too.",
        "",
    ]
    for name in SAMPLES:
        lines += _measured(name, sample_of(corpus, name), spec)
    lines += [
        "- Command: `python -m benchmarks.near_duplicates CORPUS`; the machine was shared.",
    ]
    text = "\n".join(lines)
    print(text)
    write_section("near-duplicates", text)


def sample_of(corpus: Path, name: str) -> Sample:
    """The sample of that name in `SAMPLES`."""
    most, sources = SAMPLES[name]
    texts: dict[str, int] = {}
    for number, source in enumerate(sources):
        path = corpus / f"{source}.jsonl.zst"
        with zstandard.open(path, "rt", encoding="utf-8") as rows:
            for row, _ in zip(rows, range(most), strict=False):
                texts.setdefault(json.loads(row)["text"], number)
    return Sample(list(texts), np.array(list(texts.values())), sources)


def _oracle(texts: Sequence[str], n: int, threshold: float) -> pl.DataFrame:
    """All pairs a < b of at least that similarity: columns a, b, similarity."""
    from scipy.sparse import csr_array

    numbers: dict[tuple[str, ...], int] = {}
    indices: list[int] = []
    starts = [0]
    for text in texts:
        words = WORD.findall(text.lower())
        runs = {tuple(words[at : at + n]) for at in range(max(1, len(words) - n + 1))} - {()}
        indices += [numbers.setdefault(run, len(numbers)) for run in runs]
        starts.append(len(indices))
    ones = np.ones(len(indices), dtype=np.int32)
    sets = csr_array((ones, indices, starts), shape=(len(texts), len(numbers)))
    sizes = np.diff(starts)
    found = []
    for low in range(0, len(texts), 500):
        common = (sets[low : low + 500] @ sets.T).tocoo()
        a, b = common.row.astype(np.int64) + low, common.col.astype(np.int64)
        similarity = common.data / (sizes[a] + sizes[b] - common.data)
        wanted = (a < b) & (similarity >= threshold)
        found.append(
            pl.DataFrame({"a": a[wanted], "b": b[wanted], "similarity": similarity[wanted]})
        )
    return pl.concat(found).sort("a", "b")


def _greedy(pairs: pl.DataFrame, documents: int) -> set[int]:
    """Who is dropped where each document, in order, is dropped for a kept one it is similar to."""
    better: dict[int, list[int]] = {}
    for a, b in pairs.select("a", "b").iter_rows():
        better.setdefault(b, []).append(a)
    dropped: set[int] = set()
    for document in range(documents):
        if any(other not in dropped for other in better.get(document, ())):
            dropped.add(document)
    return dropped


def _measured(name: str, sample: Sample, spec: DuplicatesSpec) -> list[str]:
    assert spec.threshold
    texts, documents = pl.Series(sample.texts), len(sample.texts)
    exact = _oracle(sample.texts, spec.shingle_words, spec.threshold)
    with tempfile.TemporaryDirectory() as folder:
        signed = Path(folder) / "signatures"
        signed.mkdir()
        write_signatures(texts, spec, signed, 0)
        met = _met(signed, documents, spec)
        budget = announce(documents, 0, spec, 2_000_000_000)
        ranks = np.arange(documents, dtype=np.uint32)
        near = near_duplicates(signed, 1, ranks, spec, budget, Path(folder) / "buckets")
    found = exact.join(met, on=["a", "b"], how="left").with_columns(pl.col("met").fill_null(False))
    # Precision over all candidate pairs that the product's own similarity lets pass.
    passed = met.filter(pl.col("similarity") >= spec.threshold)
    right = passed.join(exact, on=["a", "b"], how="semi")
    wanted = _greedy(exact, documents)
    dropped = set(near.clusters["document"].to_list())
    kept_pairs = {(k, d) for d, k in near.clusters.select("document", "kept").iter_rows()}
    true_pairs = set(exact.select("a", "b").iter_rows())
    rows = []
    for low, high in zip(EDGES, (*EDGES[1:], 2.0), strict=True):
        part = found.filter((pl.col("similarity") >= low) & (pl.col("similarity") < high))
        label = "1 (other case, punctuation)" if low == 1.0 else f"{low} to below {high}"
        rows.append([label, f"{len(part):,}", _share(part["met"])])
    rows.append(["all", f"{len(found):,}", _share(found["met"])])
    below = found.filter(pl.col("similarity") < 1)
    rows.append(["all below 1", f"{len(below):,}", _share(below["met"])])
    worst, worst_of, worst_recall = _worst(sample, found)
    caught, lost = len(wanted & dropped), len(wanted - dropped)
    verified = len(kept_pairs & true_pairs) / max(1, len(kept_pairs))
    return [
        f"### {name.capitalize()}: {documents:,} of {len(sample.sources)} sources",
        "",
        *table(["exact similarity", "pairs", "recall"], rows),
        "",
        f"Precision of pairs {len(right) / max(1, len(passed)):.4f} of {len(passed):,}. Dropped "
        f"{len(dropped):,} documents; exact greedy choice drops {len(wanted):,}: {caught:,} the "
        f"same (recall {caught / max(1, caught + lost):.4f}, precision "
        f"{caught / max(1, len(dropped)):.4f}). {verified:.4f} of the dropped are exactly similar "
        f"enough to the document they were dropped for. Worst source with 20 pairs or more: "
        f"{worst}, recall {worst_recall} of {worst_of:,}. {near.compared:,} pairs compared, "
        f"{near.rounds} rounds, {near.unsettled} unsettled.",
        "",
    ]


def _met(signed: Path, documents: int, spec: DuplicatesSpec) -> pl.DataFrame:
    """All pairs a < b that share a band, with the similarity that the product computes."""
    sets = ShingleSets(signed, 1, 1 << 22)
    ranks = sets.ranked(np.arange(documents, dtype=np.uint32))
    met = []
    for path in write_buckets(signed, ranks, sets.part_starts, bands_of(spec).count, 1, signed):
        keys = np.fromfile(path, dtype=np.uint64)
        frame = pl.DataFrame({"hash": keys >> np.uint64(32), "rank": keys & np.uint64(0xFFFFFFFF)})
        pairs = frame.join(frame, on="hash").filter(pl.col("rank") < pl.col("rank_right"))
        met.append(
            pairs.select(a=pl.col("rank").cast(pl.Int64), b=pl.col("rank_right").cast(pl.Int64))
        )
    pairs = pl.concat(met).unique().sort("a", "b")
    similarity = sets.similarities(
        pairs["a"].to_numpy().astype(np.uint32), pairs["b"].to_numpy().astype(np.uint32), 0.0
    )
    return pairs.with_columns(pl.Series("similarity", similarity), met=pl.lit(True)).drop_nulls()


def _worst(sample: Sample, found: pl.DataFrame) -> tuple[str, int, str]:
    named = found.with_columns(pl.Series("source", sample.source[found["b"].to_numpy()]))
    groups = named.group_by("source").agg(pl.len().alias("pairs"), pl.col("met").mean())
    groups = groups.filter(pl.col("pairs") >= 20).sort("met", "source")
    number, pairs, recall = groups.row(0)
    return sample.sources[number], pairs, f"{recall:.4f}"


def _share(met: pl.Series) -> str:
    return f"{met.mean():.4f}" if len(met) else "none"


if __name__ == "__main__":
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    main()
