"""Readability: LIX for every language, and INFLESZ for Spanish, whose weights hold for it alone.

LIX (Björnsson 1968) = words per sentence + percentage of words over six letters. It counts
nothing that depends on a language; what is normal does, so its thresholds are per language.
INFLESZ reads the Szigriszt-Pazos index (1993), 206.835 - 62.3 * syllables/word - words/sentence.
No weights validated for Catalan, Basque or Galician are known to us, and none are made up here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tertulia.corpus.quality.text_bytes import VOWEL

if TYPE_CHECKING:
    from tertulia.corpus.quality.shares import Signal
    from tertulia.corpus.quality.spans import Spans
    from tertulia.corpus.quality.text_bytes import Mask, Positions

_LONG = 6


def readability(
    words: Spans, terms: Spans, sentence_ends: Mask, spanish: Mask
) -> dict[str, Signal]:
    """`lix`, and `inflesz` where `spanish` (one truth per document), else NaN there.

    Words are terms here, so that punctuation does not lengthen them. A syllable is a run of
    vowels: hiatus (*le-er*) counts one too few, the silent u of *que* does not matter.
    """
    import numpy as np

    count = np.maximum(terms.counts, 1)
    sentences = np.maximum(words.sum(sentence_ends), 1)
    long_words = terms.sum(terms.characters > _LONG)
    lix = terms.counts / sentences + 100 * long_words / count
    vowels = terms.text.has(VOWEL)
    syllables = terms.text.count(_rises(vowels))
    szigriszt = 206.835 - 62.3 * syllables / count - terms.counts / sentences
    return {
        "lix": lix.astype(np.float32),
        "inflesz": np.where(spanish, szigriszt, np.nan).astype(np.float32),
    }


def _rises(mask: Mask) -> Positions:
    """Positions at which a run of marked bytes begins."""
    import numpy as np

    before = np.zeros_like(mask)
    before[1:] = mask[:-1]
    return np.flatnonzero(mask & ~before)
