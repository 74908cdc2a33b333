"""The same things said plainly: words, shingles and similarity without numpy, as oracles."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile("[^\\W_\u0080-\u00bf\u2000-\u2bff\u3000-\u303f]+")


def words_of(text: str) -> list[str]:
    """Runs of letters and digits in lower case, as the product's documentation says."""
    return _WORD.findall(text.lower())


def shingles_of(text: str, n: int) -> set[tuple[str, ...]]:
    """Runs of n words; the whole of a shorter text."""
    words = words_of(text)
    return {tuple(words[at : at + n]) for at in range(max(1, len(words) - n + 1))} - {()}


def similarity(first: str, second: str, n: int) -> float:
    """Exact Jaccard similarity of two texts' shingles."""
    a, b = shingles_of(first, n), shingles_of(second, n)
    return len(a & b) / len(a | b) if a | b else 0.0


def greedily_dropped(
    texts: Sequence[str], ranks: Sequence[int], n: int, threshold: float
) -> set[int]:
    """Who is dropped where all pairs are compared, one after the other in order of rank."""
    kept: list[int] = []
    dropped = set()
    for document in sorted(range(len(texts)), key=lambda document: ranks[document]):
        if any(similarity(texts[document], texts[other], n) >= threshold for other in kept):
            dropped.add(document)
        else:
            kept.append(document)
    return dropped
