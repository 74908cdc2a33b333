"""Opens what a server remembers: a SQLite file, or PostgreSQL by its address."""

from __future__ import annotations

from pathlib import Path

from tertulia.serve.database.account_tables import AccountTables
from tertulia.serve.database.batch_tables import BatchTables
from tertulia.serve.database.chunk_index import ChunkIndex
from tertulia.serve.database.collection_tables import CollectionTables
from tertulia.serve.database.dialect import Engine
from tertulia.serve.database.document_tables import DocumentTables
from tertulia.serve.database.postgres import PostgresEngine
from tertulia.serve.database.schema import prepare
from tertulia.serve.database.sqlite import SqliteEngine

_POSTGRES = ("postgresql://", "postgres://")


class SqlDatabase(AccountTables, CollectionTables, DocumentTables, BatchTables, ChunkIndex):
    """The Database that stands on an SQL engine; its tables are made or migrated at once."""

    def __init__(self, engine: Engine) -> None:
        DocumentTables.__init__(self, engine)
        ChunkIndex.__init__(self, engine)
        try:
            prepare(engine)
        except BaseException:
            engine.close()
            raise

    def close(self) -> None:
        """Closes the connections; nothing may be asked afterwards."""
        self._engine.close()


def open_database(url_or_path: str | Path) -> SqlDatabase:
    """The database at a `postgresql://` address, else in the file, which is made where missing.

    Raises ServeError `serve.database-unavailable`, `serve.database-damaged`,
    `serve.database-newer`, `serve.no-pgvector`; MissingExtraError `serve.missing-extra`.
    """
    if isinstance(url_or_path, str) and url_or_path.startswith(_POSTGRES):
        return SqlDatabase(PostgresEngine(url_or_path))
    return SqlDatabase(SqliteEngine(Path(url_or_path)))
