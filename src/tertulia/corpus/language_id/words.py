"""Texts as words, and a word as a 64-bit number, in array operations alone.

Letters are the lower-case letters of ISO 8859-1, which the Romance languages, Basque, English and
Latin are written in, and the middle dot of Catalan. An apostrophe ends a word and belongs to it:
`l'home` is `l'` and `home`.

The number of a word is the polynomial of its characters' codes modulo 2**64. With the running sum
of `code * BASE**position`, it is one subtraction and one product for each word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_TEXT = 20_000
"""Characters of a text that are looked at, from its beginning."""

_BASE = 0x9E3779B97F4A7C15
"""Odd, so that its powers have inverses modulo 2**64."""
_APOSTROPHE = 0x27
_MIDDLE_DOT = 0xB7
_OTHER_SCRIPT = 0x3F
"""What encoding puts for a character outside ISO 8859-1; real question marks are removed before."""
_BLANK = 0x20
_TYPOGRAPHIC = {0x2019: "'", 0x02BC: "'", 0x3F: " "}


@dataclass(frozen=True)
class Words:
    """The words of a batch of texts, in order.

    `buffer` uint8 [characters]; `begin`, `end` int64 [words] within it; `number` uint64 [words];
    `first` int64 [texts + 1], the words of text i being first[i] to first[i + 1];
    `letters`, `foreign` int64 [texts]: letters of words, and characters of other scripts.
    """

    buffer: NDArray[np.uint8]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    number: NDArray[np.uint64]
    first: NDArray[np.int64]
    letters: NDArray[np.int64]
    foreign: NDArray[np.int64]


def split_words(texts: Sequence[str]) -> Words:
    """The words of each of `texts`."""
    import numpy as np

    buffer, bounds = _characters(texts)
    letter = buffer >= 0x61
    inside = letter | (buffer == _APOSTROPHE)
    opens = letter.copy()
    opens[1:] &= ~inside[:-1] | (buffer[:-1] == _APOSTROPHE)
    begin = np.flatnonzero(opens)
    closes = inside.copy()
    closes[:-1] &= ~inside[1:] | (buffer[:-1] == _APOSTROPHE)
    # An apostrophe that follows no letter closes nothing.
    closes[1:] &= letter[1:] | letter[:-1]
    closes[0] &= letter[0]
    end = np.flatnonzero(closes) + 1
    sums = _running(np.cumsum(letter & (buffer != _MIDDLE_DOT)))
    strangers = _running(np.cumsum(buffer == _OTHER_SCRIPT))
    return Words(
        buffer=buffer,
        begin=begin,
        end=end,
        number=word_numbers(buffer, begin, end),
        first=np.searchsorted(begin, bounds),
        letters=np.diff(sums[bounds]),
        foreign=np.diff(strangers[bounds]),
    )


def word_numbers(
    buffer: NDArray[np.uint8], begin: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """uint64 [words]: the number of buffer[begin:end] for each word, wherever it stands."""
    import numpy as np

    powers, inverses = _powers(1 << max(18, int(buffer.size).bit_length()))
    sums = np.zeros(buffer.size + 1, dtype=np.uint64)
    np.cumsum(character_codes()[buffer] * powers[: buffer.size], out=sums[1:])
    return (sums[end] - sums[begin]) * inverses[begin]


@cache
def character_codes() -> NDArray[np.uint64]:
    """uint64 [256]: a well-mixed odd number for each byte (splitmix64)."""
    import numpy as np

    state = np.arange(1, 257, dtype=np.uint64) * np.uint64(_BASE)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (state ^ (state >> np.uint64(31))) | np.uint64(1)


def _characters(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """One byte for each character with a blank after each text, and where each text begins."""
    import numpy as np

    texts = [text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] for text in texts]
    joined = " ".join([*texts, ""])
    if not joined.isascii() and not unicodedata.is_normalized("NFC", joined):
        texts = [unicodedata.normalize("NFC", text) for text in texts]
        joined = " ".join([*texts, ""])
    bounds = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1, out=bounds[1:])
    for character, stand_in in _TYPOGRAPHIC.items():
        joined = joined.replace(chr(character), stand_in)
    raw = joined.encode("latin-1", "replace").translate(_alphabet())
    return np.frombuffer(raw or b" ", dtype=np.uint8), bounds


def _running(sums: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    return np.concatenate([np.zeros(1, dtype=np.int64), sums])


@cache
def _alphabet() -> bytes:
    """Letters to lower case; apostrophe, middle dot and the stand-in kept; all else blank."""
    table = bytearray([_BLANK]) * 256
    for byte in range(256):
        character = chr(byte).lower()
        # The ordinal signs are letters to Unicode and none to a reader; a letter is from 0x61 on.
        if character.isalpha() and character not in "ªº" and ord(character) < 256:
            table[byte] = ord(character)
    for byte in (_APOSTROPHE, _MIDDLE_DOT, _OTHER_SCRIPT):
        table[byte] = byte
    return bytes(table)


@cache
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """uint64 [size] each: the powers of the base modulo 2**64, and their inverses."""
    import numpy as np

    found = []
    for base in (_BASE, pow(_BASE, -1, 1 << 64)):
        factors = np.full(size, base, dtype=np.uint64)
        factors[0] = 1
        found.append(np.multiply.accumulate(factors))
    return found[0], found[1]
