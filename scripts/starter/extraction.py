"""Questions on passages of the training text whose answer stands in the passage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scripts.starter.conversation import Conversation, word
from scripts.starter.parts import LANGUAGES, SHARE_ALIKE
from scripts.starter.reading import rank
from scripts.starter.shingles import words_of

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-Ý¿¡«\"])")
_WHOLE = re.compile(r"^[A-ZÀ-Ý¿¡][^\[\]{}|<>]*[.!?]$")
_HOLES = re.compile(r"\s[.,;:)]|\(\s?\)|\s{2}|\[|%|_")
"""Where a formula or a tag was lost, or a mask put."""
_MARKS = {
    "ca": "seva seves avui meva teva servei serveis vuit sortida tenir venir",
    "ca-valencia": "este esta estos estes seua seues hui servici servicis ací açò tindre vindre",
}
"""Catalan and Valencian share most sentences; these words tell a sentence apart."""
_COUNTS = {"language": 60, "begin": 30, "end": 25, "repeat": 25, "about": 45, "gap": 45}


@dataclass(frozen=True)
class Passage:
    """A few sentences of one training document."""

    language: str
    licence: str
    source: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences run together."""
        return " ".join(self.sentences)


def passages(rows: Sequence[Mapping[str, str]], language: str) -> list[Passage]:
    """Runs of two to four whole sentences from connected text, one per document."""
    found = []
    for row in rows:
        if "/list#" in row["id"] or row["source"] == "tatoeba-spa":
            continue
        lines = row["text"].split("\n")
        for line in sorted(lines, key=rank):
            sentences = [part.strip() for part in _SENTENCE_END.split(line)]
            whole = all(_WHOLE.match(part) and 25 <= len(part) <= 170 for part in sentences)
            if whole and 2 <= len(sentences) <= 4 and len(line) <= 420 and not _HOLES.search(line):
                found.append(Passage(language, row["licence"], row["source"], tuple(sentences)))
                break
    return sorted(found, key=lambda passage: rank("passage " + passage.text))


def sentences(rows: Sequence[Mapping[str, str]], language: str) -> list[Passage]:
    """Single whole sentences, at most one per document, of lists and connected text alike."""
    found = []
    for row in rows:
        for line in sorted(row["text"].split("\n"), key=rank):
            if (
                30 <= len(line) <= 150
                and _WHOLE.match(line)
                and not _SENTENCE_END.search(line)
                and not _HOLES.search(line)
            ):
                found.append(Passage(language, row["licence"], row["source"], (line,)))
                break
    return sorted(found, key=lambda passage: rank("sentence " + passage.text))


def _unique_word(passage: Passage) -> tuple[int, str] | None:
    """A long word that stands once in the passage, with the number of its sentence."""
    counts: dict[str, int] = {}
    for found in words_of(passage.text):
        counts[found] = counts.get(found, 0) + 1
    options = [
        (place, written)
        for place, sentence in enumerate(passage.sentences)
        for written in re.findall(r"\b[^\W\d_]{6,}\b", sentence)[1:]
        if counts.get(written.lower()) == 1 and written.islower()
    ]
    return min(options, key=lambda option: rank(f"word {option[1]}")) if options else None


def _language(asked: str, passage: Passage) -> tuple[str, str] | None:
    text = passage.text
    answer = word("which_language_answer", asked, text, about=passage.language)
    return word("which_language", asked, text, text=text), answer


def _begin(asked: str, passage: Passage) -> tuple[str, str] | None:
    return word("begin", asked, passage.text, text=passage.text), passage.sentences[0]


def _end(asked: str, passage: Passage) -> tuple[str, str] | None:
    return word("end", asked, passage.text, text=passage.text), passage.sentences[-1]


def _repeat(asked: str, passage: Passage) -> tuple[str, str] | None:
    return word("repeat", asked, passage.text, text=passage.text), passage.text


def _about(asked: str, passage: Passage) -> tuple[str, str] | None:
    chosen = _unique_word(passage)
    if chosen is None:
        return None
    place, written = chosen
    ask = word("about", asked, passage.text, text=passage.text, word=written)
    return ask, passage.sentences[place]


def _gap(asked: str, passage: Passage) -> tuple[str, str] | None:
    chosen = _unique_word(passage)
    if chosen is None:
        return None
    place, written = chosen
    gap = re.sub(rf"\b{re.escape(written)}\b", "____", passage.sentences[place], count=1)
    return word("gap", asked, passage.text, text=passage.text, gap=gap), written


_MAKERS: dict[str, Callable[[str, Passage], tuple[str, str] | None]] = {
    "begin": _begin,
    "end": _end,
    "about": _about,
    "gap": _gap,
}


def _spread(options: Sequence[Passage], count: int) -> list[Passage]:
    """The first `count` passages, sources taking turns so that none fills the list."""
    queues: dict[str, list[Passage]] = {}
    for option in options:
        queues.setdefault(option.source, []).append(option)
    taken: list[Passage] = []
    while len(taken) < count and queues:
        for source in sorted(queues):
            taken.append(queues[source].pop(0))
            if not queues[source]:
                del queues[source]
    return taken[:count]


def extractions(
    language: str, corpus: Mapping[str, Sequence[Mapping[str, str]]]
) -> list[Conversation]:
    """Conversations in `language`; passages of the other languages only where it is asked which."""
    made = []
    every = passages(corpus[language], language)
    needed = sum(_COUNTS[task] for task in _MAKERS)
    supply = iter(_spread(every, needed * 2))
    for task, maker in _MAKERS.items():
        kept = 0
        while kept < _COUNTS[task] and (passage := next(supply, None)) is not None:
            turns = maker(language, passage)
            if turns is not None:
                made.append(_conversation(turns, language, passage, task))
                kept += 1
    for passage in _spread(sentences(corpus[language], language), _COUNTS["repeat"]):
        made.append(_conversation(_repeat(language, passage), language, passage, "repeat"))
    for other in LANGUAGES:
        share = _COUNTS["language"] // len(LANGUAGES)
        at = LANGUAGES.index(language) * share
        for passage in _spread(_telling(corpus[other], other), at + share)[at:]:
            made.append(_conversation(_language(language, passage), language, passage, "language"))
    return made


def _telling(rows: Sequence[Mapping[str, str]], language: str) -> list[Passage]:
    """Sentences, none of them share-alike, in which `language` can be told from its neighbour."""
    marks = frozenset(_MARKS.get(language, "").split())
    return [
        passage
        for passage in sentences(rows, language)
        if passage.licence not in SHARE_ALIKE
        and (not marks or marks.intersection(words_of(passage.text)))
    ]


def _conversation(
    turns: tuple[str, str] | None, language: str, passage: Passage, task: str
) -> Conversation:
    assert turns is not None
    return Conversation(turns, language, passage.licence, passage.source, task)
