"""How a text is laid out in lines (Gopher, C4, FineWeb). Empty lines do not count as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.corpus.quality.sentence_ends import ends_in_ellipsis
from tertulia.corpus.quality.shares import share

if TYPE_CHECKING:
    from tertulia.corpus.quality.shares import Signal
    from tertulia.corpus.quality.spans import Spans
    from tertulia.corpus.quality.text_bytes import Mask

SHORT_LINE = 30
"""Characters up to which FineWeb calls a line short."""
ENOUGH_LINES = 5


def layout(words: Spans, lines: Spans, sentence_ends: Mask) -> dict[str, Signal]:
    """Shares of lines that are bullets, fade out, end a sentence or are short; lines per word.

    Below ENOUGH_LINES lines a share of them says nothing and is NaN.
    """
    import numpy as np

    counts = lines.counts
    last_word = np.searchsorted(words.starts, lines.ends) - 1

    def judged(marked: Mask) -> Signal:
        few = counts < ENOUGH_LINES
        return np.where(few, np.float32(np.nan), share(lines.sum(marked), counts)).astype("f4")

    return {
        "lines": counts.astype(np.int32),
        "bullet_line_share": judged(_bullets(words, lines)),
        "ellipsis_line_share": judged(ends_in_ellipsis(lines)),
        "punctuated_line_share": judged(sentence_ends[last_word]),
        "short_line_share": judged(lines.characters <= SHORT_LINE),
        "line_word_ratio": share(counts, words.counts),
    }


def _bullets(words: Spans, lines: Spans) -> Mask:
    """Lines that open with •, ●, ▪, ◦, ‣ or ·, or with a - * + – that stands alone."""
    import numpy as np

    text = words.text
    first_word = np.searchsorted(words.starts, lines.starts)
    length = words.ends[first_word] - lines.starts
    found: Mask = (length == 1) & np.isin(text.at(lines.starts), np.frombuffer(b"-*+", np.uint8))
    for sign, alone in (("–", True), ("•", False), ("●", False), ("▪", False), ("◦", False),
                        ("‣", False), ("·", False)):  # fmt: skip
        encoded = sign.encode()
        here = np.ones(len(found), dtype=bool)
        for offset, byte in enumerate(encoded):
            here &= text.at(lines.starts + offset) == byte
        found = found | (here & (length == len(encoded)) if alone else here)
    return found
