"""A word as the character n-grams it is made of, each as a row of the table of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.corpus.language_id.words import character_codes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZES = (1, 2, 3, 4, 5)
"""Characters of an n-gram; a word stands between two boundary marks. The whole word comes too."""
LONGEST_WORD = 40
"""Characters; what follows in a longer one is not looked at."""

_FACTOR = 0xD6E8FEB86659FD93
_BOUNDARY = 0x01


def gram_rows(
    buffer: NDArray[np.uint8],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    bits: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the n-grams of every word, word after word, and where each word's rows begin.

    The table has 2**`bits` rows. The second array is int64 [words].
    """
    import numpy as np

    length = np.minimum(end - begin, LONGEST_WORD)
    # The longest n-gram may not fit in a lone short word: room is made behind, and never used.
    room = np.zeros(max(SIZES), dtype=np.uint64)
    code = np.concatenate([character_codes()[_bounded(buffer, begin, length)], room])
    per_word = [np.maximum(length + 2 - size + 1, 0) - (2 if size == 1 else 0) for size in SIZES]
    counts = np.stack([*per_word, np.ones_like(length)], axis=1)
    ends = np.cumsum(counts.ravel()).reshape(counts.shape)
    starts = ends - counts
    rows = np.empty(int(ends[-1, -1]) if ends.size else 0, dtype=np.int64)
    place = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(length + 2)])
    value = np.zeros(code.size, dtype=np.uint64)
    for column, size in enumerate(SIZES):
        value[: code.size - size + 1] *= np.uint64(_FACTOR)
        value[: code.size - size + 1] += code[size - 1 :]
        inner = 1 if size == 1 else 0
        at = _ranges(place[:-1] + inner, counts[:, column])
        to = _ranges(starts[:, column], counts[:, column])
        rows[to] = _row(value[at], size, bits)
    rows[starts[:, -1]] = _row(_whole(code[: place[-1]], place), 0, bits)
    return rows, starts[:, 0]


def _bounded(
    buffer: NDArray[np.uint8], begin: NDArray[np.int64], length: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """The words one after another, each between two boundary marks."""
    import numpy as np

    place = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(length + 2)])
    bounded = np.full(int(place[-1]), _BOUNDARY, dtype=np.uint8)
    bounded[_ranges(place[:-1] + 1, length)] = buffer[_ranges(begin, length)]
    return bounded


def _ranges(start: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """start[0], start[0] + 1, … count[0] of them, then those of start[1], and so on."""
    import numpy as np

    before = np.cumsum(count) - count
    return np.repeat(start - before, count) + np.arange(int(count.sum()), dtype=np.int64)


def _whole(code: NDArray[np.uint64], place: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A number for each whole word: its codes weighted by their position in it."""
    import numpy as np

    offset = np.arange(code.size, dtype=np.int64) - np.repeat(place[:-1], np.diff(place))
    powers = np.full(LONGEST_WORD + 2, _FACTOR, dtype=np.uint64)
    sums = np.cumsum(code * np.multiply.accumulate(powers)[offset])
    return np.diff(np.concatenate([np.zeros(1, dtype=np.uint64), sums])[place])


def _row(value: NDArray[np.uint64], salt: int, bits: int) -> NDArray[np.int64]:
    import numpy as np

    mixed = (value + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)
