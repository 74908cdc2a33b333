"""Translations among the five languages, from parallel text that may be redistributed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.starter.cleaning import clean_line
from scripts.starter.conversation import Conversation, word
from scripts.starter.parts import LANGUAGES
from scripts.starter.reading import rank, read_rows
from scripts.starter.shingles import Hashes, line_key, share_within

_FILES = (
    ("libreoffice", "libreoffice-help", "MPL-2.0"),
    ("mozilla-www", "mozilla-www", "MPL-2.0"),
    ("pilar-es-valencian", "pilar_valencian", "LicenseRef-official-text"),
)
_SHORTEST, _LONGEST = 20, 160
_SENTENCE = re.compile(r"^[A-ZÀ-Ý¿¡].*[.!?]$")
_PER_PAIR = 12
_NUMBERS = re.compile(r"\d+")


@dataclass
class Forbidden:
    """Text that must not be taught: held-out, unseen and evaluation texts."""

    lines: set[str]
    shingles: Hashes

    def holds(self, text: str) -> bool:
        """Whether `text` is one of the lines or shares a fifth of its eight-word runs."""
        return line_key(text) in self.lines or share_within(text, self.shingles, 8) > 0.2


def _good(source: str, target: str) -> bool:
    sizes = (len(source), len(target))
    return (
        all(_SHORTEST <= size <= _LONGEST for size in sizes)
        and max(sizes) <= 1.5 * min(sizes)
        and bool(_SENTENCE.match(source) and _SENTENCE.match(target))
        and sorted(_NUMBERS.findall(source)) == sorted(_NUMBERS.findall(target))
        and line_key(source) != line_key(target)
        and source.count(":") == target.count(":")
        and not set("[%{_$") & set(source + target)
    )


def _pairs(data: Path) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Every usable (language, text, language, text, licence, source)."""
    tally: Counter[str] = Counter()
    for name, source, licence in _FILES:
        for row in read_rows(data / "parallel" / f"{name}.jsonl.zst"):
            texts = {
                lang: clean_line(row[lang], lang, source, tally)
                for lang in LANGUAGES
                if _SHORTEST <= len(row.get(lang, "")) <= _LONGEST
            }
            for first in texts:
                for second in texts:
                    if first != second and _good(texts[first], texts[second]):
                        yield first, texts[first], second, texts[second], licence, source


def translations(data: Path, forbidden: Forbidden) -> dict[str, list[Conversation]]:
    """Per language, sentences translated into it, asked in it or in the other language."""
    candidates: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for first, text, second, translated, licence, source in _pairs(data):
        candidates.setdefault((first, second), []).append((text, translated, licence, source))
    made: dict[str, list[Conversation]] = {language: [] for language in LANGUAGES}
    for (first, second), pairs in sorted(candidates.items()):
        kept = 0
        used: set[str] = set()
        for text, translated, licence, source in sorted(
            pairs, key=lambda pair: rank(f"{first} {second} {pair[0]}")
        ):
            if kept == _PER_PAIR:
                break
            if text in used or forbidden.holds(text) or forbidden.holds(translated):
                continue
            used.add(text)
            # Half of the questions come in the language of the text, half in that of the answer.
            asked_in = first if kept % 2 == 0 else second
            ask = word("translate", asked_in, text, about=second, text=text)
            made[asked_in].append(
                Conversation((ask, translated), asked_in, licence, source, "translate")
            )
            kept += 1
    return made
