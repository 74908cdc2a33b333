"""Repetition inside a document: lines, paragraphs, n-grams (Gopher, table A1).

n-grams are counted in windows of 1,000 terms from the document's start. The published measures
take the whole document, where any long text repeats itself: a 300-page law would set the bound
for a page of 300 words. For documents of up to a window both are the same. A text that contains
itself twice is caught by its lines and paragraphs, which are compared over the whole document.

Of the family 5..10 only 5 and 10 are kept: every word under a repeated 10-gram lies under a
repeated n-gram for all n below, so the values between lie between these two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.corpus.quality.hashes import longer_grams, mixed
from tertulia.corpus.quality.shares import share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tertulia.corpus.quality.hashes import Hashes
    from tertulia.corpus.quality.shares import Signal
    from tertulia.corpus.quality.spans import Spans
    from tertulia.corpus.quality.text_bytes import Mask, Positions

WINDOW = 1000
_LOOP_LENGTHS = range(3, 13)
_SCOPE = 0xA24BAED4963EE407


def repeated_spans(of: Spans, hashes: Hashes, name: str) -> dict[str, Signal]:
    """Share of spans, and of characters in them, that are a second or later copy."""
    import numpy as np

    keys = mixed(hashes + _scope_values(of.document))
    groups = _Groups(keys, np.arange(len(keys)))
    later = np.zeros(len(keys), dtype=bool)
    later[groups.later] = True
    return {
        f"duplicate_{name}_share": share(of.sum(later), of.counts),
        f"duplicate_{name}_character_share": share(
            of.sum(later * of.characters), of.sum(of.characters)
        ),
    }


def repeated_grams(of: Spans, single: Hashes) -> dict[str, Signal]:
    """Share of characters in the most frequent 2-, 3-, 4-grams and under repeated 5-, 10-grams.

    An n-gram that occurs once is no repetition: a window without repeats gives 0.
    """
    import numpy as np

    scopes = _windows(of)
    salts = _scope_values(scopes)
    total = of.sum(of.characters)
    signals: dict[str, Signal] = {}
    grams, candidates = single, np.arange(len(single))
    for length in range(2, 11):
        # An n-gram can repeat only where its first n-1 terms do.
        grams = longer_grams(grams, single) if len(grams) else grams
        candidates = candidates[candidates < len(grams)]
        candidates = candidates[scopes[candidates] == scopes[candidates + length - 1]]
        groups = _Groups(mixed(grams[candidates] + salts[candidates]), candidates)
        if length <= 4:
            top = groups.most_frequent(length, of, scopes)
            signals[f"top_{length}gram_share"] = np.minimum(share(top, total), 1).astype("f4")
        elif length in (5, 10):
            covered = _covered(groups.later, length, len(single))
            signals[f"duplicate_{length}gram_share"] = share(of.sum(covered * of.characters), total)
        candidates = groups.repeated
    return signals


def loops(of: Spans, single: Hashes) -> dict[str, Signal]:
    """Share of terms in a 3- to 12-gram that repeats the terms just before it: a stuck generator.

    Templates and refrains repeat at a distance; a loop of one or two words is left to the top
    2-grams, since good text has it too (*molt i molt i molt*).
    """
    import numpy as np

    change = np.zeros(len(single) + 1, dtype=np.int32)
    for length in _LOOP_LENGTHS:
        at = np.flatnonzero(single[length:] == single[:-length]) + length
        at = at[of.document[at] == of.document[at - length]]
        if not len(at):
            continue
        first = np.concatenate(([0], np.flatnonzero(np.diff(at) > 1) + 1))
        last = np.append(first[1:], len(at)) - 1
        whole = at[last] - at[first] + 1 >= length
        change[at[first[whole]]] += 1
        change[at[last[whole]] + 1] -= 1
    return {"loop_share": share(of.sum(np.cumsum(change[:-1]) > 0), of.counts)}


class _Groups:
    """Equal keys brought together; `positions` says where each key stands."""

    def __init__(self, keys: Hashes, positions: Positions) -> None:
        import numpy as np

        order = np.argsort(keys)
        ordered, self._members = keys[order], positions[order]
        new = np.ones(len(keys), dtype=bool)
        np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
        starts = np.flatnonzero(new)
        counts = np.diff(starts, append=len(keys))
        several = counts > 1
        self._starts, self._counts = starts[several], counts[several]
        # Members of a group come in no particular order, whatever sort the machine has.
        inside = np.repeat(several, counts)
        self.repeated: Positions = np.sort(self._members[inside])
        ends = np.cumsum(self._counts)
        heads = ends - self._counts
        repeated_members = self._members[inside]
        if len(heads):
            self._first = np.minimum.reduceat(repeated_members, heads)
        else:
            self._first = positions[:0]

    @property
    def later(self) -> Positions:
        """Ascending positions of second and later copies."""
        import numpy as np

        return np.setdiff1d(self.repeated, self._first, assume_unique=True)

    def most_frequent(self, length: int, of: Spans, scopes: NDArray[np.int32]) -> Positions:
        """Characters in all copies of each window's top n-gram, summed over the document.

        The top n-gram is the most frequent one, of equals the longest.
        """
        import numpy as np

        ends = np.concatenate(([0], np.cumsum(of.characters, dtype=np.int64)))
        size = ends[self._first + length] - ends[self._first]
        best = np.zeros(int(scopes[-1]) + 1 if len(scopes) else 0, dtype=np.int64)
        np.maximum.at(best, scopes[self._first], (self._counts << 32) | size)
        characters = (best >> 32) * (best & 0xFFFFFFFF)
        windows = _windows_per_document(of)
        at = np.concatenate(([0], np.cumsum(windows)))
        total = np.concatenate(([0], np.cumsum(characters)))
        return total[at[1:]] - total[at[:-1]]


def _windows_per_document(of: Spans) -> Positions:
    return -(-of.counts // WINDOW)


def _windows(of: Spans) -> NDArray[np.int32]:
    """The number of each term's window, counted through all documents."""
    import numpy as np

    windows = _windows_per_document(of)
    first = np.cumsum(windows) - windows
    inside = np.arange(len(of.starts)) - np.repeat(of.bounds[:-1], of.counts)
    return (np.repeat(first, of.counts) + inside // WINDOW).astype(np.int32)


def _scope_values(scopes: NDArray[np.int32]) -> Hashes:
    import numpy as np

    return scopes.astype(np.uint64) * np.uint64(_SCOPE)


def _covered(later: Positions, length: int, terms: int) -> Mask:
    """Which terms lie under an n-gram that starts at one of `later`."""
    import numpy as np

    opened = np.zeros(terms + 1, dtype=np.int32)
    opened[later] += 1
    opened[later + length] -= 1
    return np.cumsum(opened[:-1]) > 0
