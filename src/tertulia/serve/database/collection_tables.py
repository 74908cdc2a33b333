"""Collections and who reads them, in the tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from tertulia.serve.database.dialect import Engine, Row, Statements
from tertulia.serve.database.index_writing import lock_index
from tertulia.serve.database.records import Collection, Reader
from tertulia.serve.database.visibility import (
    OWNS,
    SEES_COLLECTION,
    collection_values,
    owner_values,
)

_SELECT = (
    "SELECT c.number, c.id, c.tenant, c.owner, c.name, c.created, c.embedder, c.metadata "
    "FROM collections c WHERE "
)


class CollectionTables:
    """The part of Database that keeps collections."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_collection(self, collection: Collection) -> None:
        """As Database; raises ServeError `serve.conflict` where the id is taken."""
        with self._engine.writing() as statements:
            [(number,)] = statements.rows(
                "INSERT INTO collections (id, tenant, owner, name, created, embedder, metadata) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
                (
                    collection.id,
                    collection.tenant,
                    collection.owner,
                    collection.name,
                    collection.created,
                    collection.embedder,
                    json.dumps(dict(collection.metadata)),
                ),
            )
            _write_readers(statements, number, collection.readers)

    def collection(self, id: str, reader: Reader) -> Collection | None:
        """As Database."""
        with self._engine.reading() as statements:
            found = statements.rows(
                f"{_SELECT} c.id = ? AND {SEES_COLLECTION}", (id, *collection_values(reader))
            )
            return _collections(statements, found)[0] if found else None

    def collection_embedder(self, id: str) -> str | None:
        """As Database."""
        with self._engine.reading() as statements:
            found = statements.rows("SELECT embedder FROM collections WHERE id = ?", (id,))
        return str(found[0][0]) if found else None

    def collections(
        self, reader: Reader, *, after: str | None = None, limit: int = 10_000
    ) -> list[Collection]:
        """Those the reader sees, the oldest first, from the one after `after`."""
        with self._engine.reading() as statements:
            found = statements.rows(
                f"{_SELECT} {SEES_COLLECTION} AND c.number > COALESCE("
                "(SELECT number FROM collections WHERE id = ?), 0) ORDER BY c.number LIMIT ?",
                (*collection_values(reader), after or "", limit),
            )
            return _collections(statements, found)

    def change_collection(
        self,
        id: str,
        reader: Reader,
        *,
        name: str | None = None,
        readers: frozenset[str] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Collection | None:
        """As Database; None where the reader does not own it."""
        kept = None if metadata is None else json.dumps(dict(metadata))
        with self._engine.writing() as statements:
            found = statements.rows(
                f"UPDATE collections AS c SET name = COALESCE(?, name), "
                f"metadata = COALESCE(?, metadata) WHERE c.id = ? AND {OWNS} RETURNING number",
                (name, kept, id, *owner_values(reader)),
            )
            if not found:
                return None
            if readers is not None:
                statements.rows("DELETE FROM collection_readers WHERE collection = ?", found[0])
                _write_readers(statements, found[0][0], readers)
            return _collections(statements, statements.rows(f"{_SELECT} c.id = ?", (id,)))[0]

    def delete_collection(self, id: str, reader: Reader) -> bool:
        """As Database: with its documents and their index."""
        with self._engine.writing() as statements:
            # Else it and an index writer could wait for one another's rows.
            lock_index(statements)
            return bool(
                statements.rows(
                    f"DELETE FROM collections AS c WHERE c.id = ? AND {OWNS} RETURNING number",
                    (id, *owner_values(reader)),
                )
            )


def _write_readers(statements: Statements, number: int, readers: Iterable[str]) -> None:
    statements.many(
        "INSERT INTO collection_readers (collection, reader) VALUES (?, ?)",
        [(number, reader) for reader in sorted(readers)],
    )


def _collections(statements: Statements, rows: list[Row]) -> list[Collection]:
    return [
        Collection(
            id=id,
            tenant=tenant,
            owner=owner,
            name=name,
            created=created,
            embedder=embedder,
            readers=frozenset(
                reader
                for (reader,) in statements.rows(
                    "SELECT reader FROM collection_readers WHERE collection = ?", (number,)
                )
            ),
            metadata=json.loads(metadata),
        )
        for number, id, tenant, owner, name, created, embedder, metadata in rows
    ]
