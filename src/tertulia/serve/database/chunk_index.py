"""Storing the index of a document and searching it: words by BM25, vectors by their product.

Within a search all is read from one snapshot. Ranking passes over the chunks that the reader may
not see, and the rows of a hit are fetched by a statement that holds the same condition.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence

from tertulia.inference.embedder import Vectors
from tertulia.serve.database.dialect import Engine, Row, Statements, placeholders
from tertulia.serve.database.index_writing import (
    chunk_words,
    delete_whole,
    lock_index,
    remove_index,
    require_width,
    write_chunks,
    write_codes,
    write_words,
)
from tertulia.serve.database.postings import Posting, Statistics, best_chunks
from tertulia.serve.database.records import Hit, Indexed, Reader
from tertulia.serve.database.sign_codes import CodeBlock, code_block, nearest_chunks, sign_codes
from tertulia.serve.database.visibility import (
    SEES_COLLECTION,
    SEES_DOCUMENT,
    collection_values,
    document_values,
)
from tertulia.serve.knowledge.document import Chunk

_CANDIDATES = 500
"""How many of the nearest codes are compared by their vectors."""
_MOST_WORDS = 64
"""The rarest words of a question count; a longer one is a document and says little more."""
_JOINED = "JOIN documents d ON d.number = k.document JOIN collections c ON c.number = d.collection"


class ChunkIndex:
    """The part of Database that keeps and searches the index."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._codes: dict[tuple[int, int], CodeBlock] = {}

    def store_index(self, document: str, indexed: Indexed, vectors: Vectors) -> None:
        """As Database. A document that was deleted meanwhile is passed over.

        Raises ServeError `serve.other-embedder` where vectors (chunks, width) have another width
        than the collection's.
        """
        extract, chunks = indexed.extract, indexed.chunks
        if len(chunks) != len(vectors):
            raise ValueError(f"{len(chunks)} chunks with {len(vectors)} vectors")
        words = [chunk_words(chunk, extract.title, extract.language) for chunk in chunks]
        distinct = sorted(set().union(*(found.halves for found in words)))
        bound = [self._engine.vector_value(vector) for vector in vectors]
        languages = {chunk.language or extract.language for chunk in chunks}
        with self._engine.writing() as statements:
            version = lock_index(statements)
            found = statements.rows(
                "SELECT d.number, d.collection, d.name, d.file, c.width FROM documents d "
                "JOIN collections c ON c.number = d.collection WHERE d.id = ?",
                (document,),
            )
            if not found:
                return
            number, collection, name, file, width = found[0]
            remove_index(statements, number)
            first = write_chunks(statements, number, chunks, bound, extract.language)
            if chunks:
                require_width(statements, collection, width, vectors.shape[1])
                write_codes(statements, self._engine.dialect, collection, first, vectors, version)
            write_words(statements, self._engine.dialect, collection, first, words)
            _write_extract(statements, number, indexed, distinct, sum(w.words for w in words))
            statements.rows(
                "UPDATE documents SET state = 'ready', error = NULL, indexed = ?, title = ?, "
                "language = ?, chunks = ?, first_chunk = ?, empty_pages = ?, languages = ? "
                "WHERE number = ?",
                (
                    int(time.time()),
                    extract.title,
                    extract.language,
                    len(chunks),
                    first,
                    json.dumps(extract.empty_pages),
                    json.dumps(sorted(languages, key=str)),
                    number,
                ),
            )
            older = "collection = ? AND name = ? AND file = ? AND number < ?"
            for (replaced,) in statements.rows(
                f"SELECT number FROM documents WHERE {older}", (collection, name, file, number)
            ):
                delete_whole(statements, replaced)

    def stored_vectors(self, document: str) -> dict[tuple[str, tuple[str, ...], str], Vectors]:
        """Vectors (width,) by title, headings and text, of the document that is replaced.

        For the indexer, on behalf of the server itself: what did not change is not embedded again.
        """
        with self._engine.reading() as statements:
            found = statements.rows(
                "SELECT d.title, k.headings, k.text, v.vector FROM documents n JOIN documents d "
                "ON d.collection = n.collection AND d.name = n.name "
                "JOIN chunks k ON k.document = d.number JOIN chunk_vectors v ON v.chunk = k.id "
                "WHERE n.id = ?",
                (document,),
            )
        return {
            (title, tuple(json.loads(headings)), text): self._engine.vector_of(vector)
            for title, headings, text, vector in found
        }

    def search_words(
        self, collections: Sequence[str], words: Mapping[str, float], reader: Reader, *, limit: int
    ) -> list[Hit]:
        """As Database; how rare a word is, is counted over the collections searched together."""
        with self._engine.reading() as statements:
            seen = _visible(statements, collections, reader)
            if not seen or not words:
                return []
            among = f"collection IN ({placeholders(len(seen))})"
            numbers = [number for number, _, _ in seen]
            listed = f"word IN ({placeholders(len(words))})"
            counted = statements.rows(
                "SELECT word, CAST(SUM(chunks) AS BIGINT) FROM words "
                f"WHERE {among} AND {listed} GROUP BY word",
                (*numbers, *words),
            )
            statistics = Statistics(
                sum(chunks for _, chunks, _ in seen),
                sum(count for _, _, count in seen),
                {word: int(count) for word, count in counted},
            )
            telling = sorted(
                statistics.chunks_with,
                key=lambda word: (-statistics.rarity(word) * words[word], word),
            )[:_MOST_WORDS]
            if not telling:
                return []
            rows = statements.rows(
                f"SELECT word, block, entries FROM postings WHERE {among} "
                f"AND word IN ({placeholders(len(telling))})",
                (*numbers, *telling),
            )
            hidden = _hidden(statements, numbers, reader)
            postings = [Posting(word, block, entries) for word, block, entries in rows]
            best = best_chunks(postings, words, statistics, hidden, limit)
            return _hits(statements, dict(best), reader)

    def search_vectors(
        self, collections: Sequence[str], vector: Vectors, reader: Reader, *, limit: int
    ) -> list[Hit]:
        """As Database: the nearest codes, ranked by their vectors."""
        with self._engine.reading() as statements:
            seen = _visible(statements, collections, reader)
            numbers = [number for number, _, _ in seen]
            if not numbers:
                return []
            near = nearest_chunks(
                self._code_blocks(statements, numbers),
                sign_codes(vector[None])[0],
                _hidden(statements, numbers, reader),
                max(_CANDIDATES, limit),
            )
            products = self._products(statements, near, vector, reader)
            best = sorted(products, key=lambda chunk: (-products[chunk], chunk))[:limit]
            return _hits(statements, {chunk: products[chunk] for chunk in best}, reader)

    def vector_products(
        self, chunks: Sequence[int], vector: Vectors, reader: Reader
    ) -> dict[int, float]:
        """The product of `vector` (width,) with the vector of each chunk the reader may see."""
        with self._engine.reading() as statements:
            return self._products(statements, chunks, vector, reader)

    def _products(
        self, statements: Statements, chunks: Sequence[int], vector: Vectors, reader: Reader
    ) -> dict[int, float]:
        if not chunks:
            return {}
        found = statements.rows(
            f"SELECT v.chunk, {self._engine.dialect.product} FROM chunk_vectors v "
            f"JOIN chunks k ON k.id = v.chunk {_JOINED} "
            f"WHERE v.chunk IN ({placeholders(len(chunks))}) AND {SEES_DOCUMENT}",
            (self._engine.vector_value(vector), *chunks, *document_values(reader)),
        )
        return {chunk: float(product) for chunk, product in found}

    def _code_blocks(self, statements: Statements, collections: list[int]) -> list[CodeBlock]:
        """The codes of collections; what has not changed since the last look is kept in memory."""
        versions = statements.rows(
            f"SELECT collection, block, version FROM blocks "
            f"WHERE collection IN ({placeholders(len(collections))}) ORDER BY block, collection",
            collections,
        )
        blocks = []
        for collection, block, version in versions:
            kept = self._codes.get((collection, block))
            if kept is None or kept.version != version:
                [(offsets, codes)] = statements.rows(
                    "SELECT offsets, codes FROM blocks WHERE collection = ? AND block = ?",
                    (collection, block),
                )
                kept = code_block(version, block, offsets, codes)
                # Deleted collections leave theirs behind.
                living = {number for (number,) in statements.rows("SELECT number FROM collections")}
                self._codes = {key: of for key, of in self._codes.items() if key[0] in living}
                self._codes[(collection, block)] = kept
            blocks.append(kept)
        return blocks


