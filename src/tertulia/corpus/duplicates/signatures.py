"""MinHash signatures cut into bands: texts with a band in common may be near-duplicates.

Two texts of Jaccard similarity s share a band of r rows with probability s^r (Broder 1997), and
at least one of b bands with 1 - (1 - s^r)^b. Candidates are verified exactly afterwards, so bands
may be short: what they cost is time, never precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.corpus.duplicates.shingles import Shingles, shingles
from tertulia.corpus.duplicates.words import MULTIPLIER, mix
from tertulia.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from tertulia.recipe.duplicates_spec import DuplicatesSpec

RECALL = 0.97
"""Least share of pairs at exactly the threshold that meet in a band."""
_MOST_ROWS = 16
_BLOCK = 1 << 15
"""Shingles hashed at a time, so that they stay in the processor's cache."""


@dataclass(frozen=True)
class Bands:
    """How a signature is cut: `count` bands of `rows` hashes."""

    count: int
    rows: int

    def recall(self, similarity: float) -> float:
        """The probability that two texts of this similarity meet in a band."""
        return float(1 - (1 - similarity**self.rows) ** self.count)


def bands_of(spec: DuplicatesSpec) -> Bands:
    """The longest bands within `spec.permutations` whose recall at the threshold is `RECALL`.

    Raises DataError `corpus.too-few-permutations` where not even bands of one row have it.
    """
    assert spec.threshold is not None, "near-duplicates are off"
    for rows in range(_MOST_ROWS, 0, -1):
        bands = Bands(count=spec.permutations // rows, rows=rows)
        if bands.count and bands.recall(spec.threshold) >= RECALL:
            return bands
    raise DataError(
        "corpus.too-few-permutations",
        f"{spec.permutations} permutations do not find near-duplicates at {spec.threshold}",
        where="corpus.duplicates.permutations",
        remedy="Raise it, or raise corpus.duplicates.near",
    )


def signatures(sets: Shingles, permutations: int) -> NDArray[np.uint32]:
    """[D, permutations]: the least hash of each text's shingles under each hash function.

    The hash functions are x -> a (x xor b) mod 2^32 with odd a: bijections of already mixed x, for
    every machine and version the same. A text without shingles has the greatest value in all.
    """
    import numpy as np

    factors, masks = _hash_functions(permutations)
    sizes = sets.sizes.astype(np.int64)
    result = np.full((len(sizes), permutations), 0xFFFFFFFF, dtype=np.uint32)
    filled = np.flatnonzero(sizes)
    ends = np.cumsum(sizes[filled])
    at = 0
    while at < len(filled):
        base = int(ends[at - 1]) if at else 0
        stop = max(at + 1, int(np.searchsorted(ends, base + _BLOCK, side="right")))
        block = sets.hashes[base : int(ends[stop - 1])]
        edges = ends[at:stop] - sizes[filled[at:stop]] - base
        least = np.empty((permutations, stop - at), dtype=np.uint32)
        for row in range(permutations):
            np.minimum.reduceat((block ^ masks[row]) * factors[row], edges, out=least[row])
        result[filled[at:stop]] = least.T
        at = stop
    return result


def band_hashes(minima: NDArray[np.uint32], bands: Bands) -> NDArray[np.uint32]:
    """[bands, D]: each band of [D, permutations] as 32 bits.

    Unequal bands fall together once in 2^32: a candidate more, which is verified like any other.
    """
    import numpy as np

    result = np.empty((bands.count, len(minima)), dtype=np.uint32)
    for band in range(bands.count):
        mixed = np.full(len(minima), band, dtype=np.uint64)
        for row in range(band * bands.rows, (band + 1) * bands.rows):
            mixed = mix((mixed + np.uint64(MULTIPLIER)) ^ minima[:, row])
        result[band] = (mixed >> np.uint64(32)).astype(np.uint32)
    return result


def write_signatures(texts: pl.Series, spec: DuplicatesSpec, folder: Path, part: int) -> int:
    """Writes what the search for near-duplicates needs of one part; returns its bytes.

    Three files of little-endian uint32 per part NNNNNN, a text in the order of `texts`:
    `.bands` [bands, D], `.sizes` [D], `.shingles` (the sets one after another).
    """
    bands = bands_of(spec)
    sets = shingles(texts, spec.shingle_words)
    minima = signatures(sets, bands.count * bands.rows)
    written = 0
    for kind, values in (
        ("bands", band_hashes(minima, bands)),
        ("sizes", sets.sizes),
        ("shingles", sets.hashes),
    ):
        values.astype("<u4", copy=False).tofile(signature_file(folder, part, kind))
        written += values.nbytes
    return written


def signature_file(folder: Path, part: int, kind: str) -> Path:
    """The file of a part with its `bands`, `sizes` or `shingles`."""
    return folder / f"{part:06}.{kind}"


@lru_cache(maxsize=4)
def _hash_functions(count: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    import numpy as np

    drawn = mix(np.arange(1, count + 1, dtype=np.uint64) * np.uint64(MULTIPLIER))
    return (drawn >> np.uint64(32)).astype(np.uint32) | np.uint32(1), drawn.astype(np.uint32)
