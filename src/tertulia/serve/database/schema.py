"""The tables of a server's database, their version and how an older version is brought up.

Who may read what is in `collection_readers` and `document_readers`; the index over chunks is in
`words`, `postings`, `blocks` and `chunk_vectors`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tertulia.errors import ServeError
from tertulia.serve.database.dialect import Engine, Statements
from tertulia.serve.database.rebuilding import rebuild_words
from tertulia.serve.retrieval.analysis import ANALYSIS

VERSION = 2
_BATCHES = """
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    collection {integer} NOT NULL REFERENCES collections (number) ON DELETE CASCADE,
    created {integer} NOT NULL, documents TEXT NOT NULL)
"""
MIGRATIONS: Mapping[int, tuple[str, ...]] = {1: (_BATCHES,)}
"""Statements that bring version n to n + 1; types are named as in `_TABLES`."""

_TABLES = (
    """
CREATE TABLE counters (name TEXT PRIMARY KEY, value {integer} NOT NULL);

CREATE TABLE api_keys (
    number {number}, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL,
    user_name TEXT NOT NULL, roles TEXT NOT NULL, created {integer} NOT NULL, expires {integer},
    label TEXT NOT NULL);

CREATE TABLE files (
    number {number}, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, owner TEXT NOT NULL,
    name TEXT NOT NULL, size {integer} NOT NULL, sha256 TEXT NOT NULL, purpose TEXT NOT NULL,
    created {integer} NOT NULL);
CREATE INDEX files_of ON files (tenant, owner, number);

CREATE TABLE collections (
    number {number}, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, owner TEXT NOT NULL,
    name TEXT NOT NULL, created {integer} NOT NULL, embedder TEXT NOT NULL,
    metadata TEXT NOT NULL, width {integer},
    chunk_count {integer} NOT NULL DEFAULT 0, word_count {integer} NOT NULL DEFAULT 0);
CREATE INDEX collections_of ON collections (tenant, number);

CREATE TABLE collection_readers (
    collection {integer} NOT NULL REFERENCES collections (number) ON DELETE CASCADE,
    reader TEXT NOT NULL, PRIMARY KEY (collection, reader));

CREATE TABLE documents (
    number {number}, id TEXT NOT NULL UNIQUE,
    collection {integer} NOT NULL REFERENCES collections (number) ON DELETE CASCADE,
    file TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, state TEXT NOT NULL,
    created {integer} NOT NULL, indexed {integer}, error TEXT, title TEXT NOT NULL, language TEXT,
    chunks {integer} NOT NULL, restricted {integer} NOT NULL, empty_pages TEXT NOT NULL,
    attributes TEXT NOT NULL, first_chunk {integer}, languages TEXT NOT NULL);
CREATE INDEX documents_in ON documents (collection, name);
CREATE INDEX documents_state ON documents (state, number);
CREATE INDEX documents_restricted ON documents (collection, restricted);
CREATE INDEX documents_languages ON documents (collection, languages);

CREATE TABLE document_readers (
    document {integer} NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    reader TEXT NOT NULL, PRIMARY KEY (document, reader));

CREATE TABLE extracts (
    document {integer} PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE,
    text TEXT NOT NULL, title TEXT NOT NULL, language TEXT, pages TEXT NOT NULL,
    headings TEXT NOT NULL, empty_pages TEXT NOT NULL, words TEXT NOT NULL,
    word_count {integer} NOT NULL);

CREATE TABLE chunks (
    id {integer} PRIMARY KEY,
    document {integer} NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    ordinal {integer} NOT NULL, first {integer} NOT NULL, last {integer} NOT NULL,
    text TEXT NOT NULL, headings TEXT NOT NULL, page {integer}, language TEXT);
CREATE INDEX chunks_of ON chunks (document, ordinal);

CREATE TABLE chunk_vectors (
    chunk {integer} PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
    vector {vector} NOT NULL);

CREATE TABLE words (
    collection {integer} NOT NULL REFERENCES collections (number) ON DELETE CASCADE,
    word TEXT NOT NULL, chunks {integer} NOT NULL, PRIMARY KEY (collection, word));

CREATE TABLE postings (
    collection {integer} NOT NULL REFERENCES collections (number) ON DELETE CASCADE,
    word TEXT NOT NULL, block {integer} NOT NULL, entries {blob} NOT NULL,
    PRIMARY KEY (collection, word, block));

CREATE TABLE blocks (
    collection {integer} NOT NULL REFERENCES collections (number) ON DELETE CASCADE,
    block {integer} NOT NULL, version {integer} NOT NULL,
    offsets {blob} NOT NULL, codes {blob} NOT NULL, PRIMARY KEY (collection, block));

INSERT INTO counters (name, value) VALUES ('chunk', 0), ('document', 0), ('version', 0);
"""
    + _BATCHES
)


def prepare(engine: Engine) -> None:
    """Makes the tables, or brings those of an older version up to this one.

    Where words were analysed by other rules they are all written anew, about 1 ms a chunk.
    Raises ServeError `serve.database-newer` where a newer tertulia made them.
    """
    with engine.writing() as statements:
        statements.rows(
            f"CREATE TABLE IF NOT EXISTS schema (version {engine.dialect.integer} NOT NULL)"
        )
        found = statements.rows("SELECT version FROM schema")
        if not found:
            _run(statements, engine, _TABLES.split(";"))
            _run(statements, engine, engine.dialect.extras)
            statements.rows("INSERT INTO schema (version) VALUES (?)", (VERSION,))
            statements.rows("INSERT INTO counters VALUES ('analysis', ?)", (ANALYSIS,))
            return
        version = found[0][0]
        if version > VERSION:
            raise ServeError(
                "serve.database-newer",
                f"the database has the tables of version {version}, "
                f"this tertulia knows those up to {VERSION}",
                where=engine.where,
                remedy="Install the newer tertulia that wrote it",
            )
        for step in range(version, VERSION):
            _run(statements, engine, MIGRATIONS[step])
        statements.rows("UPDATE schema SET version = ?", (VERSION,))
        if statements.rows("SELECT value FROM counters WHERE name = 'analysis'") != [(ANALYSIS,)]:
            rebuild_words(statements, engine.dialect)
            statements.rows("UPDATE counters SET value = ? WHERE name = 'analysis'", (ANALYSIS,))


def _run(statements: Statements, engine: Engine, texts: tuple[str, ...] | list[str]) -> None:
    types = engine.dialect
    for text in filter(str.strip, texts):
        statements.rows(
            text.format(
                number=types.number, integer=types.integer, blob=types.blob, vector=types.vector
            )
        )
