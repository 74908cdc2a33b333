"""What the tables of the index hold, and whether they agree with each other."""

from __future__ import annotations

from tertulia.serve.database.open_database import SqlDatabase
from tertulia.serve.database.postings import BLOCK_BITS

_COUNTED = (
    "documents",
    "extracts",
    "chunks",
    "chunk_vectors",
    "words",
    "postings",
    "blocks",
    "document_readers",
)


def index_state(database: SqlDatabase) -> dict[str, int]:
    """How many rows each table has."""
    with database._engine.reading() as statements:
        return {
            table: int(statements.rows(f"SELECT COUNT(*) FROM {table}")[0][0]) for table in _COUNTED
        }


def assert_consistent(database: SqlDatabase) -> None:
    """Chunks, vectors, codes, words and sums agree; nothing belongs to nothing."""
    with database._engine.reading() as statements:
        documents = statements.rows(
            "SELECT number, state, chunks, first_chunk, collection FROM documents"
        )
        chunks = statements.rows("SELECT id, document FROM chunks ORDER BY id")
        vectors = statements.rows("SELECT chunk FROM chunk_vectors ORDER BY chunk")
        extracts = {row[0] for row in statements.rows("SELECT document FROM extracts")}
        collections = statements.rows("SELECT number, chunk_count, word_count FROM collections")
        counted = statements.rows(
            "SELECT collection, SUM(word_count) FROM extracts JOIN documents "
            "ON documents.number = extracts.document GROUP BY collection"
        )
        words = dict(
            ((collection, word), int(count))
            for collection, word, count in statements.rows(
                "SELECT collection, word, chunks FROM words"
            )
        )
        postings = statements.rows("SELECT collection, word, block, entries FROM postings")
        blocks = statements.rows("SELECT collection, block, offsets, codes FROM blocks")
    expected: list[tuple[int, int]] = []
    for number, state, count, first, _ in documents:
        assert (number in extracts) == (state == "ready")
        assert state == "ready" or count == 0
        expected += [(first + at, number) for at in range(count)]
    ids = [chunk for chunk, _ in chunks]
    assert sorted(expected) == [(chunk, document) for chunk, document in chunks]
    assert [chunk for (chunk,) in vectors] == ids
    coded, posted, summed = [], set(), dict.fromkeys(words, 0)
    for _, block, offsets, codes in blocks:
        places = [
            int.from_bytes(offsets[at : at + 2], "little") for at in range(0, len(offsets), 2)
        ]
        assert len(codes) % (8 * len(places)) == 0
        coded += [(block << BLOCK_BITS) + place for place in places]
    assert sorted(coded) == ids
    for collection, word, block, entries in postings:
        found = [int.from_bytes(entries[at : at + 4], "little") for at in range(0, len(entries), 4)]
        posted |= {(block << BLOCK_BITS) + (entry >> 20) for entry in found}
        summed[collection, word] += len(found)
    assert summed == words
    assert posted <= set(ids)
    word_counts = {collection: int(count) for collection, count in counted}
    for number, chunk_count, word_count in collections:
        assert chunk_count == sum(row[2] for row in documents if row[4] == number)
        assert word_count == word_counts.get(number, 0)
