"""Which words end a sentence: . ! ? … perhaps with a closing mark behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tertulia.corpus.quality.spans import Spans
    from tertulia.corpus.quality.text_bytes import Mask, Positions


def ends_sentence(words: Spans) -> Mask:
    """Whether each word ends in terminal punctuation, perhaps within one closing quote or bracket.

    An abbreviation counts as an end too: no list of them is kept, thresholds are measured alike.
    """
    text = words.text
    last = _before_closing(words)
    byte = text.at(last)
    ends: Mask = (byte == ord(".")) | (byte == ord("!")) | (byte == ord("?"))
    found: Mask = ends | _is_ellipsis(words, last)
    return found


def ends_in_ellipsis(words: Spans) -> Mask:
    """Whether each word ends in `...` or `…`."""
    text, last = words.text, words.ends - 1
    dots: Mask = (
        (text.at(last) == ord(".")) & (text.at(last - 1) == ord(".")) & (text.at(last - 2) == 0x2E)
    )
    found: Mask = dots | _is_ellipsis(words, last)
    return found


def _is_ellipsis(words: Spans, last: Positions) -> Mask:
    text = words.text
    found: Mask = (text.at(last) == 0xA6) & (text.at(last - 1) == 0x80)
    found &= text.at(last - 2) == 0xE2
    return found


def _before_closing(words: Spans) -> Positions:
    """Position of each word's last byte, one closing mark (ASCII, », ” or ’) left out."""
    text, last = words.text, words.ends - 1
    byte, before = text.at(last), text.at(last - 1)
    ascii_mark = (byte == ord(")")) | (byte == ord("]")) | (byte == ord('"')) | (byte == ord("'"))
    guillemet = (byte == 0xBB) & (before == 0xC2)
    curly = ((byte == 0x9D) | (byte == 0x99)) & (before == 0x80) & (text.at(last - 2) == 0xE2)
    before_mark: Positions = last - ascii_mark - 2 * guillemet - 3 * curly
    return before_mark
