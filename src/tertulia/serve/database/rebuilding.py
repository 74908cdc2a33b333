"""Writes the words of all chunks anew, after the rules by which words are analysed have changed."""

from __future__ import annotations

import json

from tertulia.serve.database.dialect import Dialect, Statements
from tertulia.serve.database.index_writing import chunk_words, lock_index, write_words
from tertulia.serve.knowledge.document import Chunk


def rebuild_words(statements: Statements, dialect: Dialect) -> int:
    """Words and postings from the stored chunks; vectors stay. Returns how many documents."""
    lock_index(statements)
    for table in ("postings", "words"):
        statements.rows(f"DELETE FROM {table}")
    statements.rows("UPDATE collections SET chunk_count = 0, word_count = 0")
    documents = statements.rows(
        "SELECT d.number, d.collection, d.first_chunk, e.title, e.language "
        "FROM documents d JOIN extracts e ON e.document = d.number ORDER BY d.first_chunk"
    )
    for number, collection, first, title, language in documents:
        words = [
            chunk_words(chunk, title, language) for chunk in _stored_chunks(statements, number)
        ]
        write_words(statements, dialect, collection, first, words)
        distinct = sorted(set().union(*(found.halves for found in words)))
        statements.rows(
            "UPDATE extracts SET words = ?, word_count = ? WHERE document = ?",
            (
                json.dumps(distinct, ensure_ascii=False),
                sum(found.words for found in words),
                number,
            ),
        )
    return len(documents)


def _stored_chunks(statements: Statements, document: int) -> list[Chunk]:
    return [
        Chunk(
            ordinal=ordinal,
            start=first,
            end=last,
            text=text,
            headings=tuple(json.loads(headings)),
            language=language,
        )
        for ordinal, first, last, text, headings, language in statements.rows(
            "SELECT ordinal, first, last, text, headings, language FROM chunks "
            "WHERE document = ? ORDER BY id",
            (document,),
        )
    ]
