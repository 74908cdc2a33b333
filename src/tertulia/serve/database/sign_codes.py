"""One bit for each number of a vector: its sign. What differs in few bits points the same way.

A first, cheap look over all chunks; the vectors themselves decide among the nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tertulia.inference.embedder import Vectors
from tertulia.serve.database.postings import BLOCK_BITS

Codes = NDArray[np.uint64]


@dataclass(frozen=True)
class CodeBlock:
    """The codes of a collection's chunks in one block."""

    version: int
    chunks: NDArray[np.int64]
    codes: Codes
    """(words of 64 bits, chunks): counting along rows is several times as fast."""


def sign_codes(vectors: Vectors) -> Codes:
    """Codes (N, words of 64 bits) of vectors (N, width)."""
    bits = np.packbits(vectors > 0, axis=1)
    padded = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view("<u8").astype(np.uint64)


def code_block(version: int, block: int, offsets: bytes, codes: bytes) -> CodeBlock:
    """A block as it is stored: places in the block in 16 bits, codes in 64."""
    places = np.frombuffer(offsets, dtype="<u2").astype(np.int64)
    stored = np.frombuffer(codes, dtype="<u8").reshape(len(places), -1).T
    return CodeBlock(version, (block << BLOCK_BITS) + places, np.ascontiguousarray(stored))


def nearest_chunks(
    blocks: Sequence[CodeBlock], code: Codes, hidden: Sequence[tuple[int, int]], count: int
) -> list[int]:
    """The `count` chunks whose codes differ least from `code`; among equals the oldest.

    `hidden` are runs of chunks (first, count) that are passed over.
    """
    if not blocks:
        return []
    differing = np.concatenate([_differing(block.codes, code) for block in blocks])
    chunks = np.concatenate([block.chunks for block in blocks])
    if hidden:
        seen = ~_inside(chunks, hidden)
        differing, chunks = differing[seen], chunks[seen]
    if len(chunks) > count:
        # Distances are few whole numbers: counting them is faster than sorting.
        farthest = int(np.searchsorted(np.cumsum(np.bincount(differing)), count))
        near = np.flatnonzero(differing <= farthest)
        differing, chunks = differing[near], chunks[near]
    order = np.lexsort((chunks, differing))[:count]
    return [int(chunk) for chunk in chunks[order]]


def _differing(codes: Codes, code: Codes) -> NDArray[np.uint16]:
    total = np.zeros(codes.shape[1], dtype=np.uint16)
    for row, word in zip(codes, code, strict=True):
        total += np.bitwise_count(row ^ word)
    return total


def _inside(chunks: NDArray[np.int64], runs: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    lowest, highest = int(chunks.min()), int(chunks.max())
    marked = np.zeros(highest - lowest + 1, dtype=np.bool_)
    for first, count in runs:
        marked[max(first - lowest, 0) : max(first + count - lowest, 0)] = True
    return marked[chunks - lowest]
