"""Documents: queued, indexed, replaced and deleted, each step whole."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.errors import ServeError
from tertulia.serve.database.open_database import SqlDatabase
from tertulia.serve.database.records import FileBatch
from tests.serve.database.filling import (
    ANA,
    BEÑAT,
    CARME,
    EMBEDDER,
    add,
    add_collection,
    found_by_vectors,
    found_by_words,
    index,
    indexed,
    queue,
)
from tests.serve.database.index_state import assert_consistent, index_state


@pytest.fixture
def laws(database: SqlDatabase) -> SqlDatabase:
    """A database with an empty collection."""
    add_collection(database)
    return database


def test_the_oldest_waits_shortest(laws: SqlDatabase) -> None:
    for id in ("one", "two"):
        queue(laws, id)
    first, second = laws.take_queued(), laws.take_queued()
    assert first is not None and second is not None
    assert (first.id, second.id) == ("one", "two")
    assert first.state == "indexing"
    assert laws.take_queued() is None
    assert laws.document_counts("laws", ANA) == {"indexing": 2}


def test_who_brings_much_does_not_keep_others_waiting(laws: SqlDatabase) -> None:
    add_collection(laws, "notes", owner=BEÑAT)
    for number in range(3):
        queue(laws, f"law-{number}")
    for number in range(2):
        queue(laws, f"note-{number}", collection="notes")
    taken = [laws.take_queued() for _ in range(5)]
    assert [one.id for one in taken if one] == ["law-0", "note-0", "law-1", "note-1", "law-2"]


def test_a_batch_is_seen_with_its_collection_and_goes_with_it(laws: SqlDatabase) -> None:
    batch = FileBatch(id="batch", collection="laws", created=3, documents=("one", "two"))
    laws.add_batch(batch)
    assert laws.batch("batch", ANA) == batch
    assert laws.batch("batch", CARME) is None
    assert laws.batch("none", ANA) is None
    laws.delete_collection("laws", ANA)
    assert laws.batch("batch", ANA) is None
    laws.add_batch(batch)
    assert laws.batch("batch", ANA) is None


def test_what_a_dead_process_was_indexing_is_queued_again(laws: SqlDatabase) -> None:
    queue(laws, "one")
    laws.take_queued()
    assert laws.requeue_interrupted() == 1
    assert laws.requeue_interrupted() == 0
    again = laws.take_queued()
    assert again is not None and again.id == "one"


def test_a_document_comes_back_as_it_was_stored(laws: SqlDatabase) -> None:
    sentences = ["La ley de aguas.", "Artículo 2: l'aigua, \U0001f4a7 y más."]
    queue(laws, "one")
    stored = indexed(sentences, title="Ley")
    laws.store_index("one", stored, EMBEDDER.embed_passages(sentences))
    document = laws.document("one", ANA)
    assert document is not None
    assert (document.state, document.title, document.language) == ("ready", "Ley", "es")
    assert (document.chunks, document.empty_pages) == (2, (2,))
    assert document.attributes == {"year": 2020, "valid": True}
    assert laws.extract("one", ANA) == stored.extract
    hits = sorted(found_by_words(laws, "ley artículo"), key=lambda hit: hit.chunk.ordinal)
    assert [hit.chunk for hit in hits] == list(stored.chunks)
    assert laws.languages(["laws"], ANA) == {"es"}
    assert_consistent(laws)


def test_a_document_without_text_is_ready_and_never_found(laws: SqlDatabase) -> None:
    queue(laws, "one")
    laws.store_index("one", indexed([]), np.zeros((0, EMBEDDER.width), dtype=np.float32))
    assert laws.document_counts("laws", ANA) == {"ready": 1}
    assert found_by_vectors(laws, "agua") == []
    assert_consistent(laws)


def test_the_old_stays_searchable_until_the_new_is_ready(laws: SqlDatabase) -> None:
    add(laws, "old", ["El agua vieja."], name="ley.txt")
    queue(laws, "new", name="ley.txt")
    assert [hit.document for hit in found_by_words(laws, "agua")] == ["old"]
    index(laws, "new", ["El agua nueva.", "El agua nueva otra vez."])
    assert {hit.document for hit in found_by_words(laws, "agua")} == {"new"}
    assert [document.id for document in laws.documents("laws", ANA)] == ["new"]
    assert laws.document("old", ANA) is None
    assert found_by_words(laws, "vieja") == []
    assert_consistent(laws)


def test_the_old_stays_searchable_where_the_new_fails(laws: SqlDatabase) -> None:
    add(laws, "old", ["El agua vieja."], name="ley.txt")
    queue(laws, "new", name="ley.txt")
    laws.fail_document("new", "the file is encrypted")
    document = laws.document("new", ANA)
    assert document is not None
    assert (document.state, document.error) == ("failed", "the file is encrypted")
    assert [hit.document for hit in found_by_words(laws, "agua")] == ["old"]


def test_the_same_content_under_the_same_name_is_not_indexed_again(laws: SqlDatabase) -> None:
    add(laws, "one", ["El agua."], name="ley.txt")
    queue(laws, "two", name="ley.txt", sha256="one")
    assert [document.id for document in laws.documents("laws", ANA)] == ["one"]
    assert laws.take_queued() is None


def test_going_back_to_an_earlier_content_is_a_change(laws: SqlDatabase) -> None:
    add(laws, "one", ["El agua."], name="ley.txt")
    queue(laws, "two", name="ley.txt")
    queue(laws, "three", name="ley.txt", sha256="one")
    assert [document.id for document in laws.documents("laws", ANA)] == ["one", "three"]


def test_what_failed_can_be_tried_again(laws: SqlDatabase) -> None:
    queue(laws, "one", name="ley.txt", sha256="same")
    laws.fail_document("one", "no memory")
    queue(laws, "two", name="ley.txt", sha256="same")
    assert [document.id for document in laws.documents("laws", ANA)] == ["two"]


def test_an_older_version_that_is_ready_late_does_not_replace_the_newer(
    laws: SqlDatabase,
) -> None:
    queue(laws, "old", name="ley.txt")
    laws.take_queued()
    add(laws, "new", ["El agua nueva."], name="ley.txt")
    index(laws, "old", ["El agua vieja."])
    assert [hit.document for hit in found_by_words(laws, "agua")] == ["new"]
    assert_consistent(laws)


def test_indexing_a_deleted_document_stores_nothing(laws: SqlDatabase) -> None:
    queue(laws, "one")
    laws.take_queued()
    assert laws.delete_document("one", ANA)
    assert not laws.delete_document("one", ANA)
    index(laws, "one", ["El agua."])
    assert set(index_state(laws).values()) == {0}


def test_deleting_leaves_what_others_need(laws: SqlDatabase) -> None:
    add(laws, "one", ["El agua común.", "Sólo aquí: fuente."])
    add(laws, "two", ["El agua común."])
    before = found_by_words(laws, "agua")
    assert laws.delete_document("one", ANA)
    assert [hit.document for hit in found_by_words(laws, "agua")] == ["two"]
    assert found_by_words(laws, "fuente") == []
    assert len(before) == 2
    assert_consistent(laws)
    assert laws.delete_document("two", ANA)
    assert set(index_state(laws).values()) == {0}


def test_deleting_a_collection_leaves_nothing_behind(laws: SqlDatabase) -> None:
    add(laws, "one", ["El agua."])
    assert laws.delete_collection("laws", ANA)
    assert set(index_state(laws).values()) == {0}


def test_vectors_of_what_did_not_change_are_given_back(laws: SqlDatabase) -> None:
    add(laws, "old", ["El agua.", "La tierra."], name="ley.txt")
    queue(laws, "new", name="ley.txt")
    stored = laws.stored_vectors("new")
    headings = ("Capítulo", "Sección")
    assert set(stored) == {("", headings, text) for text in ("El agua.", "La tierra.")}
    [expected] = EMBEDDER.embed_passages(["La tierra."])
    np.testing.assert_array_equal(stored["", headings, "La tierra."], expected)


def test_vectors_of_another_width_are_refused_and_nothing_is_stored(laws: SqlDatabase) -> None:
    add(laws, "one", ["El agua."])
    queue(laws, "two")
    with pytest.raises(ServeError) as caught:
        laws.store_index("two", indexed(["El agua."]), np.ones((1, 8), dtype=np.float32))
    assert caught.value.code == "serve.other-embedder"
    assert laws.document_counts("laws", ANA) == {"ready": 1, "queued": 1}
    assert_consistent(laws)


def test_a_document_needs_a_collection(database: SqlDatabase) -> None:
    with pytest.raises(ServeError) as caught:
        queue(database, "one", collection="nowhere")
    assert caught.value.code == "serve.no-collection"


def test_documents_are_listed_page_by_page_and_by_state(laws: SqlDatabase) -> None:
    for number in range(4):
        queue(laws, f"doc-{number}")
    laws.fail_document("doc-1", "broken")
    ids = [document.id for document in laws.documents("laws", ANA, after="doc-0", limit=2)]
    assert ids == ["doc-1", "doc-2"]
    assert [found.id for found in laws.documents("laws", ANA, state="failed")] == ["doc-1"]
