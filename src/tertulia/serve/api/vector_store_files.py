"""Documents as the OpenAI API tells them: files in a vector store, indexed or on their way."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict

from tertulia.serve.api.services import Services
from tertulia.serve.database.records import Collection, Document, Reader, StoredFile

Status = Literal["in_progress", "completed", "cancelled", "failed"]
Attributes = dict[str, str | float | bool]

_STATUS: dict[str, Status] = {
    "queued": "in_progress",
    "indexing": "in_progress",
    "ready": "completed",
    "failed": "failed",
}


class Chunking(BaseModel):
    """How documents are cut: by headings, pages and sentences, and in no other way."""

    model_config = ConfigDict(strict=True, extra="forbid")
    type: Literal["auto"]


class FileCounts(TypedDict):
    """How far indexing is; `cancelled` never happens here."""

    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class LastError(TypedDict):
    """Why a document could not be indexed."""

    code: Literal["invalid_file"]
    message: str


class StoreFileShape(TypedDict):
    """A document of a store."""

    id: str
    object: Literal["vector_store.file"]
    created_at: int
    vector_store_id: str
    status: Status
    last_error: LastError | None
    usage_bytes: int
    attributes: Attributes


def document_id(collection: str, file: str) -> str:
    """The document that a file becomes in a collection: each finds the other without a look-up."""
    digest = hashlib.sha256(f"{collection}\0{file}".encode("utf-8", "replace")).hexdigest()
    return f"doc-{digest[:32]}"


def file_counts(states: Mapping[str, int]) -> FileCounts:
    """Documents by their state, as the API names the states."""
    counts: dict[Status, int] = dict.fromkeys(
        ("in_progress", "completed", "failed", "cancelled"), 0
    )
    for state, number in states.items():
        counts[_STATUS[state]] += number
    return {
        "in_progress": counts["in_progress"],
        "completed": counts["completed"],
        "failed": counts["failed"],
        "cancelled": counts["cancelled"],
        "total": sum(counts.values()),
    }


def add_file(
    services: Services,
    collection: Collection,
    file: StoredFile,
    attributes: Attributes,
    reader: Reader,
) -> Document:
    """Queues the file for indexing; one that failed is tried again, any other is left as it is."""
    database = services.database
    known = database.document(document_id(collection.id, file.id), reader)
    if known is not None and known.state != "failed":
        return known
    if known is not None:
        database.delete_document(known.id, reader)
    document = Document(
        id=document_id(collection.id, file.id),
        collection=collection.id,
        file=file.id,
        name=file.name,
        sha256=file.sha256,
        state="queued",
        created=int(time.time()),
        attributes=attributes,
    )
    database.add_document(document)
    services.queued()
    return database.document(document.id, reader) or document


def find_document(
    services: Services, collection: Collection, file: str, reader: Reader
) -> Document | None:
    """The document that a file became, or the one with this id."""
    for name in (document_id(collection.id, file), file):
        found = services.database.document(name, reader)
        if found is not None and found.collection == collection.id:
            return found
    return None


def public_id(document: Document) -> str:
    """What the API calls the document: its file where it came as one, else itself."""
    came_as_file = document.id == document_id(document.collection, document.file)
    return document.file if came_as_file else document.id


def store_file(services: Services, document: Document) -> StoreFileShape:
    """The document's shape."""
    error: LastError | None = None
    if document.state == "failed":
        error = {"code": "invalid_file", "message": document.error or "it could not be read"}
    return {
        "id": public_id(document),
        "object": "vector_store.file",
        "created_at": document.created,
        "vector_store_id": document.collection,
        "status": _STATUS[document.state],
        "last_error": error,
        "usage_bytes": services.original_bytes(document.sha256),
        "attributes": document.attributes,
    }
