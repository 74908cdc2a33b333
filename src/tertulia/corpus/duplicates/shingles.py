"""Shingles: the set of a text's runs of n successive words, each as a 32-bit hash.

A text of fewer words than n is one shingle, the whole of it: it is a near-duplicate only of a text
that has the same words. A text without a word has no shingle and is like no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tertulia.corpus.duplicates.words import MULTIPLIER, Words, mix, words

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Shingles:
    """The shingle sets of D texts one after another."""

    hashes: NDArray[np.uint32]
    """[S], ascending and each once within a text."""
    sizes: NDArray[np.uint32]
    """[D], shingles of each text."""


def shingles(texts: pl.Series, shingle_words: int) -> Shingles:
    """The shingle set of each text.

    Two shingles of a text fall together by chance once in 2^32; a Jaccard similarity of two texts
    of s shingles is off by s / 2^32 of itself, which is below 0.001 up to texts of 20 MB.
    """
    import numpy as np

    found = words(texts)
    counts = np.diff(found.starts)
    hashes = _runs(found, counts, shingle_words)
    of_text = np.repeat(np.arange(len(counts), dtype=np.uint64), np.maximum(counts, 0))
    first = _first_words(found, counts, shingle_words)
    keys = (of_text[first] << np.uint64(32)) | hashes[first]
    keys.sort()
    once = np.ones(len(keys), dtype=bool)
    once[1:] = keys[1:] != keys[:-1]
    keys = keys[once]
    edges = np.arange(len(counts) + 1, dtype=np.uint64) << np.uint64(32)
    sizes = np.diff(np.searchsorted(keys, edges)).astype(np.uint32)
    return Shingles(hashes=keys.astype(np.uint32), sizes=sizes)


def jaccard(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> float:
    """Size of the intersection of two shingle sets over that of their union; 0 for empty ones."""
    import numpy as np

    common = len(np.intersect1d(first, second, assume_unique=True))
    union = len(first) + len(second) - common
    return common / union if union else 0.0


def _runs(found: Words, counts: NDArray[np.int64], n: int) -> NDArray[np.uint64]:
    """32-bit hash of the run of n words from each word on, of all words for a shorter text."""
    import numpy as np

    weights = _weights(n)
    total = len(found.hashes)
    sums = np.zeros(total, dtype=np.uint64)
    for place, weight in enumerate(weights[:total]):
        sums[: total - place] += found.hashes[place:] * weight
    short = np.flatnonzero((counts > 0) & (counts < n))
    begins = found.starts[:-1][short]
    sums[begins] = 0
    for place, weight in enumerate(weights[:-1]):
        has = counts[short] > place
        sums[begins[has]] += found.hashes[begins[has] + place] * weight
    return mix(sums) >> np.uint64(32)


def _first_words(found: Words, counts: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Which words begin a shingle of their text."""
    import numpy as np

    begin = np.ones(len(found.hashes), dtype=bool)
    ends = found.starts[1:]
    for back in range(1, n):
        begin[ends[counts >= back] - back] = False
    begin[found.starts[:-1][(counts > 0) & (counts < n)]] = True
    return begin


def _weights(n: int) -> NDArray[np.uint64]:
    """n odd 64-bit factors, so that the order of words counts."""
    import numpy as np

    steps = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(MULTIPLIER)
    return mix(steps) | np.uint64(1)
