"""How long a hybrid search takes among a million chunks, in SQLite and in PostgreSQL.

Chunks are recombined from sentences of the five collections, so that words are as frequent as in
real text; vectors are unit vectors of width 256 around 2,000 centres. One document in a hundred may
not be seen by who asks. A question is a sentence of a chunk, cut to twelve words, with the chunk's
vector and noise. Timed is all of a search but the embedding of the question: words, vectors,
fusion and reranking, one question at a time, in one process. The share of the truly nearest ten
vectors that are found is measured against a product with every vector.

    python -m benchmarks.retrieval_scale --corpora DIR [--quick] [--chunks N] [--backend NAME]
        [--work DIR [--fill]]

Filling takes long: with `--work` and `--fill` an SQLite database is filled and kept, and measured
by the same command without `--fill`.

Trap: the first question after the start reads the codes of all vectors into memory; it is told
apart.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.command_line import begin, parser, publish, quick_or
from benchmarks.figures import table
from benchmarks.retrieval.collections import COLLECTIONS, documents
from tertulia.inference.embedder import Vectors
from tertulia.serve.database.open_database import SqlDatabase, open_database
from tertulia.serve.database.records import EVERYBODY, Collection, Document, Indexed, Reader
from tertulia.serve.knowledge.document import Chunk, Extract
from tertulia.serve.retrieval.search import search
from tests.serve.database.postgres_server import postgres_server

WIDTH = 256
CENTRES = 2_000
CHUNKS_OF_A_DOCUMENT = 100
QUESTIONS = 200
_LENGTH = 600
_NOISE = 0.6
OWNER = Reader(tenant="benchmark", user="owner")
ASKING = Reader(tenant="benchmark", user="reader")


@dataclass(frozen=True)
class Query:
    """What is asked, and the vector that stands for it."""

    text: str
    language: str
    vector: Vectors


class Prepared:
    """The embedder that knows the vector of the question asked next."""

    name = "prepared"
    width = WIDTH
    context = 512
    vector: Vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The vector that was set."""
        return self.vector[None]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Not asked for: passages come with their vectors."""
        raise NotImplementedError

    def count_tokens(self, texts: Sequence[str]) -> int:
        """Not asked for."""
        raise NotImplementedError


@dataclass(frozen=True)
class Measured:
    """What one backend took."""

    backend: str
    minutes: float
    megabytes: float
    first: float
    seconds: list[float]
    recall: float


class Texts:
    """Documents made of real sentences; the same number gives the same document."""

    def __init__(self, corpora: Path, languages: Sequence[str], most: int | None) -> None:
        self._sentences = {
            language: [
                sentence
                for document in itertools.islice(documents(language, corpora), most)
                for sentence in re.split(r"(?<=[.;:!?])\s+|\n+", document.text)
                if 40 <= len(sentence) <= 300
            ]
            for language in languages
        }
        generator = np.random.default_rng(0)
        self._centres = unit(generator.standard_normal((CENTRES, WIDTH), dtype=np.float32))

    def document(self, number: int) -> tuple[Indexed, Vectors]:
        """A document of 100 chunks with vectors (100, 256)."""
        chosen = random.Random(number)
        language = chosen.choice(sorted(self._sentences))
        texts = [self._chunk(chosen, language) for _ in range(CHUNKS_OF_A_DOCUMENT)]
        starts = [0, *itertools.accumulate(len(text) + 1 for text in texts)]
        chunks = tuple(
            Chunk(ordinal=at, start=start, end=start + len(text), text=text, language=language)
            for at, (start, text) in enumerate(zip(starts, texts, strict=False))
        )
        extract = Extract(text="\n".join(texts), title=f"Documento {number}", language=language)
        return Indexed(extract=extract, chunks=chunks), self.vectors(number)

    def vectors(self, number: int) -> Vectors:
        """The vectors of a document's chunks."""
        generator = np.random.default_rng([1, number])
        near = self._centres[generator.integers(CENTRES, size=CHUNKS_OF_A_DOCUMENT)]
        return noisy(near, generator)

    def query(self, number: int) -> Query:
        """A sentence of a chunk of that document."""
        indexed, vectors = self.document(number)
        chosen = random.Random(-number - 1)
        at = chosen.randrange(CHUNKS_OF_A_DOCUMENT)
        words = re.split(r"(?<=[.;:!?])\s+", indexed.chunks[at].text)[0].split()[:12]
        vector = noisy(vectors[at : at + 1], np.random.default_rng([2, number]))[0]
        return Query(" ".join(words), indexed.extract.language or "", vector)

    def _chunk(self, chosen: random.Random, language: str) -> str:
        text = chosen.choice(self._sentences[language])
        while len(text) < _LENGTH:
            text += " " + chosen.choice(self._sentences[language])
        return text


