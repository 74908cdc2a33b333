"""Who may see what: two tenants, and an owner, a reader and an outsider within one."""

from __future__ import annotations

import pytest

from tertulia.serve.database.open_database import SqlDatabase
from tertulia.serve.database.records import EVERYBODY, Reader
from tests.serve.database.filling import (
    ANA,
    BEÑAT,
    CARME,
    STRANGER,
    add,
    add_collection,
    found_by_vectors,
    found_by_words,
    index,
    queue,
)


@pytest.fixture
def shared(database: SqlDatabase) -> SqlDatabase:
    """Ana's collection, which Beñat reads; one document is for Carme, one for nobody else."""
    add_collection(database, readers=["beñat"])
    add(database, "open", ["El agua es de todos."])
    add(database, "private", ["El agua de la fuente privada."], readers=[])
    add(database, "for-benat", ["El agua de riego."], readers=["beñat"])
    add(database, "for-carme", ["El agua de mar."], readers=["carme"])
    return database


SEEN = {
    "owner": (ANA, {"open", "private", "for-benat", "for-carme"}),
    "reader": (BEÑAT, {"open", "for-benat"}),
    # Naming her for a document does not open the collection to her.
    "outsider": (CARME, set()),
    "stranger": (STRANGER, set()),
}


@pytest.mark.parametrize(("reader", "seen"), SEEN.values(), ids=SEEN)
def test_searches_and_lists_agree_on_what_is_seen(
    shared: SqlDatabase, reader: Reader, seen: set[str]
) -> None:
    assert {hit.document for hit in found_by_words(shared, "agua", reader)} == seen
    assert {hit.document for hit in found_by_vectors(shared, "agua", reader)} == seen
    assert {document.id for document in shared.documents("laws", reader)} == seen
    assert sum(shared.document_counts("laws", reader).values()) == len(seen)
    for id in ("open", "private", "for-benat", "for-carme"):
        assert (shared.document(id, reader) is not None) == (id in seen)
        assert (shared.extract(id, reader) is not None) == (id in seen)


@pytest.mark.parametrize(("reader", "seen"), SEEN.values(), ids=SEEN)
def test_vectors_are_compared_of_what_is_seen(
    shared: SqlDatabase, reader: Reader, seen: set[str]
) -> None:
    hits = found_by_words(shared, "agua", ANA)
    by_chunk = {hit.chunk_id: hit.document for hit in hits}
    from tests.serve.database.filling import EMBEDDER

    products = shared.vector_products(list(by_chunk), EMBEDDER.embed_queries(["agua"])[0], reader)
    assert {by_chunk[chunk] for chunk in products} == seen


def test_what_is_hidden_does_not_take_the_place_of_what_is_seen(database: SqlDatabase) -> None:
    add_collection(database, readers=["beñat"])
    for number in range(20):
        add(database, f"hidden-{number}", ["agua agua agua"], readers=[])
    add(database, "open", ["El agua es de todos, también la de los ríos y los lagos."])
    assert [hit.document for hit in found_by_words(database, "agua", BEÑAT, limit=1)] == ["open"]
    assert [hit.document for hit in found_by_vectors(database, "agua", BEÑAT, limit=1)] == ["open"]


def test_everybody_is_everybody_of_the_tenant(database: SqlDatabase) -> None:
    add_collection(database, readers=[EVERYBODY])
    add(database, "open", ["El agua."])
    assert found_by_words(database, "agua", CARME)
    assert database.collection("laws", CARME) is not None
    assert not found_by_words(database, "agua", STRANGER)
    assert database.collection("laws", STRANGER) is None
    assert database.collections(STRANGER) == []


def test_a_collection_that_is_not_seen_is_searched_as_if_it_were_not_there(
    database: SqlDatabase,
) -> None:
    add_collection(database)
    add_collection(database, "theirs", STRANGER)
    add(database, "ours", ["El agua."])
    add(database, "theirs", ["El agua."], collection="theirs")
    both = ["laws", "theirs", "nowhere"]
    assert [hit.document for hit in found_by_words(database, "agua", ANA, both)] == ["ours"]
    assert [hit.document for hit in found_by_vectors(database, "agua", ANA, both)] == ["ours"]
    assert database.languages(["theirs"], ANA) == set()


def test_how_rare_a_word_is_does_not_depend_on_another_tenant(database: SqlDatabase) -> None:
    add_collection(database)
    add(database, "ours", ["El agua.", "La tierra."])
    before = found_by_words(database, "agua")
    add_collection(database, "theirs", STRANGER)
    for number in range(5):
        add(database, f"theirs-{number}", ["El agua."], collection="theirs")
    assert found_by_words(database, "agua", ANA, ["laws", "theirs"]) == before


def test_only_the_owner_changes_and_deletes(shared: SqlDatabase) -> None:
    for reader in (BEÑAT, CARME, STRANGER):
        assert shared.change_collection("laws", reader, name="Mine") is None
        assert not shared.delete_document("open", reader)
        assert not shared.delete_collection("laws", reader)
    changed = shared.change_collection(
        "laws", ANA, readers=frozenset({"carme"}), metadata={"of": "all"}
    )
    assert changed is not None
    assert (changed.name, changed.readers, changed.metadata) == ("Laws", {"carme"}, {"of": "all"})
    assert {hit.document for hit in found_by_words(shared, "agua", CARME)} == {"open", "for-carme"}
    assert found_by_words(shared, "agua", BEÑAT) == []


def test_indexing_again_keeps_the_readers_of_a_document(shared: SqlDatabase) -> None:
    index(shared, "private", ["El agua de la fuente, con otro texto."])
    document = shared.document("private", ANA)
    assert document is not None and document.readers == frozenset()
    assert {hit.document for hit in found_by_words(shared, "agua", BEÑAT)} == {"open", "for-benat"}


def test_replacing_a_document_keeps_its_readers(shared: SqlDatabase) -> None:
    add(shared, "private-2", ["El agua, segunda versión."], name="private.txt")
    add(shared, "private-3", ["El agua, tercera versión."], name="private.txt")
    document = shared.document("private-3", ANA)
    assert document is not None and document.readers == frozenset()
    assert {hit.document for hit in found_by_words(shared, "agua", BEÑAT)} == {"open", "for-benat"}


def test_a_replacement_that_waits_is_no_way_around_the_readers(shared: SqlDatabase) -> None:
    queue(shared, "private-2", name="private.txt")
    queue(shared, "private-3", name="private.txt")
    assert shared.document("private-3", BEÑAT) is None
    index(shared, "private-3", ["El agua."])
    assert "private-3" not in {hit.document for hit in found_by_words(shared, "agua", BEÑAT)}


def test_a_replacement_may_name_other_readers(shared: SqlDatabase) -> None:
    add(shared, "private-2", ["El agua."], name="private.txt", readers=["beñat"])
    assert shared.document("private-2", BEÑAT) is not None
