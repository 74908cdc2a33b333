"""The lines that the model is trained on, by class, with the test lines taken out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.language_id.held_out import CONTAMINATED, UNSEEN
from scripts.language_id.neighbours import neighbour_lines
from scripts.language_id.reading import by_digest, corpus_lines
from scripts.language_id.sentences import sentence_sets

MOST_OF_A_SOURCE = {"es": 6_000, "ca": 12_000, "eu": 40_000, "gl": 20_000, "und": 3_000}
"""Lines; law and software must not crowd out the rest. A language of few sources has more of each.
Those that are not named have 30,000."""
LONGEST_PIECE = 240
"""Characters; a longer line is cut between words."""

_LETTER = re.compile(r"[^\W\d_]")
_ENGLISH = re.compile(r"\b(?:the|of|and|to|with|this|that|you|are|for)\b", re.IGNORECASE)
_VARIETIES = {"es": ("es",), "ca": ("ca", "ca-valencia"), "eu": ("eu",), "gl": ("gl",)}
_NEIGHBOURS = ("pt", "oc", "an", "ast", "fr", "it", "en", "la", "und")


@dataclass(frozen=True)
class TrainingText:
    """Lines of one class and how many each source gave."""

    language: str
    lines: list[str]
    sources: dict[str, int]


def training_text(data: Path, packages: Path) -> list[TrainingText]:
    """Every class in the order of the model. A line found in two classes is in neither."""
    tested = {_key(line) for lines in sentence_sets(data, packages).values() for line in lines}
    drawn: dict[str, dict[str, list[str]]] = {}
    for language, name, lines in _sources(data, packages):
        # Twice as many lines are drawn as are wanted, so that cleaning need not see all of them.
        most = MOST_OF_A_SOURCE.get(language, 30_000)
        some = by_digest(list(lines))[: 2 * most]
        clean = by_digest(list(_clean(some, language, tested)))[:most]
        drawn.setdefault(language, {})[name] = clean
    seen = Counter(
        key
        for sources in drawn.values()
        for key in {_key(line) for lines in sources.values() for line in lines}
    )
    texts = []
    for language, sources in drawn.items():
        kept = {n: [x for x in lines if seen[_key(x)] == 1] for n, lines in sources.items()}
        every = by_digest([line for lines in kept.values() for line in lines])
        counts = {name: len(lines) for name, lines in kept.items() if lines}
        texts.append(TrainingText(language, every, counts))
    return texts


def _sources(data: Path, packages: Path) -> Iterator[tuple[str, str, Iterable[str]]]:
    for language, varieties in _VARIETIES.items():
        for variety in varieties:
            left_out = {*UNSEEN[variety], *CONTAMINATED.get(variety, ())}
            files = sorted((data / "corpus" / variety).glob("*.jsonl.zst"))
            names = [path.name.removesuffix(".jsonl.zst") for path in files]
            for name in names:
                if name not in left_out:
                    yield language, f"{variety}/{name}", corpus_lines(data, variety, name)
    for language in _NEIGHBOURS:
        for name, lines in neighbour_lines(packages, data, language):
            yield language, name, lines


def _clean(lines: Iterable[str], language: str, tested: set[str]) -> Iterator[str]:
    for line in lines:
        for piece in _pieces(line):
            if len(piece) < 12 or len(_LETTER.findall(piece)) < len(piece) * 0.6:
                continue
            if language != "en" and len(_ENGLISH.findall(piece)) > 1:
                continue
            if _key(line) not in tested and _key(piece) not in tested:
                yield piece


def _pieces(line: str) -> Iterator[str]:
    while len(line) > LONGEST_PIECE:
        cut = line.rfind(" ", 0, LONGEST_PIECE)
        if cut <= 0:
            return
        yield line[:cut]
        line = line[cut + 1 :]
    yield line


def _key(line: str) -> str:
    return "".join(_LETTER.findall(line)).lower()
