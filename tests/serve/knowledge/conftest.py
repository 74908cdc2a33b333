"""A database, originals and a collection for the tests of indexing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tertulia.serve.database.open_database import SqlDatabase, open_database
from tertulia.serve.database.records import Collection, Document, Reader
from tertulia.serve.knowledge.originals import Originals

OWNER = Reader(tenant="concello", user="uxia")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlDatabase]:
    opened = open_database(tmp_path / "tertulia.db")
    opened.add_collection(
        Collection(
            id="vs_1",
            tenant=OWNER.tenant,
            owner=OWNER.user,
            name="Ordenanzas",
            created=1,
            embedder="hashed-words",
        )
    )
    yield opened
    opened.close()


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    return Originals(tmp_path / "originals", reserve=0)


def queue(
    database: SqlDatabase, originals: Originals, id: str, data: bytes, name: str = "a.md"
) -> None:
    """Stores a file and queues it as the document `id`."""
    stored = originals.put(io.BytesIO(data), 1 << 30)
    database.add_document(
        Document(
            id=id,
            collection="vs_1",
            file="",
            name=name,
            sha256=stored.sha256,
            state="queued",
            created=1,
        )
    )
