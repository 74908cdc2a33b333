"""Documents, how far each is and what was extracted from it, in the tables."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Sequence

from tertulia.errors import ServeError
from tertulia.serve.database.dialect import Engine, Row, Statements, placeholders
from tertulia.serve.database.index_writing import delete_whole, lock_index
from tertulia.serve.database.records import Document, Reader
from tertulia.serve.database.visibility import (
    OWNS,
    SEES_COLLECTION,
    SEES_DOCUMENT,
    collection_values,
    document_values,
    owner_values,
)
from tertulia.serve.knowledge.document import Extract, Heading, Page

_COLUMNS = (
    "d.number, d.id, c.id, d.file, d.name, d.sha256, d.state, d.created, d.indexed, d.error, "
    "d.title, d.language, d.chunks, d.restricted, d.empty_pages, d.attributes"
)
_FROM = "FROM documents d JOIN collections c ON c.number = d.collection"
_FROM_COLLECTION = "FROM collections c JOIN documents d ON d.collection = c.number"
"""PostgreSQL joins in the order that is written: first what a condition names."""
_INSERTED = (
    "collection, id, file, name, sha256, state, created, title, language, chunks, restricted, "
    "empty_pages, attributes, languages"
)


class DocumentTables:
    """The part of Database that keeps documents and their queue."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turns: dict[tuple[str, str], int] = {}
        """When a document of each owner was last taken, in documents taken."""

    def add_document(self, document: Document) -> None:
        """As Database; raises ServeError `serve.no-collection`.

        One of the same name and file that waits or failed makes way at once. Where it names no
        readers, the new one takes those of the one it replaces.
        """
        with self._engine.writing() as statements:
            # Two of one name must not be added side by side.
            statements.rows("UPDATE counters SET value = value WHERE name = 'document'")
            found = statements.rows(
                "SELECT number FROM collections WHERE id = ?", (document.collection,)
            )
            if not found:
                raise ServeError(
                    "serve.no-collection", f"there is no collection {document.collection}"
                )
            same = statements.rows(
                "SELECT number, state, sha256, restricted FROM documents "
                "WHERE collection = ? AND name = ? AND file = ? ORDER BY number",
                (found[0][0], document.name, document.file),
            )
            if same and same[-1][1] != "failed" and same[-1][2] == document.sha256:
                return
            readers = document.readers
            for number, _, _, restricted in same:
                if restricted and document.readers is None:
                    readers = _readers(statements, number)
            for number, state, _, _ in same:
                if state in ("queued", "failed"):
                    statements.rows("DELETE FROM documents WHERE number = ?", (number,))
            _insert(statements, found[0][0], dataclasses.replace(document, readers=readers))

    def document(self, id: str, reader: Reader) -> Document | None:
        """As Database."""
        with self._engine.reading() as statements:
            found = statements.rows(
                f"SELECT {_COLUMNS} {_FROM} WHERE d.id = ? AND {SEES_DOCUMENT}",
                (id, *document_values(reader)),
            )
            return _documents(statements, found)[0] if found else None

    def documents(
        self,
        collection: str,
        reader: Reader,
        *,
        state: str | None = None,
        after: str | None = None,
        limit: int = 10_000,
    ) -> list[Document]:
        """Those the reader sees, the oldest first, from the one after `after`."""
        with self._engine.reading() as statements:
            found = statements.rows(
                f"SELECT {_COLUMNS} {_FROM_COLLECTION} WHERE c.id = ? AND {SEES_DOCUMENT} "
                "AND d.state = COALESCE(?, d.state) "
                "AND d.number > COALESCE((SELECT number FROM documents WHERE id = ?), 0) "
                "ORDER BY d.number LIMIT ?",
                (collection, *document_values(reader), state, after or "", limit),
            )
            return _documents(statements, found)

    def document_counts(self, collection: str, reader: Reader) -> dict[str, int]:
        """How many of those the reader sees are in each state."""
        with self._engine.reading() as statements:
            found = statements.rows(
                f"SELECT d.state, COUNT(*) {_FROM_COLLECTION} WHERE c.id = ? AND {SEES_DOCUMENT} "
                "GROUP BY d.state",
                (collection, *document_values(reader)),
            )
        return {state: int(count) for state, count in found}

    def delete_document(self, id: str, reader: Reader) -> bool:
        """Whether there was one in a collection of the reader's."""
        with self._engine.writing() as statements:
            lock_index(statements)
            found = statements.rows(
                f"SELECT d.number {_FROM} WHERE d.id = ? AND {OWNS}", (id, *owner_values(reader))
            )
            for (number,) in found:
                delete_whole(statements, number)
            return bool(found)

    def extract(self, document: str, reader: Reader) -> Extract | None:
        """As Database."""
        with self._engine.reading() as statements:
            found = statements.rows(
                "SELECT e.text, e.title, e.language, e.pages, e.headings, e.empty_pages "
                f"{_FROM} JOIN extracts e ON e.document = d.number "
                f"WHERE d.id = ? AND {SEES_DOCUMENT}",
                (document, *document_values(reader)),
            )
        return _extract(found[0]) if found else None

    def take_queued(self) -> Document | None:
        """As Database."""
        with self._engine.writing() as statements:
            lock_index(statements)
            waiting = statements.rows(
                f"SELECT c.tenant, c.owner, MIN(d.number) {_FROM} WHERE d.state = 'queued' "
                "GROUP BY c.tenant, c.owner"
            )
            if not waiting:
                return None
            tenant, owner, number = min(
                waiting, key=lambda row: (self._turns.get((row[0], row[1]), 0), row[2])
            )
            self._turns[tenant, owner] = max(self._turns.values(), default=0) + 1
            found = statements.rows(f"SELECT {_COLUMNS} {_FROM} WHERE d.number = ?", (number,))
            statements.rows(
                "UPDATE documents SET state = 'indexing' WHERE number = ?", found[0][:1]
            )
            return dataclasses.replace(_documents(statements, found)[0], state="indexing")

    def requeue_interrupted(self) -> int:
        """As Database."""
        with self._engine.writing() as statements:
            return len(
                statements.rows(
                    "UPDATE documents SET state = 'queued' WHERE state = 'indexing' RETURNING id"
                )
            )

    def fail_document(self, document: str, error: str) -> None:
        """Marks it; an older one of the same name stays searchable."""
        with self._engine.writing() as statements:
            statements.rows(
                "UPDATE documents SET state = 'failed', error = ?, indexed = ? WHERE id = ?",
                (error, int(time.time()), document),
            )

    def languages(self, collections: Sequence[str], reader: Reader) -> set[str | None]:
        """In which languages the chunks of these collections were analysed; None: in none."""
        if not collections:
            return set()
        with self._engine.reading() as statements:
            found = statements.rows(
                f"SELECT DISTINCT d.languages {_FROM_COLLECTION} WHERE c.id IN "
                f"({placeholders(len(collections))}) AND {SEES_COLLECTION}",
                (*collections, *collection_values(reader)),
            )
        return {language for (row,) in found for language in json.loads(row)}


