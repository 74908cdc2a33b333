"""Many texts as one array of bytes with classes, so that signals are array operations.

Texts lie behind one another, a newline after each; a run of one class therefore never crosses
from one document to the next. Multi-byte characters are rare in our languages and are classed by
fancy indexing on their lead bytes; everything else is one table look-up per byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
    Positions = NDArray[np.int64]

SPACE, LETTER, DIGIT, UPPER, VOWEL = 1, 2, 4, 8, 16


@dataclass(frozen=True)
class TextBytes:
    """UTF-8 of `documents` texts, each followed by a newline."""

    raw: Bytes
    folded: Bytes
    """`raw` with A-Z and À-Þ in lower case; lengths and positions stay."""
    classes: Bytes
    """Bits SPACE, LETTER, DIGIT, UPPER, VOWEL; all bytes of a character carry its bits, but for
    UPPER, which only the last byte carries, so that it can be counted."""
    starts: Positions
    """First byte of each document, and the end of the last as one more."""
    document_numbers: NDArray[np.int32]

    @property
    def documents(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def character_at(self) -> NDArray[np.int32]:
        """Characters before each byte position; one entry more than there are bytes."""
        import numpy as np

        counts = np.empty(len(self.raw) + 1, dtype=np.int32)
        counts[0] = 0
        np.cumsum((self.raw & 0xC0) != 0x80, dtype=np.int32, out=counts[1:])
        return counts

    def has(self, bits: int) -> Mask:
        """Which bytes carry any of `bits`."""
        return (self.classes & bits).astype(bool)

    def count(self, positions: Positions) -> Positions:
        """How many of the ascending byte `positions` lie in each document."""
        import numpy as np

        return np.diff(np.searchsorted(positions, self.starts))

    def sum(self, mask: Mask) -> Positions:
        """How many bytes of each document are marked; quicker than `count` for dense masks."""
        import numpy as np

        # Every document holds at least its newline, so no segment is empty.
        return np.add.reduceat(mask.view(np.uint8), self.starts[:-1], dtype=np.int64)

    def follows(self, positions: Positions, expected: bytes) -> Positions:
        """Those of `positions` at which the bytes `expected` stand."""
        for offset, byte in enumerate(expected):
            positions = positions[self.at(positions + offset) == byte]
        return positions

    def at(self, positions: Positions) -> Bytes:
        """Bytes at `positions`, of which those before or behind the text count as newlines."""
        import numpy as np

        # The last byte is a newline, and stands for those before the first, too.
        last = len(self.raw) - 1
        return self.raw[np.clip(positions, -1, last)] if len(positions) else self.raw[:0]


def text_bytes(texts: pl.Series) -> TextBytes:
    """The bytes and classes of `texts`; null counts as empty."""
    import numpy as np
    import polars as pl

    ended = (texts.fill_null("") + "\n").rename("text")
    array = ended.to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets_buffer, values = array.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)
    offsets = offsets[array.offset : array.offset + len(array) + 1]
    raw = np.frombuffer(values, dtype=np.uint8)[offsets[0] : offsets[-1]]
    classes, folded = _classified(raw)
    return TextBytes(
        raw, folded, classes, offsets - offsets[0], np.arange(len(texts), dtype=np.int32)
    )


def _classified(raw: Bytes) -> tuple[Bytes, Bytes]:
    import numpy as np

    class_of, lower_of = _tables()
    classes, folded = class_of[raw], lower_of[raw]
    leads = np.flatnonzero(raw >= 0xC0)
    first = raw[leads]
    second_at = leads[first < 0xE0] + 1
    two = leads[first < 0xE0]
    latin = two[raw[two] == 0xC3] + 1
    classes[second_at] = class_of[raw[two]]
    classes[latin], folded[latin] = _latin_class()[raw[latin]], _latin_lower()[raw[latin]]
    classes[latin - 1] |= classes[latin] & VOWEL
    symbols = two[raw[two] == 0xC2] + 1
    classes[symbols[raw[symbols] == 0xA0]] = SPACE
    classes[symbols[raw[symbols] == 0xA0] - 1] = SPACE
    dots = symbols[raw[symbols] == 0xB7]
    dots = dots[(dots > 1) & (dots + 1 < len(raw))]
    # The middle dot of l·l is part of its word; one that stands alone is a bullet.
    inside = dots[((classes[dots - 2] & classes[dots + 1]) & LETTER) > 0]
    classes[inside] = classes[inside - 1] = LETTER
    long = leads[first >= 0xE0]
    for offset in (1, 2):
        classes[long + offset] = class_of[raw[long]]
    longest = leads[first >= 0xF0]
    classes[longest + 3] = class_of[raw[longest]]
    return classes, folded


@lru_cache(maxsize=1)
def _tables() -> tuple[Bytes, Bytes]:
    """Class of each byte value standing alone or leading a character, and its lower case."""
    import numpy as np

    classes = np.zeros(256, dtype=np.uint8)
    lower = np.arange(256, dtype=np.uint8)
    for byte in b"\t\n\v\f\r ":
        classes[byte] = SPACE
    for byte in b"0123456789":
        classes[byte] = DIGIT
    for byte in b"abcdefghijklmnopqrstuvwxyz":
        vowel = VOWEL if byte in b"aeiou" else 0
        classes[byte] = LETTER | vowel
        classes[byte - 32] = LETTER | UPPER | vowel
        lower[byte - 32] = byte
    # Scripts beyond Latin count as letters; C2 (¡ ¿ « · º), E2 (quotes, dashes, signs),
    # EE and EF (private use, replacement) and F0 (emoji) do not.
    for lead in range(0xC3, 0xF0):
        classes[lead] = 0 if lead in (0xE2, 0xEE, 0xEF) else LETTER
    return classes, lower


@lru_cache(maxsize=1)
def _latin_class() -> Bytes:
    """Class of the second byte of À-ÿ, which follows C3."""
    import numpy as np

    classes = np.zeros(256, dtype=np.uint8)
    for byte in range(0x80, 0xC0):
        character = bytes((0xC3, byte)).decode()
        vowel = VOWEL if character.lower() in "àáâãäåèéêëìíîïòóôõöùúûü" else 0
        upper = UPPER if character.isupper() and character != "ß" else 0
        classes[byte] = (LETTER | vowel | upper) if character.isalpha() else LETTER
    return classes


@lru_cache(maxsize=1)
def _latin_lower() -> Bytes:
    import numpy as np

    lower = np.arange(256, dtype=np.uint8)
    for byte in range(0x80, 0x9F):
        if byte != 0x97:
            lower[byte] = byte + 0x20
    return lower
