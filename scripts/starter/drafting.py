"""From a part's rows to its documents: cleaned, without repeated lines, sampled to size."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from scripts.starter import decontamination
from scripts.starter.cleaning import clean_line, is_sentence
from scripts.starter.documents import (
    Draft,
    from_pages,
    from_row,
    from_sentences,
    paragraphs,
)
from scripts.starter.parts import RESERVED_PAGES, Part
from scripts.starter.reading import part_rows, rank
from scripts.starter.shingles import Hashes, line_key, share_within, shingles, words_of

_LINE_WIDTH = 5
_LINE_SEEN = 0.8
"""A line whose shingles have been seen to this share is a repeat."""


@dataclass
class LineFilter:
    """Remembers what one language has already said."""

    evaluation: Hashes
    lines: set[str] = field(default_factory=set)
    shingles: set[int] = field(default_factory=set)

    def reason(self, line: str, *, always: bool) -> str:
        """Why `line` is dropped, or `""`; `always` also drops repeated short lines."""
        key = line_key(line)
        words = key.count(" ") + 1
        if key in self.lines and (always or words >= 5):
            return "repeated line"
        if words >= 8 and share_within(line, self.evaluation, decontamination.WIDTH) >= 0.5:
            return "in an evaluation set"
        hashes = shingles(line, _LINE_WIDTH).tolist()
        if len(hashes) >= 4:
            seen = sum(value in self.shingles for value in hashes)
            if seen >= _LINE_SEEN * len(hashes):
                return "near-duplicate line"
        self.lines.add(key)
        self.shingles.update(hashes)
        return ""


def _clean(
    text: str, part: Part, known: LineFilter, tally: Counter[str], *, always: bool = False
) -> list[str]:
    kept: list[str] = []
    for raw in text.split("\n"):
        line = clean_line(raw, part.language, part.source, tally)
        if not line or (part.shape == "scattered" and not is_sentence(line, part.source, tally)):
            continue
        reason = known.reason(line, always=always)
        if not reason and part.source == "mozilla-www" and _is_variant(line, kept[-6:]):
            reason = "variant of a line before"
        if reason:
            tally[reason] += 1
        else:
            kept.append(line)
    return kept


def _is_variant(line: str, before: list[str]) -> bool:
    """Mozilla's rows hold several countries' wordings of a sentence, one after another."""
    words = set(words_of(line))
    others = [set(words_of(other)) for other in before]
    return any(len(words & other) >= 0.4 * len(words | other) for other in others)


def _session(identifier: str) -> str:
    return identifier.rsplit(".", 1)[0]


def draft_part(data: Path, part: Part, known: LineFilter, tally: Counter[str]) -> list[Draft]:
    """The documents of `part`, at most `part.bytes` of them, in original order."""
    rows = part_rows(data, part)
    if part.shape == "scattered":
        lines = _clean("\n".join(row["text"] for row in rows), part, known, tally, always=True)
        return _take(from_sentences(part.name, lines), part)
    if part.shape == "documents":
        drafts = []
        for row in rows:
            group = _session(row["id"]) if part.by_session else row["id"]
            drafts += from_row(row, _clean(row["text"], part, known, tally), group)
        return _take(drafts, part)
    if (len(rows) > 1 and "\n" not in rows[0]["text"]) or part.shape == "prose":
        lines = _clean("\n".join(row["text"] for row in rows), part, known, tally)
        if part.shape == "prose":
            lines = paragraphs(lines)
        return _take(from_pages(part.name, lines, group=None), part)
    drafts = []
    for row in rows:
        lines = _clean(row["text"], part, known, tally)
        drafts += from_pages(row["id"], lines, group=row["id"])
    return _take(drafts, part)


def _take(drafts: list[Draft], part: Part) -> list[Draft]:
    """A fixed sample of whole documents up to the wanted bytes; reserved chapters come besides."""
    reserved = [draft for draft in drafts if draft.group in RESERVED_PAGES]
    chosen, size = set(), 0
    rest = [draft for draft in drafts if draft.group not in RESERVED_PAGES]
    order = rest if part.shape == "scattered" else sorted(rest, key=lambda draft: rank(draft.id))
    for draft in order:
        if size + draft.size > part.bytes:
            continue
        chosen.add(draft.id)
        size += draft.size
    chosen.update(draft.id for draft in reserved)
    return [draft for draft in drafts if draft.id in chosen]
