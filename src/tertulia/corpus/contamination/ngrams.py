"""Words of many texts as 64-bit hashes, and runs of n of them, without a loop over words.

A word is a longest run of letters, marks and digits, in lower case: punctuation, apostrophes, the
l·l's point and spacing do not count. A hash is a polynomial over 64-bit values of bytes (or of
words), computed for all of them at once as differences of prefix sums.

Shapes: T texts, B bytes, W words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

NORMALISATION = 1
"""Version of what a word and its hash are; an index of another one cannot be used."""

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

_CHUNK = 1 << 18
"""Bytes hashed at a time: the arrays of one chunk stay in the processor's cache."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
_BASE_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_NGRAM_BASE = np.uint64(0xD6E8FEB86659FD93)
_BEYOND_ASCII = r"[^\p{L}\p{M}\p{N}\x00-\x7f]+"
"""What is no part of a word, beyond ASCII: within it, a table of bytes is five times as fast."""


@dataclass(frozen=True)
class Words:
    """[W] hashes of words, and for each of T texts where its words begin; `starts` is [T + 1]."""

    hashes: Hashes
    starts: Places


def words_of(texts: pl.Series) -> Words:
    """The words of each text, in order; a null text has none. Texts are in Unicode NFC."""
    import polars as pl

    spaced = (
        texts.fill_null("")
        .to_frame("text")
        # A space at the end keeps the last word apart from the next text's first.
        .select(pl.col("text").str.to_lowercase().str.replace_all(_BEYOND_ASCII, " ") + " ")
    )["text"]
    array = spaced.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = array.buffers()
    begins = np.frombuffer(offsets, dtype=np.int64)[array.offset :][: len(spaced) + 1]
    joined = np.frombuffer(data, dtype=np.uint8)[: begins[-1]] if data else np.empty(0, np.uint8)
    hashed = list(_hashed(joined))
    hashes = np.concatenate([h for h, _ in hashed]) if hashed else np.empty(0, np.uint64)
    places = np.concatenate([p for _, p in hashed]) if hashed else np.empty(0, np.int64)
    return Words(hashes, np.searchsorted(places, begins).astype(np.int64))


def _hashed(data: NDArray[np.uint8]) -> Iterator[tuple[Hashes, Places]]:
    """(hashes, where they begin) of the words of `data`, chunk by chunk."""
    at = 0
    while at < len(data):
        stop = min(at + _CHUNK, len(data))
        if stop < len(data):
            gaps = np.flatnonzero(~_word_bytes()[data[at:stop]])
            # A word longer than a chunk is cut: nothing in any language is.
            stop = at + int(gaps[-1]) + 1 if len(gaps) else stop
        yield _hash_chunk(data[at:stop], at)
        at = stop


def _hash_chunk(data: NDArray[np.uint8], offset: int) -> tuple[Hashes, Places]:
    values, powers, inverses = _tables()
    inside = np.zeros(len(data) + 2, dtype=bool)
    np.take(_word_bytes(), data, out=inside[1:-1])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    begins, ends = edges[::2], edges[1::2]
    sums = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum(values[data] * powers[: len(data)], out=sums[1:])
    raw = (sums[ends] - sums[begins]) * inverses[begins]
    return mixed(raw + (ends - begins).astype(np.uint64)), begins + offset


def runs(words: Words, lengths: Collection[int]) -> Iterator[tuple[int, Hashes, Places]]:
    """(n, hashes, first word) of the runs of n words within one text, for each n of `lengths`.

    n is part of the hash, so that runs of several lengths may share an index.
    """
    total = words.hashes.copy()
    # How many words are left in the text from each word on, itself counted.
    left = np.repeat(words.starts[1:], np.diff(words.starts)) - np.arange(len(total))
    for n in range(1, max(lengths, default=0) + 1):
        if n > 1:
            total = total[:-1]
            total *= _NGRAM_BASE
            total += words.hashes[n - 1 :]
        if n > len(words.hashes):
            return
        if n in lengths:
            first = np.flatnonzero(left[: len(total)] >= n)
            yield n, mixed(total[first] + np.uint64(n)), first


def mixed(values: Hashes) -> Hashes:
    """Every bit of a value spread over all bits of the result (the finaliser of MurmurHash3)."""
    values = values ^ (values >> np.uint64(33))
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


@lru_cache(maxsize=1)
def _word_bytes() -> NDArray[np.bool_]:
    """[256] which bytes are part of a word, once `_BEYOND_ASCII` is gone."""
    return np.array([byte >= 0x80 or chr(byte).isalnum() for byte in range(256)])


@lru_cache(maxsize=1)
def _tables() -> tuple[Hashes, Hashes, Hashes]:
    """Values of the 256 bytes, powers of the base, powers of its inverse modulo 2**64."""
    values = mixed(np.arange(1, 257, dtype=np.uint64) * _BASE)
    steps = [np.full(_CHUNK + 1, base, dtype=np.uint64) for base in (_BASE, _BASE_INVERSE)]
    for step in steps:
        step[0] = 1
    powers, inverses = (np.cumprod(step, dtype=np.uint64) for step in steps)
    return values, powers, inverses
