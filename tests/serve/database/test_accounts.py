"""Keys and files: kept as they were given, seen by those they belong to."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tertulia.errors import ServeError
from tertulia.serve.database.open_database import SqlDatabase, open_database
from tertulia.serve.database.records import ApiKey, StoredFile
from tests.serve.database.filling import ANA, BEÑAT, STRANGER, add_collection, queue

KEY = ApiKey(
    id="key-1",
    digest="d1",
    tenant="school",
    user="ana",
    roles=frozenset({"admin", "user"}),
    created=1,
    expires=99,
    label="portàtil",
)
FILE = StoredFile(
    id="file-1",
    tenant="school",
    owner="ana",
    name="llei d'aigües.pdf",
    size=3_000_000_000,
    sha256="ab",
    purpose="assistants",
    created=1,
)


def test_a_key_is_found_by_its_digest_and_nothing_else(database: SqlDatabase) -> None:
    database.add_key(KEY)
    assert database.key("d1") == KEY
    assert database.key("key-1") is None


def test_a_digest_belongs_to_one_key(database: SqlDatabase) -> None:
    database.add_key(KEY)
    with pytest.raises(ServeError) as caught:
        database.add_key(dataclasses.replace(KEY, id="key-2"))
    assert caught.value.code == "serve.conflict"
    assert database.keys("school") == [KEY]


def test_keys_are_listed_by_tenant_and_deleted_once(database: SqlDatabase) -> None:
    other = dataclasses.replace(KEY, id="key-2", digest="d2", tenant="hospital", expires=None)
    database.add_key(KEY)
    database.add_key(other)
    assert database.keys("school") == [KEY]
    assert database.keys("hospital") == [other]
    assert database.delete_key("key-1")
    assert not database.delete_key("key-1")
    assert database.key("d1") is None


def test_a_file_is_seen_by_its_owner_alone(database: SqlDatabase) -> None:
    database.add_file(FILE)
    assert database.file("file-1", ANA) == FILE
    assert database.file("file-1", BEÑAT) is None
    assert database.file("file-1", STRANGER) is None
    assert database.files(STRANGER) == []
    assert not database.delete_file("file-1", STRANGER)
    assert database.delete_file("file-1", ANA)
    assert database.files(ANA) == []


def test_files_are_listed_page_by_page(database: SqlDatabase) -> None:
    files = [dataclasses.replace(FILE, id=f"file-{n}") for n in range(5)]
    for file in files:
        database.add_file(file)
    database.add_file(dataclasses.replace(FILE, id="other", owner="beñat"))
    assert database.files(ANA, limit=2) == files[:2]
    assert database.files(ANA, after="file-1", limit=2) == files[2:4]
    assert database.files(ANA, after="file-4") == []


def test_the_bytes_of_a_reader_are_counted(database: SqlDatabase) -> None:
    assert database.file_bytes(ANA) == 0
    database.add_file(FILE)
    database.add_file(dataclasses.replace(FILE, id="file-2"))
    assert database.file_bytes(ANA) == 6_000_000_000
    assert database.file_bytes(STRANGER) == 0


def test_originals_of_files_and_of_documents_are_in_use(database: SqlDatabase) -> None:
    database.add_file(FILE)
    add_collection(database)
    queue(database, "doc", sha256="cd")
    assert database.originals_in_use() == {"ab", "cd"}


def test_text_that_no_database_can_hold_keeps_its_length(database: SqlDatabase) -> None:
    database.add_file(dataclasses.replace(FILE, name="a\0b\ud800c"))
    found = database.file("file-1", ANA)
    assert found is not None
    assert found.name == "a\ufffdb\ufffdc"


def test_a_database_is_told_from_every_other(address: str, tmp_path: Path) -> None:
    first, other = open_database(address), open_database(tmp_path / "other.db")
    identity = first.identity()
    assert identity == first.identity() != other.identity()
    first.close()
    again = open_database(address)
    assert again.identity() == identity
    for opened in (again, other):
        opened.close()
