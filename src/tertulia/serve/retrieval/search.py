"""The search behind every answer: words and vectors, fused, then ranked by all that is known."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.errors import ServeError
from tertulia.inference.embedder import Embedder, Vectors
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Collection, Hit, Reader
from tertulia.serve.retrieval.analysis import question_words
from tertulia.serve.retrieval.candidates import Candidate, Question
from tertulia.serve.retrieval.fusion import fused_scores
from tertulia.serve.retrieval.rerank import Reranker, shipped_reranker

CANDIDATES = 100
"""How many each of the two searches brings to the fusion."""
RERANKED = 50
"""How many of the fused are ranked again."""
LONGEST_QUESTION = 4_000
"""Characters of a question that are read."""


def search(
    database: Database,
    embedder: Embedder | None,
    question: str,
    collections: Sequence[str],
    reader: Reader,
    *,
    limit: int = 5,
    language: str | None = None,
    reranker: Reranker | None = None,
) -> list[Hit]:
    """The passages that answer `question` best, among those that `reader` may see; best first.

    `language` is the question's where it is known. Without an embedder only words are compared. A
    collection that the reader may not see is passed over as if it were not there. The score of a
    hit is the reranker's: by default a probability.
    Raises ServeError `serve.other-embedder` where a collection holds another model's vectors.
    """
    asked = question.strip()[:LONGEST_QUESTION]
    seen = [
        found for id in dict.fromkeys(collections) if (found := database.collection(id, reader))
    ]
    if not asked or not seen:
        return []
    told = Question(text=asked, language=language or question_language(asked))
    candidates = find_candidates(database, embedder, told, seen, reader, most=max(RERANKED, limit))
    return (reranker or shipped_reranker()).rerank(told, candidates)[:limit]


def find_candidates(
    database: Database,
    embedder: Embedder | None,
    question: Question,
    collections: Sequence[Collection],
    reader: Reader,
    *,
    most: int = RERANKED,
) -> list[Candidate]:
    """What words and vectors find, by reciprocal rank fusion, best first."""
    ids = [collection.id for collection in collections]
    words = question_words(question.text, question.language, database.languages(ids, reader))
    by_words = database.search_words(ids, words, reader, limit=max(CANDIDATES, most))
    vector, by_vectors = None, []
    if embedder is not None:
        _require_embedder(embedder, collections)
        vector = embedder.embed_queries([question.text])[0]
        by_vectors = database.search_vectors(ids, vector, reader, limit=max(CANDIDATES, most))
    hits = {hit.chunk_id: hit for hit in [*by_words, *by_vectors]}
    orders = [[hit.chunk_id for hit in order] for order in (by_words, by_vectors)]
    fused = fused_scores(orders)
    best = sorted(fused, key=lambda chunk: (-fused[chunk], chunk))[:most]
    bm25 = {hit.chunk_id: hit.score for hit in by_words}
    products = {hit.chunk_id: hit.score for hit in by_vectors}
    products |= _missing_products(database, vector, set(best) - products.keys(), reader)
    return [
        Candidate(
            hit=hits[chunk],
            fused=fused[chunk],
            bm25=bm25.get(chunk, 0.0),
            product=products.get(chunk, 0.0),
        )
        for chunk in best
    ]


def question_language(question: str) -> str | None:
    """The language of a question as our identifier tells it, None where it cannot."""
    from tertulia.corpus.document import NO_LANGUAGE
    from tertulia.corpus.language_id import identify

    [tag] = identify([question]).tags
    return None if tag == NO_LANGUAGE else tag


def _missing_products(
    database: Database, vector: Vectors | None, chunks: set[int], reader: Reader
) -> dict[int, float]:
    if vector is None or not chunks:
        return {}
    return database.vector_products(sorted(chunks), vector, reader)


def _require_embedder(embedder: Embedder, collections: Sequence[Collection]) -> None:
    for collection in collections:
        if collection.embedder != embedder.name:
            raise ServeError(
                "serve.other-embedder",
                f"the collection {collection.name} holds vectors of the model "
                f"{collection.embedder}, not of {embedder.name}",
                remedy="Serve with that embedding model, or index the collection again",
            )
