"""Each test runs on SQLite and on a real PostgreSQL, on a database of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tertulia.serve.database.open_database import SqlDatabase, open_database
from tests.serve.database.postgres_server import postgres_server

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL that lives as long as the tests."""
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database that does not exist yet, or is empty, can be opened."""
    if request.param == "sqlite":
        yield str(tmp_path / "tertulia.db")
        return
    yield new_postgres_database(request.getfixturevalue("postgres"))


@pytest.fixture
def database(address: str) -> Iterator[SqlDatabase]:
    """An open database without content."""
    opened = open_database(address)
    yield opened
    opened.close()


def new_postgres_database(postgres: str) -> str:
    """The address of an empty database on the server."""
    import psycopg

    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return postgres.replace("/postgres?", f"/{name}?")
