"""Opening a database: made where missing, kept where there, refused with a reason."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import psycopg
import pytest

from tertulia.errors import MissingExtraError, ServeError
from tertulia.serve.database import index_writing, schema
from tertulia.serve.database.open_database import SqlDatabase, open_database
from tertulia.serve.database.postgres import PostgresEngine, _without_password
from tests.serve.database.filling import ANA, add, add_collection, found_by_words, queue
from tests.serve.database.index_state import assert_consistent, index_state


def test_what_was_stored_is_there_after_opening_again(address: str) -> None:
    first = open_database(address)
    add_collection(first)
    add(first, "one", ["El agua."])
    hits = found_by_words(first, "agua")
    first.close()
    again = open_database(address)
    assert found_by_words(again, "agua") == hits
    again.close()


def set_version(database: SqlDatabase, version: int) -> None:
    with database._engine.writing() as statements:
        statements.rows("UPDATE schema SET version = ?", (version,))


def test_the_database_of_a_newer_tertulia_is_refused(address: str) -> None:
    database = open_database(address)
    set_version(database, schema.VERSION + 1)
    database.close()
    with pytest.raises(ServeError) as caught:
        open_database(address)
    assert caught.value.code == "serve.database-newer"


def test_an_older_database_is_brought_up_and_keeps_its_content(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(address)
    add_collection(database)
    database.close()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setattr(
        schema,
        "MIGRATIONS",
        {schema.VERSION - 1: ("ALTER TABLE files ADD COLUMN seen {integer} DEFAULT 7",)},
    )
    migrated = open_database(address)
    assert migrated.collection("laws", ANA) is not None
    with migrated._engine.reading() as statements:
        assert statements.rows("SELECT version FROM schema") == [(schema.VERSION,)]
        assert statements.rows("SELECT seen FROM files") == []
    migrated.close()


def test_a_migration_that_fails_leaves_the_old_version(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_database(address).close()
    with monkeypatch.context() as patched:
        patched.setattr(schema, "VERSION", schema.VERSION + 1)
        patched.setattr(
            schema,
            "MIGRATIONS",
            {schema.VERSION - 1: ("ALTER TABLE files ADD COLUMN seen {integer}", "NONSENSE")},
        )
        with pytest.raises(Exception, match="NONSENSE"):
            open_database(address)
    database = open_database(address)
    with database._engine.reading() as statements:
        assert statements.rows("SELECT version FROM schema") == [(schema.VERSION,)]
    database.close()


def test_words_analysed_by_other_rules_are_written_anew(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(address)
    add_collection(database)
    add(database, "one", ["El agua de riego.", "La fuente."])
    add(database, "two", ["El agua."])
    queue(database, "waiting")
    before = index_state(database)
    database.close()
    monkeypatch.setattr(schema, "ANALYSIS", schema.ANALYSIS + 1)
    monkeypatch.setattr(
        index_writing, "index_terms", lambda text, language: (text.upper().split(), [])
    )
    again = open_database(address)
    assert_consistent(again)
    assert found_by_words(again, "agua") == []
    hits = again.search_words(["laws"], {"AGUA": 1.0, "RIEGO.": 1.0}, ANA, limit=5)
    assert [hit.document for hit in hits] == ["one"]
    kept = ("documents", "extracts", "chunks", "chunk_vectors", "blocks")
    assert {table: index_state(again)[table] for table in kept} == {
        table: before[table] for table in kept
    }
    assert again.delete_document("one", ANA)
    assert_consistent(again)
    again.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tertulia.db"
    path.write_bytes(b"no database at all" * 500)
    with pytest.raises(ServeError) as caught:
        open_database(path)
    assert caught.value.code == "serve.database-damaged"
    assert caught.value.where == str(path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServeError) as caught:
        open_database(tmp_path / "nowhere" / "tertulia.db")
    assert caught.value.code == "serve.database-unavailable"


@pytest.mark.parametrize("url", ["postgresql://user:secret@/x?host={folder}", "postgresql://?=x"])
def test_a_postgresql_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(ServeError) as caught:
        open_database(url.format(folder=tmp_path))
    assert caught.value.code == "serve.database-unavailable"
    assert "secret" not in str(caught.value)


def test_a_postgresql_without_pgvector_is_refused(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tertulia.serve.database import postgres as engine

    def nothing_offered(self: object, statement: str, values: object = ()) -> list[object]:
        return []

    monkeypatch.setattr(engine._PostgresStatements, "rows", nothing_offered)
    with pytest.raises(ServeError) as caught:
        PostgresEngine(postgres)
    assert caught.value.code == "serve.no-pgvector"


@pytest.mark.parametrize(
    ("package", "address"),
    [("apsw", "tertulia.db"), ("sqlite_vec", "tertulia.db"), ("psycopg", "postgresql://host/x")],
)
def test_a_package_that_is_missing_is_named_with_its_extra(
    package: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == package else found(name)
    )
    where = address if "://" in address else tmp_path / address
    with pytest.raises(MissingExtraError, match=package) as caught:
        open_database(where)
    assert caught.value.code == "serve.missing-extra"
    assert "tertulia[serve]" in str(caught.value.remedy)


def test_connections_that_the_server_ended_are_opened_again(postgres: str) -> None:
    database = open_database(postgres)
    with database._engine.reading(), database._engine.reading(), psycopg.connect(postgres) as other:
        own = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = %s"
        pids = [pid for (pid,) in other.execute(own, ("client backend",)).fetchall()]
    with psycopg.connect(postgres, autocommit=True) as other:
        for pid in pids:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    assert database.keys("default") == []
    database.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://ana:secret@h/db", "postgresql://ana@h/db"),
        ("postgresql://h/db?user=ana&password=secret", "postgresql://h/db?user=ana&password=…"),
        ("postgresql://[secret/db", "postgresql://…"),
    ],
)
def test_an_address_is_told_without_its_password(url: str, told: str) -> None:
    assert _without_password(url) == told


def test_an_address_in_broken_brackets() -> None:
    with pytest.raises(ServeError) as caught:
        open_database("postgresql://ana:secret@[h/db")
    assert caught.value.code == "serve.database-unavailable"
    assert "secret" not in str(caught.value)


def test_no_other_user_of_the_machine_reads_the_file(tmp_path: Path) -> None:
    database = open_database(tmp_path / "tertulia.db")
    add_collection(database)
    modes = [path.stat().st_mode & 0o077 for path in tmp_path.glob("tertulia.db*")]
    assert len(modes) == 3 and not any(modes)
    database.close()
