"""The questions of benchmarks/retrieval/questions, the collections they are asked of, and ranks.

A hit is a chunk of the gold document that overlaps the gold span by at least half of the shorter
of both.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.retrieval.collections import documents
from tertulia.inference.embedder import Embedder
from tertulia.serve.database.open_database import SqlDatabase
from tertulia.serve.database.records import Collection, Document, Hit, Indexed, Reader
from tertulia.serve.knowledge.chunk import chunk, passage_text
from tertulia.serve.knowledge.document import Chunk, Extract
from tertulia.serve.retrieval.analysis import question_words
from tertulia.serve.retrieval.candidates import Candidate, Question
from tertulia.serve.retrieval.folding import words
from tertulia.serve.retrieval.rerank import Reranker
from tertulia.serve.retrieval.search import CANDIDATES, RERANKED, find_candidates
from tertulia.serve.retrieval.stop_words import stop_words

QUESTIONS = Path(__file__).parent / "questions"
READER = Reader(tenant="benchmark", user="benchmark")
METHODS = ("BM25", "vectors", "fusion", "reranked")
LOW_OVERLAP = 0.3
_DEEPEST = 50
_PREFIX = 5
"""Letters by which words are compared for the overlap: coarse, and not the retriever's stems."""


@dataclass(frozen=True)
class Gold:
    """Where the answer of a question stands."""

    passage: str
    document: str
    start: int
    end: int
    part: str

    def found_in(self, document: str, passage: Chunk) -> bool:
        """Whether a chunk is a hit."""
        overlap = min(self.end, passage.end) - max(self.start, passage.start)
        shorter = min(self.end - self.start, passage.end - passage.start)
        return document == self.document and overlap >= shorter / 2


@dataclass(frozen=True)
class Asked:
    """A question with the collection's language and the gold passage."""

    question: Question
    collection: str
    gold: Gold
    cross: bool
    low_overlap: bool = False


@dataclass(frozen=True)
class Answered:
    """The rank of the first hit of each method, None where none is among the first."""

    asked: Asked
    ranks: Mapping[str, int | None]
    seconds: float


def asked_questions(language: str, texts: Mapping[str, str], part: str) -> list[Asked]:
    """Same-language and cross questions of a part; `texts` are the documents by id."""
    golds = {
        row["passage"]: Gold(*(row[k] for k in ("passage", "document", "start", "end", "part")))
        for row in _rows(QUESTIONS / f"passages-{language}.jsonl")
    }
    found = []
    for row in _rows(QUESTIONS / f"{language}.jsonl"):
        gold = golds[row["passage"]]
        if gold.part != part or gold.document not in texts:
            continue
        passage = texts[gold.document][gold.start : gold.end]
        share = overlap(row["question"], passage, language)
        own = Question(text=row["question"], language=language)
        found.append(Asked(own, language, gold, False, share <= LOW_OVERLAP))
        if cross := row.get("cross"):
            other = Question(text=cross["question"], language=cross["language"])
            found.append(Asked(other, language, gold, True))
    return found


def overlap(question: str, passage: str, language: str) -> float:
    """Share of a question's content words whose first letters begin a word of the passage."""
    stopped = stop_words(language)
    asked = [word[:_PREFIX] for word in words(question) if word not in stopped]
    there = {word[:_PREFIX] for word in words(passage)}
    return sum(word in there for word in asked) / max(len(asked), 1)


def index_collection(
    database: SqlDatabase, language: str, corpora: Path, embedder: Embedder, most: int | None
) -> dict[str, str]:
    """Indexes a language's documents, unless that was done; returns their texts by id."""
    texts = {}
    new = database.collection(language, READER) is None
    if new:
        database.add_collection(
            Collection(
                id=language,
                tenant=READER.tenant,
                owner=READER.user,
                name=language,
                created=0,
                embedder=embedder.name,
            )
        )
    for count, document in enumerate(documents(language, corpora)):
        if count == most:
            break
        texts[document.id] = document.text
        if new:
            _index(database, language, document.id, document.title, document.text, embedder)
    return texts


def answer(database: SqlDatabase, embedder: Embedder, asked: Asked, reranker: Reranker) -> Answered:
    """Asks in every way."""
    candidates, by_words, by_vectors, seconds = retrieved(database, embedder, asked)
    began = time.perf_counter()
    reranked = reranker.rerank(asked.question, candidates)
    seconds += time.perf_counter() - began
    orders = (by_words, by_vectors, [one.hit for one in candidates], reranked)
    ranks = {
        method: _rank(asked.gold, order) for method, order in zip(METHODS, orders, strict=True)
    }
    return Answered(asked, ranks, seconds)


def retrieved(
    database: SqlDatabase, embedder: Embedder, asked: Asked
) -> tuple[list[Candidate], list[Hit], list[Hit], float]:
    """Candidates, what words and vectors alone find, and the seconds the candidates took."""
    collection = database.collection(asked.collection, READER)
    assert collection is not None
    began = time.perf_counter()
    candidates = find_candidates(
        database, embedder, asked.question, [collection], READER, most=RERANKED
    )
    seconds = time.perf_counter() - began
    asked_words = question_words(
        asked.question.text,
        asked.question.language,
        database.languages([asked.collection], READER),
    )
    vector = embedder.embed_queries([asked.question.text])[0]
    limit = min(CANDIDATES, _DEEPEST)
    return (
        candidates,
        database.search_words([asked.collection], asked_words, READER, limit=limit),
        database.search_vectors([asked.collection], vector, READER, limit=limit),
        seconds,
    )


def _rank(gold: Gold, hits: Sequence[Hit]) -> int | None:
    for rank, hit in enumerate(hits, 1):
        if gold.found_in(hit.document_name, hit.chunk):
            return rank
    return None


def _index(
    database: SqlDatabase, language: str, id: str, title: str, text: str, embedder: Embedder
) -> None:
    document = Document(
        id=f"{language}:{id}",
        collection=language,
        file="",
        name=id,
        sha256="",
        state="queued",
        created=0,
    )
    extract = Extract(text=text, title=title, language=language)
    chunks = chunk(extract)
    vectors = embedder.embed_passages([passage_text(title, one) for one in chunks])
    database.add_document(document)
    database.store_index(document.id, Indexed(extract=extract, chunks=chunks), vectors)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
