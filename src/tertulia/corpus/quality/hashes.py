"""64-bit hashes of spans and n-grams by prefix sums, and look-up of known ones.

A byte at position p adds `value(byte) * B^p` (mod 2^64) to a running sum; the difference of two
sums times `B^-start` depends on the span's bytes alone. B is odd, hence invertible. Byte values
are fixed random 64-bit numbers, so the low bits of the powers do no harm; a multiply-xor at the
end spreads what is left. The constants are part of the step's version, not of the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tertulia.corpus.quality.spans import terms
from tertulia.corpus.quality.text_bytes import text_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tertulia.corpus.quality.spans import Spans
    from tertulia.corpus.quality.text_bytes import TextBytes

    Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_GRAM_BASE = 0xD6E8FEB86659FD93
_MIX = 0xBF58476D1CE4E5B9
_MODULUS = 1 << 64
_SLOT_BITS = 16


class SpanHashes:
    """Hashes of any spans of one text, from one running sum over its bytes."""

    def __init__(self, text: TextBytes) -> None:
        import numpy as np

        powers, self._inverse = _powers(_rounded(len(text.folded)))
        values = _byte_values()[text.folded]
        values *= powers[: len(values)]
        self._total = np.zeros(len(values) + 1, dtype=np.uint64)
        np.cumsum(values, out=self._total[1:])

    def of(self, spans: Spans) -> Hashes:
        """A hash of the case-folded bytes of each span."""
        difference = self._total[spans.ends] - self._total[spans.starts]
        return mixed(difference * self._inverse[spans.starts])


def mixed(hashes: Hashes) -> Hashes:
    """Spreads every bit over all others (a bijection)."""
    import numpy as np

    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(_MIX)
    return hashes ^ (hashes >> np.uint64(31))


def longer_grams(shorter: Hashes, single: Hashes) -> Hashes:
    """Hashes of all (n+1)-grams, from those of all n-grams and of the single terms."""
    import numpy as np

    return shorter[:-1] * np.uint64(_GRAM_BASE) + single[len(single) - len(shorter) + 1 :]


@dataclass(frozen=True)
class Lexicon:
    """Known hashes with a bit mask each, in a table without collisions among themselves."""

    multiplier: int
    keys: Hashes
    masks: NDArray[np.uint32]

    def look_up(self, hashes: Hashes) -> NDArray[np.uint32]:
        """The mask of each hash, 0 for one that is not known."""
        import numpy as np

        slots = (hashes * np.uint64(self.multiplier)) >> np.uint64(64 - _SLOT_BITS)
        return np.where(self.keys[slots] == hashes, self.masks[slots], np.uint32(0))


def lexicon(masks: dict[str, int]) -> Lexicon:
    """Looks up terms, or phrases of equally many terms, by their hashes; mask bits 0 to 31."""
    import numpy as np

    hashes = phrase_hashes(list(masks))
    slots_of = 1 << _SLOT_BITS
    keys, table = np.zeros(slots_of, dtype=np.uint64), np.zeros(slots_of, dtype=np.uint32)
    for attempt in range(100_000):
        multiplier = (_BASE * (2 * attempt + 1)) % _MODULUS | 1
        slots = (hashes * np.uint64(multiplier)) >> np.uint64(64 - _SLOT_BITS)
        if len(np.unique(slots)) == len(slots):
            break
    else:
        raise AssertionError("no multiplier keeps the words apart: too many for the table")
    keys[slots] = hashes
    table[slots] = np.fromiter(masks.values(), dtype=np.uint32, count=len(masks))
    return Lexicon(multiplier, keys, table)


def phrase_hashes(phrases: list[str]) -> Hashes:
    """The n-gram hash of each phrase, n being the number of its terms."""
    import numpy as np
    import polars as pl

    spans = terms(text_bytes(pl.Series("text", phrases, dtype=pl.String)))
    single = SpanHashes(spans.text).of(spans)
    found = np.empty(len(phrases), dtype=np.uint64)
    for at, (low, high) in enumerate(zip(spans.bounds[:-1], spans.bounds[1:], strict=True)):
        gram = single[low:high]
        for _ in range(high - low - 1):
            gram = longer_grams(gram, single[low:high])
        found[at] = gram[0]
    return found


def _rounded(size: int) -> int:
    """The next power of two, so that few different tables are made."""
    return 1 << max(16, (size + 1).bit_length())


@lru_cache(maxsize=2)
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """The first `size` powers of the base and of its inverse, mod 2^64."""
    import numpy as np

    tables = []
    for base in (_BASE, pow(_BASE, -1, _MODULUS)):
        powers = np.full(size, base, dtype=np.uint64)
        powers[0] = 1
        np.cumprod(powers, out=powers)
        tables.append(powers)
    return tables[0], tables[1]


@lru_cache(maxsize=1)
def _byte_values() -> Hashes:
    """256 fixed, odd-looking 64-bit numbers (SplitMix64 from a fixed start)."""
    import numpy as np

    state = np.arange(1, 257, dtype=np.uint64) * np.uint64(_BASE)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(_MIX)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
