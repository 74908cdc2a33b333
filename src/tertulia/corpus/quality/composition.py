"""What a text is made of: words, letters, digits, symbols, addresses (Gopher and C4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.corpus.quality.shares import share
from tertulia.corpus.quality.text_bytes import DIGIT, LETTER, UPPER

if TYPE_CHECKING:
    from tertulia.corpus.quality.shares import Signal
    from tertulia.corpus.quality.spans import Spans
    from tertulia.corpus.quality.text_bytes import Mask, Positions


def composition(words: Spans, sentence_ends: Mask, addresses: Mask) -> dict[str, Signal]:
    """Counts of words and sentences, and shares of letters, digits, symbols and addresses."""
    import numpy as np

    text, counts = words.text, words.counts
    characters = words.sum(words.characters)
    letters_at = text.has(LETTER)
    # Bytes of À-ÿ carry LETTER twice and count once.
    letters = text.sum(letters_at & ((text.raw & 0xC0) != 0x80))
    digits = text.count(np.flatnonzero(text.has(DIGIT)))
    capitals = text.count(np.flatnonzero(text.has(UPPER)))
    has_letter = _any_in(words, letters_at)
    braces = text.count(np.flatnonzero((text.raw == ord("{")) | (text.raw == ord("}"))))
    return {
        "words": counts.astype(np.int32),
        "sentences": words.sum(sentence_ends).astype(np.int32),
        "mean_word_length": share(characters, counts),
        "alphabetic_word_share": share(words.sum(has_letter), counts),
        "uppercase_share": share(capitals, letters),
        "digit_share": share(digits, characters),
        "symbol_word_ratio": share(_symbols(words), counts),
        "brace_share": share(braces, characters),
        "url_share": share(words.sum(addresses * words.characters), characters),
    }


def are_addresses(words: Spans) -> Mask:
    """Whether each word holds `://` or starts with `www.`."""
    import numpy as np

    text = words.text
    found = np.zeros(len(words.starts), dtype=bool)
    colons = text.follows(np.flatnonzero(text.raw == ord(":")), b"://")
    found[np.searchsorted(words.starts, colons, side="right") - 1] = True
    starting = np.flatnonzero(text.folded[words.starts] == ord("w"))
    for offset, byte in enumerate(b"www."):
        at = np.minimum(words.starts[starting] + offset, len(text.raw) - 1)
        starting = starting[text.folded[at] == byte]
    found[starting] = True
    return found


def _symbols(words: Spans) -> Positions:
    """`#`, `...` and `…` in each document, the symbols that Gopher counts."""
    import numpy as np

    text = words.text
    hashes = text.count(np.flatnonzero(text.raw == ord("#")))
    dots = text.follows(np.flatnonzero(text.raw == ord(".")), b"...")
    first = dots[text.at(dots - 1) != ord(".")]
    ellipses = text.follows(np.flatnonzero(text.raw == 0xE2), "…".encode())
    return hashes + text.count(first) + text.count(ellipses)


def _any_in(words: Spans, mask: Mask) -> Mask:
    """Whether any byte of each word is marked."""
    import numpy as np

    if not len(words.starts):
        return mask[:0]
    # Behind each word follows white space, which is never marked, up to the next word.
    return np.logical_or.reduceat(mask, words.starts)