def _insert(statements: Statements, collection: int, document: Document) -> None:
    values = (
        collection,
        document.id,
        document.file,
        document.name,
        document.sha256,
        "queued",
        document.created,
        document.title,
        document.language,
        0,
        int(document.readers is not None),
        json.dumps(list(document.empty_pages)),
        json.dumps(document.attributes),
        "[]",
    )
    [(number,)] = statements.rows(
        f"INSERT INTO documents ({_INSERTED}) VALUES ({placeholders(len(values))}) "
        "RETURNING number",
        values,
    )
    statements.many(
        "INSERT INTO document_readers (document, reader) VALUES (?, ?)",
        [(number, reader) for reader in sorted(document.readers or ())],
    )


def _readers(statements: Statements, number: int) -> frozenset[str]:
    found = statements.rows("SELECT reader FROM document_readers WHERE document = ?", (number,))
    return frozenset(reader for (reader,) in found)


def _documents(statements: Statements, rows: list[Row]) -> list[Document]:
    return [
        Document(
            id=row[1],
            collection=row[2],
            file=row[3],
            name=row[4],
            sha256=row[5],
            state=row[6],
            created=row[7],
            indexed=row[8],
            error=row[9],
            title=row[10],
            language=row[11],
            chunks=row[12],
            readers=_readers(statements, row[0]) if row[13] else None,
            empty_pages=tuple(json.loads(row[14])),
            attributes=json.loads(row[15]),
        )
        for row in rows
    ]


def _extract(row: Row) -> Extract:
    text, title, language, pages, headings, empty_pages = row
    return Extract(
        text=text,
        title=title,
        language=language,
        pages=tuple(Page(number=n, start=s, end=e) for n, s, e in json.loads(pages)),
        headings=tuple(Heading(level=n, start=s, end=e) for n, s, e in json.loads(headings)),
        empty_pages=tuple(json.loads(empty_pages)),
    )
