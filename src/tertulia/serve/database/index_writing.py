"""Writing and removing what the index holds of a document, within a transaction.

One index writer at a time: who changes words, postings or blocks first takes the lock. That keeps
chunks numbered without gaps within a document and writers from waiting for one another in a ring.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tertulia.errors import ServeError
from tertulia.inference.embedder import Vectors
from tertulia.serve.database.dialect import Dialect, Statements, Value
from tertulia.serve.database.postings import (
    BLOCK_BITS,
    BLOCK_CHUNKS,
    HALF,
    entry,
    entry_bytes,
    without_chunks,
)
from tertulia.serve.database.sign_codes import code_block, sign_codes
from tertulia.serve.knowledge.document import Chunk
from tertulia.serve.retrieval.analysis import index_terms

_HEADING_HALVES = 2
_TITLE_HALVES = 2


@dataclass(frozen=True)
class ChunkWords:
    """How often each term of a chunk occurs, in halves, and how many words it has in all."""

    halves: Counter[str]
    words: int


def lock_index(statements: Statements) -> int:
    """Waits until no other transaction changes the index; returns this one's version."""
    [(version,)] = statements.rows(
        "UPDATE counters SET value = value + 1 WHERE name = 'version' RETURNING value"
    )
    return int(version)


def chunk_words(chunk: Chunk, title: str, language: str | None) -> ChunkWords:
    """The words of a chunk's text, of the headings above it and of its document's title."""
    spoken = chunk.language or language
    halves: Counter[str] = Counter()
    words = 0
    for text, weight in (
        (chunk.text, HALF),
        ("\n".join(chunk.headings), _HEADING_HALVES),
        (title, _TITLE_HALVES),
    ):
        stems, keys = index_terms(text, spoken)
        words += weight * len(stems)
        for term in (*stems, *keys):
            halves[term] += weight
    return ChunkWords(halves, words // HALF)


def write_chunks(
    statements: Statements,
    document: int,
    chunks: Sequence[Chunk],
    vectors: Sequence[Value],
    language: str | None,
) -> int:
    """Chunks, those of no language in `language`, and their vectors; the number of the first."""
    [(last,)] = statements.rows(
        "UPDATE counters SET value = value + ? WHERE name = 'chunk' RETURNING value",
        (len(chunks),),
    )
    first = int(last) - len(chunks) + 1
    statements.many(
        "INSERT INTO chunks (id, document, ordinal, first, last, text, headings, page, language) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                first + at,
                document,
                chunk.ordinal,
                chunk.start,
                chunk.end,
                chunk.text,
                json.dumps(chunk.headings, ensure_ascii=False),
                chunk.page,
                chunk.language or language,
            )
            for at, chunk in enumerate(chunks)
        ],
    )
    statements.many(
        "INSERT INTO chunk_vectors (chunk, vector) VALUES (?, ?)",
        [(first + at, vector) for at, vector in enumerate(vectors)],
    )
    return first


def write_words(
    statements: Statements,
    dialect: Dialect,
    collection: int,
    first: int,
    words: Sequence[ChunkWords],
) -> None:
    """Words, postings and the collection's sums, for chunks numbered from `first` on."""
    entries: dict[tuple[str, int], list[int]] = {}
    chunks_with: Counter[str] = Counter()
    for chunk, found in enumerate(words, first):
        for word, halves in found.halves.items():
            rows = entries.setdefault((word, chunk >> BLOCK_BITS), [])
            rows.append(entry(chunk, halves, found.words))
            chunks_with[word] += 1
    statements.many(
        "INSERT INTO words (collection, word, chunks) VALUES (?, ?, ?) "
        "ON CONFLICT (collection, word) DO UPDATE SET chunks = words.chunks + excluded.chunks",
        [(collection, word, count) for word, count in sorted(chunks_with.items())],
    )
    statements.many(
        "INSERT INTO postings (collection, word, block, entries) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (collection, word, block) DO UPDATE SET "
        f"entries = CAST(postings.entries || excluded.entries AS {dialect.blob})",
        [
            (collection, word, block, entry_bytes(found))
            for (word, block), found in sorted(entries.items())
        ],
    )
    _add_to_sums(statements, collection, len(words), sum(found.words for found in words))


