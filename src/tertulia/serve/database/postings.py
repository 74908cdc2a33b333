"""Where each word stands: numbers of 32 bits, and BM25 over them.

Chunks are numbered through and cut into blocks of 4096. A word's entry for a chunk holds the
chunk's place in its block (12 bits), how often the word occurs (8 bits, in halves) and how many
words the chunk has (12 bits); a row of the table holds the entries of one word in one block.
BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK_BITS = 12
BLOCK_CHUNKS = 1 << BLOCK_BITS
HALF = 2
"""Occurrences are counted in halves, so that a heading's word can weigh one and a half."""

_MOST_OCCURRENCES = (1 << 8) - 1
_MOST_WORDS = (1 << 12) - 1
_K1 = 1.2
_B = 0.4

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Posting:
    """A row of the table: the entries of one word in one block."""

    word: str
    block: int
    entries: bytes


@dataclass(frozen=True)
class Statistics:
    """What BM25 knows of the chunks that are searched together."""

    chunks: int
    words: int
    """Of all chunks together."""
    chunks_with: Mapping[str, int]

    def rarity(self, word: str) -> float:
        """The inverse document frequency, never negative."""
        found = self.chunks_with.get(word, 0)
        return float(np.log1p((self.chunks - found + 0.5) / (found + 0.5)))


def entry(chunk: int, halves: int, words: int) -> int:
    """A word that occurs `halves` / 2 times in a chunk of so many words."""
    place = chunk & (BLOCK_CHUNKS - 1)
    return place << 20 | min(halves, _MOST_OCCURRENCES) << 12 | min(words, _MOST_WORDS)


def entry_bytes(entries: Iterable[int]) -> bytes:
    """Entries as they are stored."""
    return np.fromiter(entries, dtype="<u4").tobytes()


def without_chunks(entries: bytes, block: int, first: int, count: int) -> bytes:
    """Entries of a block but for those of the chunks from `first` on."""
    found = np.frombuffer(entries, dtype="<u4")
    chunks = (block << BLOCK_BITS) + (found >> 20).astype(np.int64)
    return found[(chunks < first) | (chunks >= first + count)].tobytes()


def best_chunks(
    postings: Sequence[Posting],
    weights: Mapping[str, float],
    statistics: Statistics,
    hidden: Sequence[tuple[int, int]],
    limit: int,
) -> list[tuple[int, float]]:
    """Chunks and their BM25, the best first and among equals the oldest.

    `hidden` are runs of chunks (first, count) that are passed over.
    """
    blocks = np.unique(np.array([posting.block for posting in postings], dtype=np.int64))
    scores = np.zeros(len(blocks) << BLOCK_BITS)
    by_word: dict[str, list[Posting]] = {}
    for posting in postings:
        by_word.setdefault(posting.word, []).append(posting)
    average = statistics.words / max(statistics.chunks, 1)
    # In the order of the words, so that sums of floats come out the same everywhere.
    for word in sorted(by_word):
        rows = by_word[word]
        entries = np.frombuffer(b"".join(row.entries for row in rows), dtype="<u4")
        starts = np.searchsorted(blocks, [row.block for row in rows]) << BLOCK_BITS
        places = np.repeat(starts, [len(row.entries) // 4 for row in rows]) + (entries >> 20)
        often = ((entries >> 12) & _MOST_OCCURRENCES) / HALF
        longer = _K1 * (1 - _B + _B * (entries & _MOST_WORDS) / average)
        rarity = weights[word] * statistics.rarity(word)
        scores[places] += rarity * (_K1 + 1) * often / (often + longer)
    for first, count in hidden:
        _hide(scores, blocks, first, count)
    return _best(scores, blocks, limit)


def _hide(scores: NDArray[np.float64], blocks: Numbers, first: int, count: int) -> None:
    for block in range(first >> BLOCK_BITS, ((first + count - 1) >> BLOCK_BITS) + 1):
        at = int(np.searchsorted(blocks, block))
        if at < len(blocks) and blocks[at] == block:
            start = at << BLOCK_BITS
            base = block << BLOCK_BITS
            begin, end = max(first - base, 0), min(first + count - base, BLOCK_CHUNKS)
            scores[start + begin : start + end] = 0


def _best(scores: NDArray[np.float64], blocks: Numbers, limit: int) -> list[tuple[int, float]]:
    # The best of each 64 neighbours: the limit-th of those is a bound that is found fast.
    highest = scores.reshape(-1, 64).max(axis=1)
    bound = np.partition(highest, -limit)[-limit] if limit < len(highest) else 0.0
    found = np.flatnonzero(scores >= bound if bound > 0 else scores)
    chunks = (blocks[found >> BLOCK_BITS] << BLOCK_BITS) + (found & (BLOCK_CHUNKS - 1))
    order = np.lexsort((chunks, -scores[found]))[:limit]
    return [(int(chunks[at]), float(scores[found][at])) for at in order]
