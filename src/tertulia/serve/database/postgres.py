"""PostgreSQL as the engine, with vectors by its extension pgvector."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import urlsplit, urlunsplit

import numpy as np

from tertulia.errors import MissingExtraError, ServeError
from tertulia.inference.embedder import Vectors
from tertulia.serve.database.dialect import Dialect, Pool, Row, Value, quietly, storable

if TYPE_CHECKING:
    import psycopg

_DIALECT = Dialect(
    number="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    integer="BIGINT",
    blob="BYTEA",
    vector="vector",
    product="-(v.vector <#> CAST(? AS vector))",
    extras=(
        # Packed numbers do not compress: trying only costs time.
        "ALTER TABLE postings ALTER COLUMN entries SET STORAGE EXTERNAL",
        "ALTER TABLE blocks ALTER COLUMN codes SET STORAGE EXTERNAL",
        # Rows of the last block grow with each document: room in the page spares the index.
        "ALTER TABLE postings SET (fillfactor = 70)",
    ),
)
_SETTINGS: tuple[LiteralString, ...] = (
    # While many documents are being indexed the statistics lag behind and the planner goes astray:
    # 1.5 s and not 5 ms were seen. Every look-up here goes by an index, in the order written.
    "SET join_collapse_limit = 1",
    "SET enable_seqscan = off",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET jit = off",
)


class PostgresEngine:
    """A PostgreSQL database; raises ServeError `serve.database-unavailable`, `serve.no-pgvector`.

    `url` is a connection address, `postgresql://user@host/database`.
    """

    def __init__(self, url: str) -> None:
        if importlib.util.find_spec("psycopg") is None:
            raise MissingExtraError(
                "serve.missing-extra",
                "PostgreSQL is reached with the package psycopg, which is not installed",
                remedy="Install it with `pip install 'tertulia[serve]'`",
            )
        self.dialect = _DIALECT
        self.where = _without_password(url)
        self._url = url
        self._pool: Pool[psycopg.Connection[Row]] = Pool()
        try:
            self._require_pgvector()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[_PostgresStatements]:
        """As Engine."""
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as statements:
            yield statements

    @contextmanager
    def writing(self) -> Iterator[_PostgresStatements]:
        """As Engine."""
        with self._transaction("BEGIN ISOLATION LEVEL READ COMMITTED") as statements:
            yield statements

    def vector_value(self, vector: Vectors) -> Value:
        """The text form of pgvector; a float32 has at most nine digits that tell."""
        return "[" + ",".join(f"{number:.9g}" for number in vector.tolist()) + "]"

    def vector_of(self, value: Any) -> Vectors:
        """The vector of the text form."""
        return np.array(str(value).strip("[]").split(","), dtype=np.float32)

    def close(self) -> None:
        """Closes what is idle; a connection in use is closed when it comes back."""
        for connection in self._pool.drain():
            connection.close()

    @contextmanager
    def _transaction(self, begin: LiteralString) -> Iterator[_PostgresStatements]:
        with self._errors_told():
            connection = self._begun(begin)
            try:
                yield _PostgresStatements(connection)
                connection.execute("COMMIT")
            except BaseException:
                with quietly():
                    connection.execute("ROLLBACK")
                raise
            finally:
                if connection.closed or not self._pool.give(connection):
                    connection.close()

    def _begun(self, begin: LiteralString) -> psycopg.Connection[Row]:
        """A connection in a transaction; idle ones that the server has ended are passed over."""
        import psycopg

        while (connection := self._pool.take()) is not None:
            try:
                connection.execute(begin)
            except psycopg.OperationalError:
                connection.close()
            else:
                return connection
        connection = self._open()
        try:
            connection.execute(begin)
        except BaseException:
            connection.close()
            raise
        return connection

    def _open(self) -> psycopg.Connection[Row]:
        import psycopg

        # Each transaction is begun in words, so that its isolation stands beside it. A plan made
        # for any values at all, as prepared statements get, was seen to take fifty times as long.
        try:
            connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=10, prepare_threshold=None
            )
        except psycopg.ProgrammingError as error:
            # An address that makes no sense is as bad as one where nobody answers.
            told = _first_line(error).replace(self._url, self.where)
            raise psycopg.OperationalError(told) from None
        for setting in _SETTINGS:
            connection.execute(setting)
        return connection

    def _require_pgvector(self) -> None:
        with self.writing() as statements:
            there = "SELECT 1 FROM pg_extension WHERE extname = 'vector'"
            offered = "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
            if not statements.rows(there) and not statements.rows(offered):
                raise ServeError(
                    "serve.no-pgvector",
                    "this PostgreSQL has no extension pgvector",
                    where=self.where,
                    remedy="Install pgvector for its version (github.com/pgvector/pgvector), "
                    "or leave out --database and use the SQLite file",
                )
            statements.rows("CREATE EXTENSION IF NOT EXISTS vector")

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.errors.InsufficientPrivilege as error:
            raise ServeError(
                "serve.database-unavailable",
                f"the database user lacks a right ({_first_line(error)})",
                where=self.where,
                remedy="Let an administrator run `CREATE EXTENSION vector` and grant CREATE "
                "on the schema",
            ) from error
        except psycopg.IntegrityError as error:
            raise ServeError(
                "serve.conflict",
                f"the database refuses it ({_first_line(error)})",
                where=self.where,
            ) from error
        except psycopg.OperationalError as error:
            raise ServeError(
                "serve.database-unavailable",
                f"the database cannot be used ({_first_line(error)})",
                where=self.where,
                remedy="Check the address given to --database and that PostgreSQL is running",
            ) from error


class _PostgresStatements:
    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        cursor = self._connection.execute(_marked(statement), storable(values) or None)
        return cursor.fetchall() if cursor.description else []

    def many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_marked(statement), map(storable, rows))


def _marked(statement: str) -> LiteralString:
    # No statement of this room holds a question mark or a per cent sign of its own.
    return statement.replace("?", "%s")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "postgresql://…"
    told = re.sub(r"([?&]password=)[^&#]*", r"\1…", url)
    if parts.password is None:
        return told
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(urlsplit(told)._replace(netloc=f"{parts.username or ''}@{host}"))
