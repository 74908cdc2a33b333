"""The pairs to train on: translations, sentences and their passages, questions and answers.

Each side names the text whose vector the teacher gives for it: of a translation the Spanish or
English side, which the teacher knows best, so that a Basque sentence learns what its Spanish
translation means to the teacher.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.sentence_model.held_out import HeldOut
from scripts.sentence_model.rows import clean, read, words_of

Row = dict[str, str]

_ROW_LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl", "en")
_TAUGHT_BY = ("es", "en", "ca", "gl", "ca-valencia", "eu")
_SENTENCE = re.compile(r"(?<=[.!?»])\s+(?=[A-ZÁÉÍÓÚÀÈÒÜÑÇ¿¡«])")


@dataclass(frozen=True)
class Pair:
    """Two texts that belong together, and the texts by which the teacher knows them."""

    kind: str
    first: str
    second: str
    first_taught: str
    second_taught: str


class Pairs:
    """Collects pairs; counts what is kept and why the rest is not."""

    def __init__(self, data: Path, held_out: HeldOut, seed: int = 0) -> None:
        self._data, self._held_out = data, held_out
        self._random = random.Random(seed)
        self.counts: Counter[tuple[str, str]] = Counter()

    def translations(self, name: str, *, most: int, per_row: int) -> Iterator[Pair]:
        """Sides of rows of parallel text; a side in Basque is taken wherever there is one."""
        rows = [self._sides(row) for row in read(self._data / "parallel" / f"{name}.jsonl.zst")]
        self._random.shuffle(rows)
        kept = 0
        for row in rows:
            if kept == most:
                break
            if self._refused(name, row):
                continue
            taught = _taught(row)
            for _ in range(per_row):
                kept += 1
                first, second = self._two(row)
                yield Pair(name, row[first], row[second], taught, taught)
                if kept == most:
                    break

    def passages(self, name: str, *, most: int) -> Iterator[Pair]:
        """Rows that follow one another, as a passage: in two languages, or one of its sentences
        in one language and the passage in another."""
        rows = [self._sides(row) for row in read(self._data / "parallel" / f"{name}.jsonl.zst")]
        windows = []
        at = 0
        while at < len(rows):
            length = self._random.randint(2, 6)
            windows.append(rows[at : at + length])
            at += length
        self._random.shuffle(windows)
        kept = 0
        for window in windows:
            shared = [tag for tag in _ROW_LANGUAGES if all(tag in row for row in window)]
            if len(shared) < 2 or kept == most:
                continue
            if any(self._refused(f"{name} passages", row) for row in window):
                continue
            whole = {tag: " ".join(row[tag] for row in window)[:1200] for tag in shared}
            taught = _taught(whole)
            kept += 1
            first, second = self._two(whole)
            if kept % 3 == 0:
                yield Pair("passages", whole[first], whole[second], taught, taught)
            else:
                row = self._random.choice(window)
                yield Pair("sentence in passage", row[first], whole[second], _taught(row), taught)

    def monolingual(self, language: str, name: str, *, most: int) -> Iterator[Pair]:
        """A document's title and a passage, a sentence and the passage around it, a question and
        what follows it."""
        path = self._data / "corpus" / language / f"{name}.jsonl.zst"
        documents = list(read(path))
        self._random.shuffle(documents)
        kept = 0
        for document in documents:
            lines = [line for line in document["text"].split("\n") if line.strip()]
            taken = 0
            for pair in self._of_document(f"{language} {name}", document.get("title", ""), lines):
                if taken == 6 or kept == most:
                    break
                taken, kept = taken + 1, kept + 1
                yield pair
            if kept == most:
                return

    def _of_document(self, name: str, title: str, lines: Sequence[str]) -> Iterator[Pair]:
        windows = _windows(lines)
        if windows and len(words_of(title)) >= 3 and title != ">-":
            window = windows[0].removeprefix(title).strip()
            if len(window) > 150 and not self._refused(name, {"a": title, "b": window}):
                yield Pair("title", clean(title), clean(window), clean(title), clean(window))
        self._random.shuffle(windows)
        for window in windows:
            sentences = [s for s in _SENTENCE.split(window) if 30 <= len(s) <= 250]
            if len(sentences) < 3 or self._refused(name, {"a": window}):
                continue
            asked = [i for i, s in enumerate(sentences[:-1]) if s.endswith("?")]
            kind = "question" if asked else "sentence"
            chosen = sentences[asked[0]] if asked else self._random.choice(sentences)
            rest = clean(window.replace(chosen, " ", 1) if asked or len(window) % 2 else window)
            yield Pair(kind, clean(chosen), rest, clean(chosen), rest)

    def _sides(self, row: Row) -> Row:
        sides = {tag: clean(row[tag]) for tag in _ROW_LANGUAGES if isinstance(row.get(tag), str)}
        return {tag: text for tag, text in sides.items() if 10 <= len(text) <= 600}

    def _refused(self, name: str, row: Row) -> bool:
        reason = self._reason(row)
        self.counts[name, reason or "kept"] += 1
        return reason is not None

    def _reason(self, row: Row) -> str | None:
        if not row or (len(row) < 2 and "a" not in row):
            return "one side"
        if any(len(words_of(text)) < 3 for text in row.values()):
            return "under three words"
        if any(sum(c.isalpha() or c == " " for c in t) < 0.7 * len(t) for t in row.values()):
            return "not text"
        if any(self._held_out.holds(text) for text in row.values()):
            return "held out"
        return None

    def _two(self, row: Row) -> tuple[str, str]:
        tags = sorted(row)
        self._random.shuffle(tags)
        if "eu" in tags and self._random.random() < 0.7:
            tags.remove("eu")
            tags.insert(0, "eu")
        first, second = tags[:2]
        return (first, second) if self._random.random() < 0.5 else (second, first)


def _taught(row: Row) -> str:
    return next(row[tag] for tag in _TAUGHT_BY if tag in row)


def _windows(lines: Sequence[str]) -> list[str]:
    """Runs of lines of 300 to 900 characters."""
    windows, current = [], ""
    for line in lines:
        if len(current) + len(line) > 900:
            windows.append(current)
            current = ""
        current = f"{current} {line}".strip()
        if len(current) >= 450:
            windows.append(current)
            current = ""
    return [window for window in windows if 300 <= len(window) <= 1200]
