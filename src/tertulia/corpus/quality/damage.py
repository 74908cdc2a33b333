"""Traces of damage: text decoded wrongly, letters lost, markup left over, l·l written wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.corpus.quality.shares import share
from tertulia.corpus.quality.text_bytes import LETTER

if TYPE_CHECKING:
    from tertulia.corpus.quality.shares import Signal
    from tertulia.corpus.quality.spans import Spans
    from tertulia.corpus.quality.text_bytes import Mask, Positions, TextBytes

_ENOUGH_LETTERS = 500
_LONGEST_ENTITY = 9
"""Characters of a character reference without its `&`: `&aacute;`, `&#8217;`."""


def damage(words: Spans, addresses: Mask) -> dict[str, Signal]:
    """Damaged places per word, by kind; `broken_geminate_share` is for Catalan to judge by."""
    import numpy as np

    text, counts = words.text, words.counts
    broken = np.sort(np.concatenate([_dotted_geminates(text), _bulleted_geminates(text)]))
    inside = np.searchsorted(words.starts, broken, side="right") - 1
    broken = broken[~addresses[inside]] if len(broken) else broken
    return {
        "mojibake_share": share(text.count(_mojibake(text)), counts),
        "lost_character_share": share(text.count(_lost(words, addresses)), counts),
        "entity_share": share(text.count(_entities(text)), counts),
        "tag_share": share(text.count(_tags(text)), counts),
        "broken_geminate_share": share(text.count(broken), counts),
        "accented_letter_share": _accented(text),
    }


def _accented(text: TextBytes) -> Signal:
    """Share of letters that are À-ÿ; NaN below `_ENOUGH_LETTERS`, where none may be chance."""
    import numpy as np

    letters = text.sum(text.has(LETTER) & ((text.raw & 0xC0) != 0x80))
    accented = share(text.sum((text.raw == 0xC3) & text.has(LETTER)), letters)
    return np.where(letters < _ENOUGH_LETTERS, np.float32(np.nan), accented).astype(np.float32)


def _mojibake(text: TextBytes) -> Positions:
    """UTF-8 read as Windows-1252: Ã© for é, Â· for ·, â€™ for ’; also read twice.

    Ã and Â are letters of Portuguese and French: Ã counts unless a capital follows (NÃO), Â only
    before a sign of U+0080 to U+00BF, which no word puts there.
    """
    import numpy as np

    leads = np.flatnonzero(text.raw == 0xC3)
    after = text.at(leads + 2)
    second = text.at(leads + 1)
    capital = ((after >= ord("A")) & (after <= ord("Z"))) | (after == 0xC3)
    tilde = leads[(second == 0x83) & ~capital]
    circumflex = leads[(second == 0x82) & (after == 0xC2)]
    quotes = text.follows(leads[second == 0xA2], "â€".encode())
    return np.sort(np.concatenate([tilde, circumflex, quotes]))


def _lost(words: Spans, addresses: Mask) -> Positions:
    """U+FFFD, private use, control characters, and `?` between letters outside addresses."""
    import numpy as np

    text = words.text
    thirds = np.flatnonzero(text.raw == 0xEF)
    replaced = text.follows(thirds, "\ufffd".encode())
    second = text.at(thirds + 1)
    private = np.concatenate(
        [np.flatnonzero(text.raw == 0xEE), thirds[(second >= 0x80) & (second <= 0xA3)]]
    )
    control = np.flatnonzero((text.raw < 0x20) & ((text.raw < 9) | (text.raw > 13)))
    latin = np.flatnonzero(text.raw == 0xC2)
    latin = latin[text.at(latin + 1) < 0xA0]
    marks = np.flatnonzero(text.raw == ord("?"))
    marks = marks[_letter(text, marks - 1) & _letter(text, marks + 1)]
    if len(marks):
        inside = np.searchsorted(words.starts, marks, side="right") - 1
        marks = marks[~addresses[inside]]
    return np.sort(np.concatenate([replaced, private, control, latin, marks]))


def _entities(text: TextBytes) -> Positions:
    """Character references such as `&eacute;` and `&#39;` that nobody resolved."""
    import numpy as np

    marks = np.flatnonzero(text.raw == ord("&"))
    closed = np.zeros(len(marks), dtype=bool)
    running = np.ones(len(marks), dtype=bool)
    for offset in range(1, _LONGEST_ENTITY + 1):
        byte = text.at(marks + offset)
        closed |= running & (byte == ord(";")) & (offset > 2)
        alphabetic = (byte | 0x20) - ord("a") < 26
        running &= alphabetic | ((byte >= ord("0")) & (byte <= ord("9"))) | (byte == ord("#"))
    found: Positions = marks[closed]
    return found


def _tags(text: TextBytes) -> Positions:
    """`<` before a letter or a slash: markup left in the text."""
    import numpy as np

    opening = np.flatnonzero(text.raw == ord("<"))
    after = text.at(opening + 1)
    found: Positions = opening[((after | 0x20) - ord("a") < 26) | (after == ord("/"))]
    return found


def _dotted_geminates(text: TextBytes) -> Positions:
    """`l.l` inside a word, as in *col.lecció*."""
    import numpy as np

    dots = np.flatnonzero(text.raw == ord("."))
    found: Positions = dots[_between_els(text, dots, 1)]
    return found


def _bulleted_geminates(text: TextBytes) -> Positions:
    """`l•l` and `l‧l` inside a word."""
    import numpy as np

    signs = np.flatnonzero(text.raw == 0xE2)
    signs = signs[text.at(signs + 1) == 0x80]
    last = text.at(signs + 2)
    signs = signs[(last == 0xA2) | (last == 0xA7)]
    found: Positions = signs[_between_els(text, signs, 3)]
    return found


def _between_els(text: TextBytes, at: Positions, width: int) -> Mask:
    found: Mask = ((text.at(at - 1) | 0x20) == ord("l")) & ((text.at(at + width) | 0x20) == 0x6C)
    found &= _letter(text, at - 2) & _letter(text, at + width + 1)
    return found


def _letter(text: TextBytes, at: Positions) -> Mask:
    """Whether the bytes at `at` belong to letters."""
    import numpy as np

    inside = np.clip(at, 0, len(text.raw) - 1)
    return (text.classes[inside] & LETTER).astype(bool) if len(at) else np.zeros(0, dtype=bool)
