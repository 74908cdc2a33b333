"""What a database engine has to bring: transactions, three type names and a product of vectors.

The statements themselves are the same for every engine; `?` marks a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from tertulia.inference.embedder import Vectors

Value = str | int | float | bytes | None
Row = tuple[Any, ...]


class Statements(Protocol):
    """A transaction in which statements are run."""

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """Runs one statement and returns all rows it yields."""
        ...

    def many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Runs a statement once for each row of values."""
        ...


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """Where the engines' SQL differs."""

    number: str
    """Type of a primary key that counts up by itself."""
    integer: str
    """Type of whole numbers of 64 bits."""
    blob: str
    vector: str
    product: str
    """Product of the unit vectors `v.vector` and `?`."""
    extras: tuple[str, ...] = ()
    """Statements run once, after the tables are made."""


class Engine(Protocol):
    """A database that can be read and written by several threads."""

    dialect: Dialect
    where: str
    """What to call it in messages."""

    def reading(self) -> AbstractContextManager[Statements]:
        """A snapshot: what is written meanwhile is not seen."""
        ...

    def writing(self) -> AbstractContextManager[Statements]:
        """A transaction that is kept whole or, after an error, not at all."""
        ...

    def vector_value(self, vector: Vectors) -> Value:
        """A vector (width,) as it is bound to `?`."""
        ...

    def vector_of(self, value: Any) -> Vectors:
        """The vector (width,) of a column of the type `vector`."""
        ...

    def close(self) -> None: ...


C = TypeVar("C")


class Pool(Generic[C]):
    """Open connections that no thread is using right now."""

    def __init__(self) -> None:
        self._idle: list[C] = []
        self._lock = Lock()
        self._closed = False

    def take(self) -> C | None:
        """The one used last, or None: open another."""
        with self._lock:
            return self._idle.pop() if self._idle else None

    def give(self, connection: C) -> bool:
        """Keeps it for the next; False where the pool is closed and it has to be closed too."""
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
            return not self._closed

    def drain(self) -> list[C]:
        """Closes the pool; what was idle is to be closed by the caller."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            return idle


def storable(values: Sequence[Value]) -> tuple[Value, ...]:
    """Values as every engine can keep them: PostgreSQL has no NUL, UTF-8 no lone surrogates.

    Each becomes U+FFFD, one for one, so that offsets into a text stay right.
    """
    return tuple(_storable_text(value) if isinstance(value, str) else value for value in values)


def _storable_text(text: str) -> str:
    clean = text.replace("\0", "\ufffd") if "\0" in text else text
    if clean.isascii():
        return clean
    try:
        clean.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in clean)
    return clean


def placeholders(count: int) -> str:
    """`?, ?, ?` for a list of `count` values."""
    return ", ".join("?" * count)


@contextmanager
def quietly() -> Iterator[None]:
    """For a rollback after an error: the error is what counts."""
    try:
        yield
    except Exception:
        return
