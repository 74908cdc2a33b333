"""The published English rules in plain Python: Gopher, C4 and FineWeb with their own numbers.

Written from the papers (Rae et al. 2021, table A1 and section A.1; Raffel et al. 2020, section
2.2; Penedo et al. 2024, section 3.5) and used as a yardstick and as the tests' oracle. Words are
split at white space, sentences counted by terminal punctuation. Copies are counted from the
second occurrence on, as public implementations do.
"""

from __future__ import annotations

import re
from collections import Counter

STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
_TERMINAL = (".", "!", "?", '"', "'", "”", "…")


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def copies(parts: list[str]) -> tuple[int, int]:
    """How many of `parts` came before already, and their characters."""
    seen: set[str] = set()
    number = characters = 0
    for part in parts:
        if part in seen:
            number += 1
            characters += len(part)
        seen.add(part)
    return number, characters


def top_gram_characters(words: list[str], length: int) -> int:
    """Characters (no spaces) in the most frequent n-gram's copies; 0 if none occurs twice."""
    grams = Counter(tuple(words[at : at + length]) for at in range(len(words) - length + 1))
    best = max(((count, len("".join(gram))) for gram, count in grams.items()), default=(0, 0))
    return best[0] * best[1] if best[0] > 1 else 0


def duplicate_gram_characters(words: list[str], length: int) -> int:
    """Characters of words under an n-gram that came before, each word once."""
    seen: set[tuple[str, ...]] = set()
    covered: set[int] = set()
    for at in range(len(words) - length + 1):
        gram = tuple(words[at : at + length])
        if gram in seen:
            covered.update(range(at, at + length))
        seen.add(gram)
    return sum(len(words[at]) for at in covered)


def gopher_quality(text: str) -> bool:
    """Whether Gopher's quality rules keep the text."""
    words, lines = text.split(), text.splitlines()
    if not 50 <= len(words) <= 100_000:
        return False
    symbols = text.count("#") + text.count("...") + text.count("…")
    return (
        3 <= sum(map(len, words)) / len(words) <= 10
        and symbols / len(words) <= 0.1
        and _share(sum(line.lstrip().startswith(("•", "-")) for line in lines), len(lines)) <= 0.9
        and _share(sum(line.rstrip().endswith(("...", "…")) for line in lines), len(lines)) <= 0.3
        and sum(any(c.isalpha() for c in word) for word in words) / len(words) >= 0.8
        and len(STOP_WORDS & {word.lower() for word in words}) >= 2
    )


def gopher_repetition(text: str) -> bool:
    """Whether Gopher's repetition rules keep the text."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    words = text.split()
    total = len("".join(words))
    for parts in (lines, paragraphs):
        number, characters = copies(parts)
        if _share(number, len(parts)) > 0.3 or _share(characters, len(text)) > 0.2:
            return False
    for length, most in ((2, 0.2), (3, 0.18), (4, 0.16)):
        if _share(top_gram_characters(words, length), total) > most:
            return False
    for length, most in zip(range(5, 11), (0.15, 0.14, 0.13, 0.12, 0.11, 0.1), strict=True):
        if _share(duplicate_gram_characters(words, length), total) > most:
            return False
    return True


def c4(text: str) -> bool:
    """Whether C4's rules keep the text (its lines are cut first, then five sentences asked)."""
    if "{" in text or "lorem ipsum" in text.lower():
        return False
    phrases = ("javascript", "terms of use", "privacy policy", "cookie policy", "uses cookies",
               "use of cookies", "use cookies")  # fmt: skip
    left = [
        line
        for line in text.splitlines()
        if line.strip().endswith(_TERMINAL)
        and not line.strip().endswith("...")
        and len(line.split()) >= 3
        and not any(phrase in line.lower() for phrase in phrases)
    ]
    return len(re.findall(r"[.!?]+[\"'”»)]*(?:\s|$)", "\n".join(left))) >= 5


def fineweb(text: str) -> bool:
    """Whether FineWeb's own three rules (and its line breaks per word) keep the text."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return False
    ended = sum(line.endswith((*_TERMINAL, ":", ";")) for line in lines)
    return (
        ended / len(lines) > 0.12
        and sum(len(line) <= 30 for line in lines) / len(lines) < 0.67
        and _share(copies(lines)[1], len("".join(lines))) <= 0.1
        and text.count("\n") / len(text.split()) <= 0.3
    )


RULES = {
    "Gopher quality": gopher_quality,
    "Gopher repetition": gopher_repetition,
    "C4": c4,
    "FineWeb": fineweb,
}
