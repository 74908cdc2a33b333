"""The worker: what is queued becomes searchable, what fails says why, nothing is lost."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Sequence

import pytest

from tertulia.errors import ModelError, ServeError
from tertulia.inference.embedder import Vectors
from tertulia.serve.database.open_database import SqlDatabase
from tertulia.serve.database.records import Document
from tertulia.serve.knowledge import indexing
from tertulia.serve.knowledge.indexing import Indexer
from tertulia.serve.knowledge.originals import Originals
from tests.corpus.readers import samples
from tests.serve.hashed_embedder import HashedEmbedder
from tests.serve.knowledge.conftest import OWNER, queue

PARAGRAPH = "Os veciños pagan a taxa antes do 31 de marzo. " * 12
TEXT = f"# Auga\n\n{PARAGRAPH}\n\n# Muíños\n\nA ribeira leva auga todo o ano, e moen de noite."


class CountingEmbedder(HashedEmbedder):
    """Remembers what it embedded; `trouble` is raised instead as long as it is set."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.trouble: Exception | None = None

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self.trouble is not None:
            raise self.trouble
        self.seen += texts
        return super().embed_passages(texts)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def indexer(database: SqlDatabase, originals: Originals, embedder: CountingEmbedder) -> Indexer:
    return Indexer(database, originals, embedder, batch=2)


def _document(database: SqlDatabase, id: str) -> Document:
    found = database.document(id, OWNER)
    assert found is not None
    return found


def test_a_document_becomes_searchable_with_its_headings(
    database: SqlDatabase, originals: Originals, indexer: Indexer, embedder: CountingEmbedder
) -> None:
    queue(database, originals, "d1", TEXT.encode())
    assert indexer.index_next()
    assert not indexer.index_next()
    document = _document(database, "d1")
    assert (document.state, document.title, document.language) == ("ready", "Auga", "gl")
    [hit] = database.search_vectors(
        ["vs_1"], embedder.embed_queries(["muíños ribeira noite"])[0], OWNER, limit=1
    )
    assert hit.chunk.text.startswith("Muíños\n\nA ribeira")
    assert indexer.progress.chunks == document.chunks == len(embedder.seen) - 1
    assert indexer.progress.indexed == 1


def test_what_fails_says_why_and_stops_nobody(
    database: SqlDatabase, originals: Originals, indexer: Indexer
) -> None:
    queue(database, originals, "d1", bytes(range(256)) * 9, "cousa.txt")
    queue(database, originals, "d2", samples.encrypted_pdf(), "pechado.pdf")
    queue(database, originals, "d3", TEXT.encode(), "aberto.md")
    while indexer.index_next():
        pass
    failed, locked, ready = (_document(database, id) for id in ("d1", "d2", "d3"))
    assert (failed.state, locked.state, ready.state) == ("failed", "failed", "ready")
    assert failed.error == (
        "A file is no text. The formats that are read are PDF, DOCX, ODT, HTML, Markdown, TXT."
    )
    assert locked.error == "A file is encrypted. Give an open copy of it."
    assert (indexer.progress.failed, indexer.progress.indexed) == (2, 1)


def test_a_missing_original_fails_its_document_alone(
    database: SqlDatabase, originals: Originals, indexer: Indexer
) -> None:
    queue(database, originals, "d1", TEXT.encode())
    originals.path(_document(database, "d1").sha256).unlink()
    assert indexer.index_next()
    assert _document(database, "d1").state == "failed"


def test_of_a_changed_document_only_what_changed_is_embedded(
    database: SqlDatabase, originals: Originals, indexer: Indexer, embedder: CountingEmbedder
) -> None:
    queue(database, originals, "d1", TEXT.encode())
    indexer.index_next()
    before = len(embedder.seen)
    queue(database, originals, "d2", (TEXT + "\n\n# Pan\n\nO forno abre ás sete.").encode())
    indexer.index_next()
    assert embedder.seen[before:] == ["Auga\nPan\n\nO forno abre ás sete."]
    assert indexer.progress.kept_vectors == before
    assert database.document("d1", OWNER) is None
    queue(database, originals, "d3", (TEXT + "\n\n# Pan\n\nO forno abre ás sete.").encode())
    assert not indexer.index_next()


def test_a_collection_of_another_model_is_refused(
    database: SqlDatabase, originals: Originals, embedder: CountingEmbedder
) -> None:
    queue(database, originals, "d1", TEXT.encode())
    embedder.name = "another"
    indexer = Indexer(database, originals, embedder)
    assert indexer.index_next()
    assert "not of another" in str(_document(database, "d1").error)


def test_trouble_with_the_model_leaves_the_document_queued_for_a_while(
    database: SqlDatabase, originals: Originals, indexer: Indexer, embedder: CountingEmbedder
) -> None:
    queue(database, originals, "d1", TEXT.encode())
    embedder.trouble = ModelError("inference.unreachable", "the model is away")
    for _ in range(2):
        with pytest.raises(ModelError):
            indexer.index_next()
        assert _document(database, "d1").state == "queued"
    embedder.trouble = None
    assert indexer.index_next()
    assert _document(database, "d1").state == "ready"


def test_trouble_that_does_not_end_fails_the_document_at_last(
    database: SqlDatabase, originals: Originals, indexer: Indexer, embedder: CountingEmbedder
) -> None:
    queue(database, originals, "d1", TEXT.encode())
    embedder.trouble = ModelError("inference.unreachable", "the model is away")
    for _ in range(2):
        with pytest.raises(ModelError):
            indexer.index_next()
    assert indexer.index_next()
    assert _document(database, "d1").error == "The model is away."


def test_what_a_dead_process_left_is_indexed_by_the_thread(
    database: SqlDatabase, originals: Originals, indexer: Indexer
) -> None:
    queue(database, originals, "d1", TEXT.encode())
    assert database.take_queued() is not None
    indexer.start()
    try:
        _await(lambda: _document(database, "d1").state == "ready")
        queue(database, originals, "d2", b"# Outro\n\nMais texto aqui.", "b.md")
        indexer.wake()
        _await(lambda: _document(database, "d2").state == "ready")
    finally:
        assert indexer.stop(10)
    assert indexer.progress.indexed == 2


def test_stopping_in_the_middle_queues_the_document_again(
    database: SqlDatabase, originals: Originals
) -> None:
    entered, leave = threading.Event(), threading.Event()

    class Waiting(CountingEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            entered.set()
            leave.wait(10)
            return super().embed_passages(texts)

    queue(database, originals, "d1", TEXT.encode())
    indexer = Indexer(database, originals, Waiting(), batch=1)
    indexer.start()
    assert entered.wait(20)
    assert not indexer.stop(0.01)
    leave.set()
    assert indexer.stop(10)
    assert _document(database, "d1").state == "queued"
    assert indexer.progress.indexed == 0


def _await(done: object) -> None:
    assert callable(done)
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_was_deleted_is_swept_while_the_worker_runs(
    database: SqlDatabase,
    originals: Originals,
    indexer: Indexer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexing, "_SWEEP_SECONDS", 0.0)
    indexer.start()
    digest = originals.put(io.BytesIO(b"unused"), 100).sha256
    os.utime(originals.path(digest), (1, 1))
    end = time.monotonic() + 10
    while not indexer.progress.swept and time.monotonic() < end:
        indexer.wake()
        time.sleep(0.01)
    assert indexer.stop(10)
    assert indexer.progress.swept == 1
    with pytest.raises(ServeError):
        originals.path(digest)