def write_codes(
    statements: Statements,
    dialect: Dialect,
    collection: int,
    first: int,
    vectors: Vectors,
    version: int,
) -> None:
    """The signs of vectors (N, width) of chunks numbered from `first` on."""
    codes = sign_codes(vectors)
    for block, begin, end in _runs(first, len(codes)):
        places = (((first + at) & (BLOCK_CHUNKS - 1)) for at in range(begin, end))
        offsets = b"".join(place.to_bytes(2, "little") for place in places)
        statements.rows(
            "INSERT INTO blocks (collection, block, version, offsets, codes) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (collection, block) DO UPDATE SET "
            "version = excluded.version, "
            f"offsets = CAST(blocks.offsets || excluded.offsets AS {dialect.blob}), "
            f"codes = CAST(blocks.codes || excluded.codes AS {dialect.blob})",
            (collection, block, version, offsets, codes[begin:end].astype("<u8").tobytes()),
        )


def delete_whole(statements: Statements, document: int) -> None:
    """A document with all that the index holds of it; the lock must be held."""
    remove_index(statements, document)
    statements.rows("DELETE FROM documents WHERE number = ?", (document,))


def remove_index(statements: Statements, document: int) -> None:
    """What the index holds of a document; the lock must be held."""
    found = statements.rows(
        "SELECT d.collection, d.first_chunk, d.chunks, e.words, e.word_count "
        "FROM documents d JOIN extracts e ON e.document = d.number WHERE d.number = ?",
        (document,),
    )
    for collection, first, count, words, word_count in found:
        blocks = [block for block, _, _ in _runs(first, count)]
        for word in json.loads(words):
            _remove_word(statements, collection, word, blocks, first, count)
        _remove_codes(statements, collection, blocks, first, count)
        _add_to_sums(statements, collection, -count, -word_count)
        statements.rows("DELETE FROM chunks WHERE document = ?", (document,))
        statements.rows("DELETE FROM extracts WHERE document = ?", (document,))


def require_width(statements: Statements, collection: int, found: int | None, width: int) -> None:
    """Notes the width of a collection's vectors; raises ServeError `serve.other-embedder`."""
    if found is None:
        statements.rows("UPDATE collections SET width = ? WHERE number = ?", (width, collection))
    elif found != width:
        raise ServeError(
            "serve.other-embedder",
            f"the collection holds vectors of {found} numbers, these have {width}",
            remedy="Index with the model the collection was made with, or make another collection",
        )


def _runs(first: int, count: int) -> Iterator[tuple[int, int, int]]:
    """Each block that chunks from `first` on touch, with which of them (begin, end) lie in it."""
    begin = 0
    while begin < count:
        block = (first + begin) >> BLOCK_BITS
        end = min(count, ((block + 1) << BLOCK_BITS) - first)
        yield block, begin, end
        begin = end


def _remove_word(
    statements: Statements, collection: int, word: str, blocks: list[int], first: int, count: int
) -> None:
    removed = 0
    for block in blocks:
        row = (collection, word, block)
        here = "WHERE collection = ? AND word = ? AND block = ?"
        for (entries,) in statements.rows(f"SELECT entries FROM postings {here}", row):
            kept = without_chunks(entries, block, first, count)
            removed += (len(entries) - len(kept)) // 4
            if kept:
                statements.rows(f"UPDATE postings SET entries = ? {here}", (kept, *row))
            else:
                statements.rows(f"DELETE FROM postings {here}", row)
    left = statements.rows(
        "UPDATE words SET chunks = chunks - ? WHERE collection = ? AND word = ? RETURNING chunks",
        (removed, collection, word),
    )
    if left == [(0,)]:
        statements.rows("DELETE FROM words WHERE collection = ? AND word = ?", (collection, word))


def _remove_codes(
    statements: Statements, collection: int, blocks: list[int], first: int, count: int
) -> None:
    version = lock_index(statements)
    for block in blocks:
        here = "WHERE collection = ? AND block = ?"
        for offsets, codes in statements.rows(
            f"SELECT offsets, codes FROM blocks {here}", (collection, block)
        ):
            stored = code_block(version, block, offsets, codes)
            kept = (stored.chunks < first) | (stored.chunks >= first + count)
            places = (stored.chunks[kept] & (BLOCK_CHUNKS - 1)).astype("<u2").tobytes()
            if kept.any():
                statements.rows(
                    f"UPDATE blocks SET version = ?, offsets = ?, codes = ? {here}",
                    (version, places, stored.codes[:, kept].T.tobytes(), collection, block),
                )
            else:
                statements.rows(f"DELETE FROM blocks {here}", (collection, block))


def _add_to_sums(statements: Statements, collection: int, chunks: int, words: int) -> None:
    statements.rows(
        "UPDATE collections SET chunk_count = chunk_count + ?, word_count = word_count + ? "
        "WHERE number = ?",
        (chunks, words, collection),
    )
