"""SQLite as the engine: one file, several readers beside one writer, vectors by sqlite-vec."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from tertulia.errors import MissingExtraError, ServeError
from tertulia.inference.embedder import Vectors
from tertulia.serve.database.dialect import Dialect, Pool, Row, Value, quietly, storable

if TYPE_CHECKING:
    import apsw

_DIALECT = Dialect(
    number="INTEGER PRIMARY KEY AUTOINCREMENT",
    integer="INTEGER",
    blob="BLOB",
    vector="BLOB",
    product="1 - vec_distance_cosine(v.vector, ?)",
)
_BUSY_MS = 30_000
"""How long a writer waits for one of another process."""
_MAPPED_BYTES = 1 << 34
"""Read through the page cache instead of copied; an upper bound, not a reservation."""


class SqliteEngine:
    """A SQLite file; raises ServeError `serve.database-unavailable` where it cannot be used."""

    def __init__(self, path: Path) -> None:
        for package in ("apsw", "sqlite_vec"):
            if importlib.util.find_spec(package) is None:
                raise MissingExtraError(
                    "serve.missing-extra",
                    f"the database is opened with the package {package}, which is not installed",
                    remedy="Install it with `pip install 'tertulia[serve]'`",
                )
        self.dialect = _DIALECT
        self.where = str(path)
        self._path = path
        self._pool: Pool[apsw.Connection] = Pool()
        # SQLite has one writer; threads queue here in order instead of trying again and again.
        self._writer = Lock()
        with suppress(OSError):
            # SQLite would make it for everybody to read; what goes wrong it tells better.
            path.touch(mode=0o600)
        with self._errors_told():
            connection = self._open()
            # Write-ahead log: readers keep their snapshot while one writes.
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            self._give_back(connection)

    @contextmanager
    def reading(self) -> Iterator[_SqliteStatements]:
        """As Engine."""
        with self._transaction("BEGIN") as statements:
            yield statements

    @contextmanager
    def writing(self) -> Iterator[_SqliteStatements]:
        """As Engine."""
        with self._writer, self._transaction("BEGIN IMMEDIATE") as statements:
            yield statements

    def vector_value(self, vector: Vectors) -> Value:
        """Its bytes, little-endian, as sqlite-vec reads them."""
        return np.asarray(vector, dtype="<f4").tobytes()

    def vector_of(self, value: Any) -> Vectors:
        """The vector of such bytes."""
        return np.frombuffer(value, dtype="<f4").astype(np.float32)

    def close(self) -> None:
        """Closes what is idle; a connection in use is closed when it comes back."""
        for connection in self._pool.drain():
            connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[_SqliteStatements]:
        with self._errors_told():
            connection = self._pool.take() or self._open()
            try:
                connection.execute(begin)
                yield _SqliteStatements(connection)
                connection.execute("COMMIT")
            except BaseException:
                with quietly():
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._give_back(connection)

    def _give_back(self, connection: apsw.Connection) -> None:
        if not self._pool.give(connection):
            connection.close()

    def _open(self) -> apsw.Connection:
        import apsw
        import sqlite_vec

        connection = apsw.Connection(str(self._path))
        connection.set_busy_timeout(_BUSY_MS)
        connection.enable_load_extension(True)
        connection.load_extension(sqlite_vec.loadable_path())
        connection.enable_load_extension(False)
        connection.execute("PRAGMA foreign_keys = ON")
        # FULL: a commit is on the disk before it is told, even if the power fails.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}").fetchall()
        return connection

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        import apsw

        try:
            yield
        except (apsw.NotADBError, apsw.CorruptError) as error:
            raise ServeError(
                "serve.database-damaged",
                f"the database cannot be read ({error})",
                where=self.where,
                remedy="Restore it from a copy, or move it away and index the documents again",
            ) from error
        except (
            apsw.CantOpenError,
            apsw.ReadOnlyError,
            apsw.FullError,
            apsw.IOError,
            apsw.BusyError,
            apsw.PermissionsError,
        ) as error:
            raise ServeError(
                "serve.database-unavailable",
                f"the database cannot be used ({error})",
                where=self.where,
                remedy="Check that the folder is there, can be written and has room",
            ) from error
        except apsw.ConstraintError as error:
            raise ServeError(
                "serve.conflict", f"the database refuses it ({error})", where=self.where
            ) from error


class _SqliteStatements:
    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        return self._connection.execute(statement, storable(values)).fetchall()

    def many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        self._connection.executemany(statement, map(storable, rows))
