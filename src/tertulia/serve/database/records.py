"""What a server remembers, row by row; the same in every database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tertulia.serve.knowledge.document import Chunk, Extract

DocumentState = Literal["queued", "indexing", "ready", "failed"]
EVERYBODY = "*"
"""As a reader: whoever holds a valid key of the tenant."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """On whose behalf something is looked up; every search and look-up takes one."""

    tenant: str
    user: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key as it is kept: its SHA-256, never the key."""

    id: str
    digest: str
    tenant: str
    user: str
    roles: frozenset[str]
    created: int
    expires: int | None = None
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """An uploaded file; its bytes lie in the originals under their SHA-256."""

    id: str
    tenant: str
    owner: str
    name: str
    size: int
    sha256: str
    purpose: str
    created: int


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Documents that are searched together; a vector store of the OpenAI API."""

    id: str
    tenant: str
    owner: str
    name: str
    created: int
    embedder: str
    """Name of the model whose vectors it holds."""
    readers: frozenset[str] = frozenset()
    """Users who may search it besides the owner, or EVERYBODY."""
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file in a collection and how far its indexing is."""

    id: str
    collection: str
    file: str
    name: str
    sha256: str
    state: DocumentState
    created: int
    indexed: int | None = None
    error: str | None = None
    title: str = ""
    language: str | None = None
    chunks: int = 0
    readers: frozenset[str] | None = None
    """Users who may see this document; None follows the collection."""
    empty_pages: tuple[int, ...] = ()
    attributes: dict[str, str | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FileBatch:
    """Documents that were put into a collection together; some may be gone since."""

    id: str
    collection: str
    created: int
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """What indexing a document yields, stored in one transaction."""

    extract: Extract
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A chunk that a search found, with where it stands."""

    chunk_id: int
    collection: str
    document: str
    document_name: str
    title: str
    chunk: Chunk
    score: float