def _visible(
    statements: Statements, collections: Sequence[str], reader: Reader
) -> list[tuple[int, int, int]]:
    """Number, chunks and words of those collections that the reader sees."""
    if not collections:
        return []
    found = statements.rows(
        "SELECT c.number, c.chunk_count, c.word_count FROM collections c "
        f"WHERE c.id IN ({placeholders(len(collections))}) AND {SEES_COLLECTION} ORDER BY c.number",
        (*collections, *collection_values(reader)),
    )
    return [(int(number), int(chunks), int(words)) for number, chunks, words in found]


def _hidden(statements: Statements, numbers: list[int], reader: Reader) -> list[tuple[int, int]]:
    """Runs of chunks (first, count) in these collections that the reader may not see."""
    found = statements.rows(
        "SELECT d.first_chunk, d.chunks FROM documents d "
        "JOIN collections c ON c.number = d.collection "
        f"WHERE d.collection IN ({placeholders(len(numbers))}) AND d.restricted = 1 "
        f"AND d.chunks > 0 AND NOT {SEES_DOCUMENT}",
        (*numbers, *document_values(reader)),
    )
    return [(int(first), int(count)) for first, count in found]


def _hits(statements: Statements, scores: Mapping[int, float], reader: Reader) -> list[Hit]:
    if not scores:
        return []
    found = statements.rows(
        "SELECT k.id, c.id, d.id, d.name, d.title, k.ordinal, k.first, k.last, k.text, "
        f"k.headings, k.page, k.language FROM chunks k {_JOINED} "
        f"WHERE k.id IN ({placeholders(len(scores))}) AND {SEES_DOCUMENT}",
        (*scores, *document_values(reader)),
    )
    hits = [_hit(row, scores[row[0]]) for row in found]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))


def _hit(row: Row, score: float) -> Hit:
    id, collection, document, name, title, ordinal, first, last, text, headings, page, lang = row
    return Hit(
        chunk_id=id,
        collection=collection,
        document=document,
        document_name=name,
        title=title,
        score=score,
        chunk=Chunk(
            ordinal=ordinal,
            start=first,
            end=last,
            text=text,
            headings=tuple(json.loads(headings)),
            page=page,
            language=lang,
        ),
    )


def _write_extract(
    statements: Statements, number: int, indexed: Indexed, words: list[str], word_count: int
) -> None:
    extract = indexed.extract
    statements.rows(
        "INSERT INTO extracts (document, text, title, language, pages, headings, empty_pages, "
        "words, word_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            extract.text,
            extract.title,
            extract.language,
            json.dumps([(page.number, page.start, page.end) for page in extract.pages]),
            json.dumps(
                [(heading.level, heading.start, heading.end) for heading in extract.headings]
            ),
            json.dumps(extract.empty_pages),
            json.dumps(words, ensure_ascii=False),
            word_count,
        ),
    )
