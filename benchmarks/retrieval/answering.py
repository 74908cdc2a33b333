"""Statements, answers and unanswerable questions of benchmarks/retrieval/questions, as evidence.

Rows of the part `dev` are what the models of serve/answers are fitted on; `test` is for measuring.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.retrieval.asking import QUESTIONS, READER, Gold, index_collection
from benchmarks.retrieval.collections import COLLECTIONS
from tertulia.inference.embedder import Embedder, Vectors
from tertulia.serve.answers.passage import Passage, ReadPassage, read_passage
from tertulia.serve.database.open_database import SqlDatabase, open_database
from tertulia.serve.database.records import Hit
from tertulia.serve.retrieval.candidates import Question
from tertulia.serve.retrieval.search import search

_FURTHER = 3
"""Languages further on: Catalan and Valencian never meet."""
PASSAGES = 8
"""As `AnswerSettings.passages`."""


class NoVectors:
    """The embedder of a collection that is searched by words alone: all texts point one way."""

    name = "none"
    width = 8
    context = 1

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The one vector for each."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """The one vector for each."""
        return np.eye(1, self.width, dtype=np.float32).repeat(len(texts), axis=0)

    def count_tokens(self, texts: Sequence[str]) -> int:
        """One for each."""
        return len(texts)


@dataclass(frozen=True)
class LabelledStatement:
    """A statement, and whether the passage of the same row supports it."""

    text: str
    language: str
    supported: bool
    read: ReadPassage
    document: str


@dataclass(frozen=True)
class AskedEvidence:
    """A question with what a search found for it."""

    question: Question
    collection: str
    kind: str
    """`same` language, `cross` language, `unanswerable` or `cross-unanswerable`."""
    hits: Sequence[Hit]
    gold: Gold | None
    answer: tuple[int, int] | None
    """Where in the gold document the words stand that answer; of same-language questions."""

    @property
    def document(self) -> str:
        """What is held out together."""
        return self.gold.document if self.gold else self.question.text

    @property
    def found(self) -> bool:
        """Whether the gold passage is among the hits."""
        gold = self.gold
        return gold is not None and any(
            gold.found_in(hit.document_name, hit.chunk) for hit in self.hits
        )

    def answers(self, hit: Hit, start: int, end: int) -> bool:
        """Whether a span of a hit's chunk overlaps the words that answer."""
        if self.gold is None or self.answer is None or hit.document_name != self.gold.document:
            return False
        return hit.chunk.start + start < self.answer[1] and hit.chunk.start + end > self.answer[0]


def indexed(
    language: str, corpora: Path, index: Path, embedder: Embedder | None, most: int | None = None
) -> tuple[SqlDatabase, dict[str, str]]:
    """The collection of a language in `index`, made where it is missing; its texts by id."""
    index.mkdir(parents=True, exist_ok=True)
    database = open_database(index / f"{language}.db")
    texts = index_collection(database, language, corpora, embedder or NoVectors(), most)
    return database, texts


def golds(language: str) -> dict[str, Gold]:
    """Where the passages of a language stand."""
    keys = ("passage", "document", "start", "end", "part")
    return {
        row["passage"]: Gold(*(row[key] for key in keys))
        for row in read_rows(QUESTIONS / f"passages-{language}.jsonl")
    }


def labelled_statements(
    language: str, texts: Mapping[str, str], part: str
) -> list[LabelledStatement]:
    """Two of each passage: what it supports and what it does not."""
    found, known = [], golds(language)
    for row in read_rows(QUESTIONS / f"{language}.jsonl"):
        gold = known[row["passage"]]
        if gold.part != part or gold.document not in texts:
            continue
        read = read_passage(Passage(texts[gold.document][gold.start : gold.end], language))
        found += [
            LabelledStatement(row[key], language, key == "supported", read, gold.document)
            for key in ("supported", "unsupported")
        ]
    return found


def asked_evidence(
    database: SqlDatabase,
    embedder: Embedder | None,
    language: str,
    texts: Mapping[str, str],
    part: str,
) -> list[AskedEvidence]:
    """Every question of a part with its hits: same-language, cross and unanswerable ones.

    Unanswerable across languages are those of the next language's collection; that this one does
    not answer them either is taken for granted.
    """

    def asked(
        text: str, tag: str, kind: str, gold: Gold | None, span: tuple[int, int] | None
    ) -> None:
        hits = search(database, embedder, text, [language], READER, limit=PASSAGES, language=tag)
        found.append(
            AskedEvidence(Question(text=text, language=tag), language, kind, hits, gold, span)
        )

    found: list[AskedEvidence] = []
    known = golds(language)
    for row in read_rows(QUESTIONS / f"{language}.jsonl"):
        gold = known[row["passage"]]
        if gold.part != part or gold.document not in texts:
            continue
        at = texts[gold.document].find(row["answer"], gold.start, gold.end)
        span = (at, at + len(row["answer"])) if at >= 0 else None
        asked(row["question"], language, "same", gold, span)
        if cross := row.get("cross"):
            asked(cross["question"], cross["language"], "cross", gold, None)
    languages = list(COLLECTIONS)
    after = languages[(languages.index(language) + _FURTHER) % len(languages)]
    for tag, kind in ((language, "unanswerable"), (after, "cross-unanswerable")):
        for row in read_rows(QUESTIONS / f"unanswerable-{tag}.jsonl"):
            if row["part"] == part:
                asked(row["question"], row["language"], kind, None, None)
    return found


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
