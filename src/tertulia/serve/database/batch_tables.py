"""Files that were put into a collection together, in the tables."""

from __future__ import annotations

import json

from tertulia.serve.database.dialect import Engine
from tertulia.serve.database.records import FileBatch, Reader
from tertulia.serve.database.visibility import SEES_COLLECTION, collection_values


class BatchTables:
    """The part of Database that keeps batches."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_batch(self, batch: FileBatch) -> None:
        """As Database."""
        with self._engine.writing() as statements:
            statements.rows(
                "INSERT INTO batches (id, collection, created, documents) "
                "SELECT ?, number, ?, ? FROM collections WHERE id = ?",
                (batch.id, batch.created, json.dumps(list(batch.documents)), batch.collection),
            )

    def batch(self, id: str, reader: Reader) -> FileBatch | None:
        """As Database."""
        with self._engine.reading() as statements:
            found = statements.rows(
                "SELECT c.id, b.created, b.documents FROM batches b "
                "JOIN collections c ON c.number = b.collection "
                f"WHERE b.id = ? AND {SEES_COLLECTION}",
                (id, *collection_values(reader)),
            )
        if not found:
            return None
        collection, created, documents = found[0]
        return FileBatch(
            id=id, collection=collection, created=created, documents=tuple(json.loads(documents))
        )
