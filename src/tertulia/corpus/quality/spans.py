"""Spans of a text: words between white space, terms of letters and digits, lines, paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tertulia.corpus.quality.text_bytes import DIGIT, LETTER, SPACE, TextBytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tertulia.corpus.quality.text_bytes import Mask, Positions


@dataclass(frozen=True)
class Spans:
    """Ascending, disjoint byte spans `[start, end)` of the documents of `text`."""

    text: TextBytes
    starts: Positions
    ends: Positions

    @cached_property
    def bounds(self) -> Positions:
        """Index of each document's first span, and the number of spans as one more."""
        import numpy as np

        return np.searchsorted(self.starts, self.text.starts)

    @cached_property
    def counts(self) -> Positions:
        """Spans in each document."""
        import numpy as np

        return np.diff(self.bounds)

    @cached_property
    def document(self) -> NDArray[np.int32]:
        """The document that each span lies in."""
        import numpy as np

        return np.repeat(self.text.document_numbers, self.counts)

    @cached_property
    def characters(self) -> NDArray[np.int32]:
        """Length of each span in characters."""
        return self.text.character_at[self.ends] - self.text.character_at[self.starts]

    def sum(self, values: NDArray[np.generic]) -> Positions:
        """Sum of whole-numbered (or boolean) `values`, one per span, in each document."""
        import numpy as np

        total = np.zeros(len(values) + 1, dtype=np.int64)
        np.cumsum(values, dtype=np.int64, out=total[1:])
        return total[self.bounds[1:]] - total[self.bounds[:-1]]


def words(text: TextBytes) -> Spans:
    """Runs of bytes that are not white space: what Gopher's rules call words."""
    return _runs(text, ~text.has(SPACE))


def terms(text: TextBytes) -> Spans:
    """Runs of letters and digits: `l'avi` is two, `col·lecció` one, punctuation none."""
    return _runs(text, text.has(LETTER | DIGIT))


def lines(of: Spans) -> Spans:
    """Lines that hold a word of the words `of`, without the white space around them."""
    import numpy as np

    return _grouped(of, np.diff(_line_numbers(of)) >= 1)


def paragraphs(of: Spans) -> Spans:
    """Lines with no empty line between them, from the first of their words to the last."""
    import numpy as np

    return _grouped(of, np.diff(_line_numbers(of)) >= 2)


def _line_numbers(of: Spans) -> Positions:
    import numpy as np

    newlines = np.flatnonzero(of.text.raw == 0x0A)
    per_line = np.diff(np.searchsorted(of.starts, newlines), prepend=0)
    return np.repeat(np.arange(len(newlines)), per_line)


def _grouped(of: Spans, breaks: Mask) -> Spans:
    import numpy as np

    if not len(of.starts):
        return of
    breaks = breaks | (np.diff(of.document) > 0)
    first = np.concatenate(([0], np.flatnonzero(breaks) + 1))
    last = np.concatenate((first[1:] - 1, [len(of.starts) - 1]))
    return Spans(of.text, of.starts[first], of.ends[last])


def _runs(text: TextBytes, mask: Mask) -> Spans:
    import numpy as np

    # The first byte has none before it and the last is a newline, so edges come in pairs.
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    if len(mask) and mask[0]:
        edges = np.concatenate(([0], edges))
    return Spans(text, edges[0::2], edges[1::2])
