"""Overlap of texts by word shingles: 64-bit hashes of runs of lower-cased words."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_WORD = re.compile(r"\w+")
_STEP = np.uint64(0x9E3779B97F4A7C15)
_CACHE: dict[str, int] = {}


def words_of(text: str) -> list[str]:
    """The words of `text`, lower-cased."""
    return _WORD.findall(text.lower())


def _word_hash(word: str) -> int:
    value = _CACHE.get(word)
    if value is None:
        raw = word.encode("utf-8")
        value = (zlib.crc32(raw) << 32 | zlib.crc32(raw, 0x5BD1E995)) & 0xFFFFFFFFFFFFFFFF
        _CACHE[word] = value
    return value


def shingles(text: str, width: int) -> Hashes:
    """One hash per run of `width` words, repeats included; empty for a shorter text."""
    words = words_of(text)
    count = len(words) - width + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    hashes = np.fromiter((_word_hash(word) for word in words), dtype=np.uint64, count=len(words))
    mixed = np.zeros(count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for offset in range(width):
            mixed = mixed * _STEP + hashes[offset : offset + count]
            mixed ^= mixed >> np.uint64(29)
    return mixed


def collect(texts: Iterable[str], width: int) -> Hashes:
    """The sorted distinct shingles of many texts."""
    pieces = [shingles(text, width) for text in texts]
    return np.unique(np.concatenate(pieces)) if pieces else np.empty(0, dtype=np.uint64)


def share_within(text: str, known: Hashes, width: int) -> float:
    """Part of the shingles of `text` that are in the sorted `known`; 0 for a text with none."""
    own = shingles(text, width)
    if not len(own) or not len(known):
        return 0.0
    places = np.minimum(np.searchsorted(known, own), len(known) - 1)
    return float(np.mean(known[places] == own))


def line_key(line: str) -> str:
    """What makes two lines the same line: their words."""
    return " ".join(words_of(line))
