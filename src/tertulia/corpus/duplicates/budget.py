"""How much memory and disk the search for near-duplicates takes, known before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.corpus.duplicates.signatures import bands_of
from tertulia.errors import DataError
from tertulia.recipe.duplicates_spec import DuplicatesSpec

BYTES_A_DOCUMENT = 27
"""Held throughout: rank 4, its inverse 4, place of the shingles 8, state 1, blocked 1, one
temporary of booleans 1, kept copy 4, similarity 4."""
_BYTES_AN_ENTRY = 96
"""At the peak of one range of one band: keys 8, ranks of both sides 16, and sizes, sums and
similarities of as many pairs, 8 each."""
_BYTES_A_SHINGLE = 48
"""At the peak of a batch that is verified: hashes 4, places 8, keys 8 of two sets, sorted."""
_PROCESS = 150_000_000
"""Interpreter, numpy and Polars."""
_LEAST_ENTRIES = 1 << 18
_MOST_ENTRIES = 1 << 24
_LEAST_SHINGLES = 1 << 20
_MOST_SHINGLES = 1 << 23
_TEXT_BYTES_A_WORD = 5
"""Rather few, so that the disk is rather over- than underestimated."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a search may take, and how it is cut to keep to it."""

    memory_bytes: int
    """Peak resident memory of the process, with what the caller said it holds beside."""
    disk_bytes: int
    """Most scratch at one time: signatures of all parts and the buckets."""
    ranges: int
    """Each band is gone through in so many ranges of its hashes."""
    batch_shingles: int
    """Shingles that are compared at a time."""


def announce(
    documents: int, text_bytes: int, spec: DuplicatesSpec, memory_bytes: int, *, beside: int = 0
) -> Budget:
    """The budget of a search among `documents` that keeps to `memory_bytes`.

    `beside` is what the caller holds meanwhile, such as the index. Raises DataError
    `corpus.too-little-memory` where the smallest ranges and batches do not fit, and what
    `bands_of` raises. It holds as long as no single bucket has more than its range's share: texts
    of which more than one in `ranges` begin alike in the same band take more.
    """
    bands = bands_of(spec)
    held = _PROCESS + beside + documents * BYTES_A_DOCUMENT
    least = _LEAST_ENTRIES * _BYTES_AN_ENTRY + _LEAST_SHINGLES * _BYTES_A_SHINGLE
    if held + least > memory_bytes:
        raise DataError(
            "corpus.too-little-memory",
            f"near-duplicates among {documents:,} documents take {(held + least) / 1e9:.2f} GB of "
            f"memory, and {memory_bytes / 1e9:.2f} GB are allowed",
            where="corpus.duplicates",
            remedy="Allow more memory in the machine profile, or set corpus.duplicates.near to 0",
        )
    free = memory_bytes - held
    batch = min(max(_LEAST_SHINGLES, free // 4 // _BYTES_A_SHINGLE), _MOST_SHINGLES)
    left = free - batch * _BYTES_A_SHINGLE
    entries = min(
        max(_LEAST_ENTRIES, free // 2 // _BYTES_AN_ENTRY),
        left // _BYTES_AN_ENTRY,
        _MOST_ENTRIES,
    )
    # Hashes spread unevenly over ranges: an eighth is kept in reserve.
    ranges = max(1, -(-documents * 9 // (8 * entries)))
    working = min(entries, documents) * _BYTES_AN_ENTRY + batch * _BYTES_A_SHINGLE
    signatures = 4 * (documents * (bands.count + 1) + text_bytes // _TEXT_BYTES_A_WORD)
    return Budget(
        memory_bytes=held + working,
        disk_bytes=signatures + 8 * bands.count * documents,
        ranges=ranges,
        batch_shingles=batch,
    )
