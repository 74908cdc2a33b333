"""Draws the held-out documents, and keeps near-copies of them out of the training text."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from scripts.starter.documents import Draft
from scripts.starter.parts import RESERVED_PAGES, Part
from scripts.starter.reading import rank
from scripts.starter.shingles import Hashes, line_key, share_within

HELD_OUT_BYTES = 330_000
"""Drawn per language; what near-copies in the training text leave is at least 200 kB."""
WIDTH = 8
MOST_SHARED = 0.2
"""A held-out document shares at most this part of its eight-word shingles with training text."""
_LINE_SHARED = 0.4


def draw(part: Part, drafts: list[Draft], wanted: int) -> tuple[list[Draft], list[Draft]]:
    """Splits a part's documents into training and about `wanted` bytes of held-out, by whole group.

    Help chapters that are reserved in all languages are drawn first and never trained on.
    """
    groups: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[draft.group].append(draft)
    reserved = [name for name in RESERVED_PAGES if name in groups]
    names = reserved or sorted(groups, key=lambda name: rank("held out " + name))
    held, size = set(), 0
    for name in names:
        weight = sum(draft.size for draft in groups[name])
        if size < wanted and size + weight <= max(wanted * 1.4, wanted + 4_000):
            held.add(name)
            size += weight
    kept_back = held | set(reserved)
    return (
        [draft for draft in drafts if draft.group not in kept_back],
        [draft for draft in drafts if draft.group in held],
    )


def without_copies(
    part: Part, drafts: list[Draft], shingles: Hashes, lines: set[str], tally: Counter[str]
) -> list[Draft]:
    """The held-out documents that the training text (its `shingles` and `lines`) does not copy.

    Lists of sentences lose the copied lines; other documents are dropped whole.
    """
    kept = []
    for draft in drafts:
        if part.shape == "scattered":
            draft = replace(draft, text=_own_lines(draft.text, shingles, lines, tally))
        elif _copied_lines(draft.text, lines) > MOST_SHARED:
            tally["held-out document with lines of training text"] += 1
            continue
        if len(draft.text) < 40:
            tally["held-out document left empty"] += 1
        elif share_within(draft.text, shingles, WIDTH) > MOST_SHARED:
            tally["held-out document near training text"] += 1
        else:
            kept.append(draft)
    return kept


def _own_lines(text: str, shingles: Hashes, lines: set[str], tally: Counter[str]) -> str:
    own = []
    for line in text.split("\n"):
        if line_key(line) in lines or share_within(line, shingles, WIDTH) > _LINE_SHARED:
            tally["held-out line near training text"] += 1
        else:
            own.append(line)
    return "\n".join(own)


def _copied_lines(text: str, lines: set[str]) -> float:
    """Part of the text's characters in lines that training text has word for word."""
    copied = sum(len(line) for line in text.split("\n") if line_key(line) in lines)
    return copied / len(text)