def unit(vectors: Vectors) -> Vectors:
    """Vectors of length one."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def noisy(vectors: Vectors, generator: np.random.Generator) -> Vectors:
    """Unit vectors near these."""
    noise = generator.standard_normal(vectors.shape, dtype=np.float32) / np.sqrt(WIDTH)
    return unit(vectors + _NOISE * noise.astype(np.float32))


def fill(database: SqlDatabase, texts: Texts, documents: int) -> None:
    """Indexes so many documents in one collection."""
    database.add_collection(
        Collection(
            id="all",
            tenant=OWNER.tenant,
            owner=OWNER.user,
            name="all",
            created=0,
            embedder=Prepared.name,
            readers=frozenset({EVERYBODY}),
        )
    )
    for number in range(documents):
        indexed, vectors = texts.document(number)
        database.add_document(
            Document(
                id=str(number),
                collection="all",
                file="",
                name=str(number),
                sha256="",
                state="queued",
                created=0,
                readers=frozenset() if number % 100 == 99 else None,
            )
        )
        database.store_index(str(number), indexed, vectors)


def measure(backend: str, address: str, size: Path, texts: Texts, documents: int) -> Measured:
    """Searches one backend, after filling it where that was not done."""
    database = open_database(address)
    began = time.perf_counter()
    if database.collection("all", OWNER) is None:
        fill(database, texts, documents)
    kept = database.document_counts("all", OWNER)
    assert kept == {"ready": documents}, f"{address} holds {kept}: fill another one"
    minutes = (time.perf_counter() - began) / 60
    asked = [texts.query(at * documents // QUESTIONS) for at in range(QUESTIONS)]
    embedder, seconds = Prepared(), []
    for query in asked[:1] + asked:
        embedder.vector = query.vector
        began = time.perf_counter()
        hits = search(
            database, embedder, query.text, ["all"], ASKING, limit=5, language=query.language
        )
        seconds.append(time.perf_counter() - began)
        assert len(hits) == 5
    recall = nearest_found(database, texts, documents, asked[:: QUESTIONS // 50])
    database.close()
    used = sum(file.stat().st_size for file in size.rglob("*") if file.is_file())
    return Measured(backend, minutes, used / 1e6, seconds[0], seconds[1:], recall)


def nearest_found(
    database: SqlDatabase, texts: Texts, documents: int, asked: Sequence[Query]
) -> float:
    """The share of the ten truly nearest chunks among the ten that `search_vectors` brings."""
    wanted = np.stack([query.vector for query in asked])
    best = np.full((len(asked), 10), -1.0, dtype=np.float32)
    for number in range(documents):
        if number % 100 != 99:
            products = wanted @ texts.vectors(number).T
            best = np.sort(np.concatenate([best, products], axis=1), axis=1)[:, -10:]
    found = 0
    for query, truly in zip(asked, best, strict=True):
        hits = database.search_vectors(["all"], query.vector, ASKING, limit=10)
        found += sum(hit.score >= truly[0] - 1e-5 for hit in hits)
    return found / (10 * len(asked))


@contextlib.contextmanager
def address(backend: str, work: Path | None) -> Iterator[tuple[str, Path]]:
    """Where an empty or the kept database is, and the folder whose bytes it takes."""
    if backend == "sqlite" and work is not None:
        work.mkdir(parents=True, exist_ok=True)
        yield str(work / "tertulia.db"), work
    elif backend == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield str(Path(folder, "tertulia.db")), Path(folder)
    else:
        with postgres_server() as url:
            yield url, Path(url.rpartition("=")[2], "data", "base")


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--chunks", type=int, help="default 1,000,000")
    options.add_argument("--corpora", type=Path, required=True, help="folder of the corpora")
    options.add_argument("--backend", choices=["sqlite", "postgresql"], help="default: both")
    options.add_argument("--work", type=Path, help="where an SQLite database is kept")
    options.add_argument("--fill", action="store_true", help="fill that one, and end")
    arguments: argparse.Namespace = options.parse_args()
    load = begin()
    documents = quick_or(arguments, "chunks", 20_000, 1_000_000) // CHUNKS_OF_A_DOCUMENT
    texts = Texts(arguments.corpora, sorted(COLLECTIONS), 50 if arguments.quick else None)
    if arguments.fill and arguments.work is None:
        options.error("--fill needs --work, where the database is kept")
    if arguments.fill:
        with address("sqlite", arguments.work) as (url, _), closing(open_database(url)) as filled:
            fill(filled, texts, documents)
        return
    rows = []
    for backend in [arguments.backend] if arguments.backend else ["sqlite", "postgresql"]:
        with address(backend, arguments.work) as (url, size):
            found = measure(backend, url, size, texts, documents)
        middle, late, latest = np.percentile(found.seconds, [50, 95, 99]) * 1000
        rows.append(
            [
                found.backend,
                f"{middle:.0f} ms",
                f"{late:.0f} ms",
                f"{latest:.0f} ms",
                f"{found.first * 1000:.0f} ms",
                f"{100 * found.recall:.1f} %",
                f"{found.minutes:.1f} min" if found.minutes > 0.1 else "before",
                f"{found.megabytes:,.0f} MB",
            ]
        )
    heads = ["backend", "p50", "p95", "p99", "first", "nearest 10 found", "indexing", "on disk"]
    lines = [
        f"{documents * CHUNKS_OF_A_DOCUMENT:,} chunks of about {_LENGTH} characters in one "
        f"collection, {QUESTIONS} questions, embedding not included.",
        "",
        *table(heads, rows),
    ]
    publish(arguments, "retrieval-scale", "Search among a million chunks", lines, load=load)


if __name__ == "__main__":
    main()
