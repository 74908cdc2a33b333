"""The one protocol behind which SQLite and PostgreSQL stand.

Every look-up takes the Reader on whose behalf it is made, and who may see what is part of the
query itself: a chunk that a reader may not see is never fetched, ranked or counted. Each method is
one transaction. Methods may be called from several threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tertulia.inference.embedder import Vectors
from tertulia.serve.database.records import (
    ApiKey,
    Collection,
    Document,
    FileBatch,
    Hit,
    Indexed,
    Reader,
    StoredFile,
)
from tertulia.serve.knowledge.document import Extract


class Database(Protocol):
    """Keys, files, collections, documents and the index over their chunks."""

    def close(self) -> None: ...

    # Keys
    def add_key(self, key: ApiKey) -> None: ...
    def key(self, digest: str) -> ApiKey | None: ...
    def keys(self, tenant: str) -> list[ApiKey]: ...
    def delete_key(self, id: str) -> bool: ...

    # Files: a reader sees the files that they own
    def add_file(self, file: StoredFile) -> None: ...
    def file(self, id: str, reader: Reader) -> StoredFile | None: ...
    def files(
        self, reader: Reader, *, after: str | None = None, limit: int = 10_000
    ) -> list[StoredFile]: ...
    def delete_file(self, id: str, reader: Reader) -> bool: ...
    def file_bytes(self, reader: Reader) -> int:
        """How many bytes the reader's files take together; quotas rest on it."""
        ...

    def originals_in_use(self) -> set[str]:
        """The SHA-256 of every original that a file or a document needs."""
        ...

    def identity(self) -> int:
        """A random number, drawn once, that tells this database from every other."""
        ...

    # Collections: the owner and the readers named see them; only the owner changes them
    def add_collection(self, collection: Collection) -> None: ...
    def collection(self, id: str, reader: Reader) -> Collection | None: ...
    def collections(
        self, reader: Reader, *, after: str | None = None, limit: int = 10_000
    ) -> list[Collection]: ...
    def change_collection(
        self,
        id: str,
        reader: Reader,
        *,
        name: str | None = None,
        readers: frozenset[str] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Collection | None: ...
    def delete_collection(self, id: str, reader: Reader) -> bool: ...

    def collection_embedder(self, id: str) -> str | None:
        """The model of the collection's vectors, for the indexer; None where there is none."""
        ...

    # Documents
    def add_document(self, document: Document) -> None:
        """Queues it. One with the same collection, name and file (that of a folder has none)
        replaces the old one when it is ready; with the same SHA-256 it is left as it is."""
        ...

    def document(self, id: str, reader: Reader) -> Document | None: ...
    def documents(
        self,
        collection: str,
        reader: Reader,
        *,
        state: str | None = None,
        after: str | None = None,
        limit: int = 10_000,
    ) -> list[Document]: ...
    def document_counts(self, collection: str, reader: Reader) -> dict[str, int]: ...
    def delete_document(self, id: str, reader: Reader) -> bool: ...
    def extract(self, document: str, reader: Reader) -> Extract | None:
        """The stored text with its pages and headings."""
        ...

    # Batches: whoever sees the collection sees them
    def add_batch(self, batch: FileBatch) -> None:
        """Remembers which documents came together; nothing where the collection is gone."""
        ...

    def batch(self, id: str, reader: Reader) -> FileBatch | None: ...

    # Indexing: on behalf of the server itself
    def take_queued(self) -> Document | None:
        """A queued document, now marked as being indexed: the oldest of the owner who has waited
        longest since one of theirs was taken."""
        ...

    def requeue_interrupted(self) -> int:
        """Queues again what a dead process left being indexed; returns how many."""
        ...

    def store_index(self, document: str, indexed: Indexed, vectors: Vectors) -> None:
        """Text, chunks, words and vectors (chunks, width) in one transaction; the state is ready
        then, and an older document of the same name and file is gone."""
        ...

    def fail_document(self, document: str, error: str) -> None: ...

    def stored_vectors(self, document: str) -> dict[tuple[str, tuple[str, ...], str], Vectors]:
        """Vectors (width,) by (title, headings, text) of what stands under the document's name:
        what did not change need not be embedded again."""
        ...

    # Search
    def search_words(
        self, collections: Sequence[str], words: Mapping[str, float], reader: Reader, *, limit: int
    ) -> list[Hit]:
        """Chunks by BM25 over analysed words, each with its weight; best first."""
        ...

    def search_vectors(
        self, collections: Sequence[str], vector: Vectors, reader: Reader, *, limit: int
    ) -> list[Hit]:
        """Chunks by the product of their vector with `vector` (width,); best first."""
        ...

    def vector_products(
        self, chunks: Sequence[int], vector: Vectors, reader: Reader
    ) -> dict[int, float]:
        """The product of `vector` (width,) with the vector of each chunk the reader may see."""
        ...

    def languages(self, collections: Sequence[str], reader: Reader) -> set[str | None]:
        """In which languages the chunks of these collections were analysed; None: in none."""
        ...
