"""Several threads at once: readers see whole documents, writers do not lose each other's."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tertulia.serve.database.open_database import SqlDatabase
from tests.serve.database.filling import (
    ANA,
    add,
    add_collection,
    found_by_vectors,
    found_by_words,
    index,
    queue,
)
from tests.serve.database.index_state import assert_consistent

CHUNKS = 15


def together(*works: Callable[[], None]) -> list[BaseException]:
    """Runs each in a thread; what they raised."""
    raised: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_readers_see_whole_documents_while_one_writes(database: SqlDatabase) -> None:
    add_collection(database)
    add(database, "0", ["agua"] * CHUNKS, name="ley.txt")
    done = threading.Event()

    def write() -> None:
        try:
            for version in range(1, 12):
                add(database, str(version), ["agua"] * CHUNKS, name="ley.txt")
        finally:
            done.set()

    def read() -> None:
        while not done.is_set():
            for find in (found_by_words, found_by_vectors):
                hits = find(database, "agua", limit=100)
                assert len(hits) == CHUNKS
                assert len({hit.document for hit in hits}) == 1

    assert together(write, read, read, read) == []
    assert_consistent(database)


def test_writers_do_not_lose_each_others_words(database: SqlDatabase) -> None:
    add_collection(database)

    def write(writer: int) -> Callable[[], None]:
        return lambda: (
            [add(database, f"{writer}-{n}", ["agua", "tierra"]) for n in range(6)] and None
        )

    assert together(*(write(writer) for writer in range(4))) == []
    assert_consistent(database)
    assert len(found_by_words(database, "agua", limit=100)) == 24


def test_each_document_is_taken_by_one_worker(database: SqlDatabase) -> None:
    add_collection(database)
    for number in range(20):
        queue(database, str(number))
    taken: list[str] = []

    def work() -> None:
        while document := database.take_queued():
            taken.append(document.id)
            index(database, document.id, ["agua"])

    assert together(work, work, work) == []
    assert sorted(taken, key=int) == [str(number) for number in range(20)]
    assert database.document_counts("laws", ANA) == {"ready": 20}


def test_one_of_several_of_a_name_added_together_is_left(database: SqlDatabase) -> None:
    add_collection(database)
    adding = [
        lambda n=n: queue(database, f"doc-{n}", name="ley.txt", sha256="same") for n in range(6)
    ]
    assert together(*adding) == []
    assert len(database.documents("laws", ANA)) == 1
