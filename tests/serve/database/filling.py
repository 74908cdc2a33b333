"""Collections and documents as the tests of the database need them."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.serve.database.open_database import SqlDatabase
from tertulia.serve.database.records import Collection, Document, Hit, Indexed, Reader
from tertulia.serve.knowledge.document import Chunk, Extract, Heading, Page
from tertulia.serve.retrieval.analysis import question_words
from tests.serve.hashed_embedder import HashedEmbedder

EMBEDDER = HashedEmbedder()
ANA = Reader(tenant="school", user="ana")
BEÑAT = Reader(tenant="school", user="beñat")
CARME = Reader(tenant="school", user="carme")
STRANGER = Reader(tenant="hospital", user="ana")
"""Of another tenant, with the name of one of this."""


def add_collection(
    database: SqlDatabase, id: str = "laws", owner: Reader = ANA, readers: Sequence[str] = ()
) -> None:
    """An empty collection."""
    database.add_collection(
        Collection(
            id=id,
            tenant=owner.tenant,
            owner=owner.user,
            name=id.title(),
            created=1,
            embedder=EMBEDDER.name,
            readers=frozenset(readers),
            metadata={"of": owner.user},
        )
    )


def queue(
    database: SqlDatabase,
    id: str,
    *,
    collection: str = "laws",
    name: str | None = None,
    sha256: str | None = None,
    readers: Sequence[str] | None = None,
) -> None:
    """A document that waits to be indexed."""
    database.add_document(
        Document(
            id=id,
            collection=collection,
            file="",
            name=name or f"{id}.txt",
            sha256=sha256 or id,
            state="queued",
            created=2,
            readers=None if readers is None else frozenset(readers),
            attributes={"year": 2020, "valid": True},
        )
    )


def indexed(sentences: Sequence[str], *, title: str = "", language: str | None = "es") -> Indexed:
    """One chunk for each sentence."""
    text, chunks = "", []
    for ordinal, sentence in enumerate(sentences):
        chunks.append(
            Chunk(
                ordinal=ordinal,
                start=len(text),
                end=len(text) + len(sentence),
                text=sentence,
                headings=("Capítulo", "Sección"),
                page=ordinal + 1,
                language=language,
            )
        )
        text += sentence + "\n"
    extract = Extract(
        text=text,
        title=title,
        language=language,
        pages=(Page(number=1, start=0, end=len(text)),),
        headings=(Heading(level=1, start=0, end=3),),
        empty_pages=(2,),
    )
    return Indexed(extract=extract, chunks=tuple(chunks))


def index(database: SqlDatabase, id: str, sentences: Sequence[str], **about: str | None) -> None:
    """Stores the index of a document that waits."""
    found = indexed(sentences, **about)  # type: ignore[arg-type]
    database.store_index(id, found, EMBEDDER.embed_passages(sentences))


def add(
    database: SqlDatabase,
    id: str,
    sentences: Sequence[str],
    *,
    collection: str = "laws",
    name: str | None = None,
    readers: Sequence[str] | None = None,
) -> None:
    """A document that is ready."""
    queue(database, id, collection=collection, name=name, readers=readers)
    index(database, id, sentences)


def found_by_words(
    database: SqlDatabase,
    question: str,
    reader: Reader = ANA,
    collections: Sequence[str] = ("laws",),
    limit: int = 10,
) -> list[Hit]:
    """Hits of BM25."""
    words = question_words(question, "es", ["es"])
    return database.search_words(collections, words, reader, limit=limit)


def found_by_vectors(
    database: SqlDatabase,
    question: str,
    reader: Reader = ANA,
    collections: Sequence[str] = ("laws",),
    limit: int = 10,
) -> list[Hit]:
    """Hits of the vectors."""
    [vector] = EMBEDDER.embed_queries([question])
    return database.search_vectors(collections, vector, reader, limit=limit)
