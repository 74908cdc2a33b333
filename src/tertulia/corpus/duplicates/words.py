"""The words of a batch of texts as 64-bit hashes, without a loop over texts or words.

A word is a run of letters and digits in the lower-cased UTF-8: the bytes of ASCII letters and
digits and of everything above ASCII but U+0080-U+00BF (« » ¿ ¡ · º ª ...), U+2000-U+2BFF (quotes,
dashes, ellipsis, symbols) and U+3000-U+303F. So `l·l` and `l'home` are two words each, and
accents count. A run longer than 64 bytes is cut into words of 64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

_LONGEST_WORD = 64
_CHUNK = 8
"""Bytes of a word that are hashed at a time: one 64-bit load."""

_TWO_BYTE_SIGNS = 0xC2
_THREE_BYTE_SIGNS = 0xE2
_LAST_OF_SIGNS = 0xAF
_CJK_SIGNS = (0xE3, 0x80)

MULTIPLIER = 0x9E3779B97F4A7C15
"""2^64 / golden ratio, odd: the increment of the SplitMix64 generator."""


@dataclass(frozen=True)
class Words:
    """The words of D texts one after another."""

    hashes: NDArray[np.uint64]
    """[W]"""
    starts: NDArray[np.int64]
    """[D + 1]: text `d` has the words from `starts[d]` up to `starts[d + 1]`."""
    sizes: NDArray[np.int64]
    """[W], UTF-8 bytes of each word."""


def words(texts: pl.Series) -> Words:
    """The words of each text; a null counts as an empty text."""
    import numpy as np

    data, offsets = _utf8(texts)
    begins, ends = _spans(data, offsets)
    return Words(
        hashes=_hashes(data, begins, ends),
        starts=np.searchsorted(begins, offsets).astype(np.int64),
        sizes=ends - begins,
    )


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each value through the finaliser of SplitMix64 (Steele, Lea, Flood 2014), in place."""
    import numpy as np

    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        values ^= values >> np.uint64(shift)
        values *= np.uint64(factor)
    values ^= values >> np.uint64(31)
    return values


def _utf8(texts: pl.Series) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All lower-cased texts as one run of bytes, 8 zeros after it, and where each begins."""
    import numpy as np
    import polars as pl

    lowered = texts.fill_null("").str.to_lowercase().rechunk()
    array = lowered.to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offset_buffer, data_buffer = array.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)[array.offset :][: len(array) + 1]
    first, last = (int(offsets[0]), int(offsets[-1])) if len(array) else (0, 0)
    data = np.zeros(last - first + _CHUNK, dtype=np.uint8)
    if last > first:
        data[:-_CHUNK] = np.frombuffer(data_buffer, dtype=np.uint8)[first:last]
    return data, offsets - first if len(array) else np.zeros(1, dtype=np.int64)


def _spans(
    data: NDArray[np.uint8], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each word begins and ends; none goes from one text into the next."""
    import numpy as np

    letter = (data >= 0x80) | ((data >= 0x61) & (data <= 0x7A)) | ((data >= 0x30) & (data <= 0x39))
    signs = np.flatnonzero(data == _TWO_BYTE_SIGNS)
    letter[signs] = letter[signs + 1] = False
    for lead, low, high in (
        (_THREE_BYTE_SIGNS, 0x80, _LAST_OF_SIGNS),
        (_CJK_SIGNS[0], _CJK_SIGNS[1], _CJK_SIGNS[1]),
    ):
        signs = np.flatnonzero(data == lead)
        second = data[signs + 1]
        signs = signs[(second >= low) & (second <= high)]
        letter[signs] = letter[signs + 1] = letter[signs + 2] = False
    before = np.zeros_like(letter)
    before[1:] = letter[:-1]
    before[offsets] = False
    after = np.zeros_like(letter)
    after[:-1] = letter[1:]
    after[offsets[1:] - 1] = False
    begins = np.flatnonzero(letter & ~before)
    ends = np.flatnonzero(letter & ~after) + 1
    return _cut(begins, ends)


def _cut(
    begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Words longer than the longest in pieces."""
    import numpy as np

    lengths = ends - begins
    if not len(lengths) or lengths.max() <= _LONGEST_WORD:
        return begins, ends
    pieces = -(-lengths // _LONGEST_WORD)
    firsts = np.repeat(np.cumsum(pieces) - pieces, pieces)
    inside = (np.arange(len(firsts)) - firsts) * _LONGEST_WORD
    cut = np.repeat(begins, pieces) + inside
    return cut, np.minimum(cut + _LONGEST_WORD, np.repeat(ends, pieces))


def _hashes(
    data: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """A 64-bit hash of each word's bytes, eight at a time."""
    import numpy as np

    # A 64-bit load at every byte: unaligned, which numpy copes with.
    loads = np.lib.stride_tricks.as_strided(
        data[:_CHUNK].view("<u8"), shape=(len(data) - _CHUNK + 1,), strides=(1,)
    )
    lengths = ends - begins
    low_bytes = np.array([(1 << (8 * n)) - 1 for n in range(_CHUNK + 1)], dtype=np.uint64)
    hashes: NDArray[np.uint64] = loads[begins] & low_bytes[np.minimum(lengths, _CHUNK)]
    mix(hashes)
    longer = np.flatnonzero(lengths > _CHUNK)
    done = _CHUNK
    while len(longer):
        left = lengths[longer] - done
        chunk = loads[begins[longer] + done] & low_bytes[np.minimum(left, _CHUNK)]
        hashes[longer] = mix((hashes[longer] + np.uint64(MULTIPLIER)) ^ chunk)
        done += _CHUNK
        longer = longer[left > _CHUNK]
    return hashes
