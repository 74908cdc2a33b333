"""Words by BM25 and vectors by their product: as computed by hand, and alike in both engines."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tertulia.serve.database.open_database import SqlDatabase, open_database
from tertulia.serve.database.postings import BLOCK_CHUNKS
from tests.serve.database.conftest import new_postgres_database
from tests.serve.database.filling import (
    ANA,
    EMBEDDER,
    add,
    add_collection,
    found_by_vectors,
    found_by_words,
    indexed,
    queue,
)
from tests.serve.database.index_state import assert_consistent

WORDS = "agua tierra fuego monte valle puente camino bosque huerta molino fuente riego".split()


def sentences(count: int, seed: int) -> list[str]:
    chosen = random.Random(seed)
    return [" ".join(chosen.choices(WORDS, k=chosen.randint(3, 30))) for _ in range(count)]


def test_bm25_is_what_the_formula_says(database: SqlDatabase) -> None:
    add_collection(database)
    texts = ["agua agua tierra", "agua fuego fuego fuego fuego", "monte"]
    found = indexed(texts)
    bare = [type(one)(**{**vars(one), "headings": ()}) for one in found.chunks]
    queue(database, "one")
    database.store_index(
        "one",
        type(found)(extract=found.extract, chunks=tuple(bare)),
        EMBEDDER.embed_passages(texts),
    )
    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    average = (3 + 5 + 1) / 3

    def score(often: int, words: int) -> float:
        return rarity * often * 2.2 / (often + 1.2 * (0.6 + 0.4 * words / average))

    hits = database.search_words(["laws"], {"agu": 1.0}, ANA, limit=9)
    assert [hit.chunk.text for hit in hits] == texts[:2]
    assert [hit.score for hit in hits] == pytest.approx([score(2, 3), score(1, 5)], rel=1e-9)
    [heavier, *_] = database.search_words(["laws"], {"agu": 2.0}, ANA, limit=9)
    assert heavier.score == pytest.approx(2 * score(2, 3), rel=1e-9)


def test_products_are_those_of_the_vectors(database: SqlDatabase) -> None:
    add_collection(database)
    texts = sentences(30, 1)
    add(database, "one", texts)
    hits = found_by_vectors(database, "agua monte", limit=30)
    [asked] = EMBEDDER.embed_queries(["agua monte"])
    exact = EMBEDDER.embed_passages(texts) @ asked
    assert len(hits) == 30
    for hit in hits:
        assert hit.score == pytest.approx(float(exact[hit.chunk.ordinal]), abs=1e-6)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_headings_and_titles_are_searched_and_are_no_part_of_the_passage(
    database: SqlDatabase,
) -> None:
    add_collection(database)
    queue(database, "one")
    found = indexed(["El texto."], title="Reglamento de riegos")
    database.store_index("one", found, EMBEDDER.embed_passages(["El texto."]))
    for question in ("riego", "capítulos"):
        assert [hit.chunk.text for hit in found_by_words(database, question)] == ["El texto."]


def test_a_document_may_lie_across_blocks(database: SqlDatabase) -> None:
    add_collection(database)
    add(database, "first", ["agua"] * (BLOCK_CHUNKS - 3))
    add(database, "across", ["tierra fuego"] * 6)
    assert_consistent(database)
    assert len(found_by_words(database, "tierra")) == 6
    assert {hit.document for hit in found_by_vectors(database, "tierra fuego", limit=6)} == {
        "across"
    }
    assert database.delete_document("across", ANA)
    assert found_by_words(database, "tierra") == []
    assert_consistent(database)


def test_limits_are_kept_and_nothing_asked_finds_nothing(database: SqlDatabase) -> None:
    add_collection(database)
    add(database, "one", ["agua"] * 5)
    assert [hit.chunk.ordinal for hit in found_by_words(database, "agua", limit=2)] == [0, 1]
    assert [hit.chunk.ordinal for hit in found_by_vectors(database, "agua", limit=2)] == [0, 1]
    assert database.search_words(["laws"], {}, ANA, limit=5) == []
    assert database.search_words([], {"agu": 1.0}, ANA, limit=5) == []
    assert database.vector_products([], np.zeros(64, dtype=np.float32), ANA) == {}


def test_changed_vectors_are_seen_at_once(database: SqlDatabase) -> None:
    add_collection(database)
    add(database, "one", ["agua"], name="ley.txt")
    assert found_by_vectors(database, "tierra")[0].score < 0.5
    add(database, "two", ["tierra"], name="ley.txt")
    [hit] = found_by_vectors(database, "tierra")
    assert hit.score == pytest.approx(1.0, abs=1e-6)


@pytest.fixture
def both(tmp_path: Path, postgres: str) -> Iterator[list[SqlDatabase]]:
    """The same 400 chunks in both engines."""
    databases = [
        open_database(tmp_path / "tertulia.db"),
        open_database(new_postgres_database(postgres)),
    ]
    for database in databases:
        add_collection(database)
        for number in range(10):
            add(database, str(number), sentences(40, number))
    yield databases
    for database in databases:
        database.close()


@pytest.mark.parametrize(
    "question", ["agua", "tierra fuego", "molino de agua en el valle", "riego"]
)
def test_both_engines_find_the_same_in_the_same_order(
    both: list[SqlDatabase], question: str
) -> None:
    for find in (found_by_words, found_by_vectors):
        one, other = (find(database, question, limit=50) for database in both)
        assert len(one) == 50
        assert [hit.score for hit in one] == pytest.approx([hit.score for hit in other], abs=1e-6)
        if find is found_by_words:
            assert [hit.chunk_id for hit in one] == [hit.chunk_id for hit in other]
