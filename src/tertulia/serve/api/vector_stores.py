"""The vector store endpoints: collections of documents that are searched together."""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from tertulia.serve.api.errors import ApiError, not_found, unsupported
from tertulia.serve.api.json_route import JsonRoute
from tertulia.serve.api.model_names import stored_text
from tertulia.serve.api.paging import After, Before, Limit, Order, every, is_id, page
from tertulia.serve.api.services import Asking, Served, Services
from tertulia.serve.api.vector_store_files import Chunking, FileCounts, add_file, file_counts
from tertulia.serve.database.records import Collection, Reader

router = APIRouter(tags=["vector stores"], route_class=JsonRoute)


def _storable(text: str) -> str:
    if not stored_text(text):
        raise ValueError("this text cannot be stored")
    return text


Name = Annotated[str, Field(max_length=512), AfterValidator(_storable)]
Key = Annotated[str, Field(max_length=64), AfterValidator(_storable)]
Metadata = Annotated[dict[Key, Name], Field(max_length=16)]


class Sharing(BaseModel):
    """What tertulia adds: who may search the store besides its owner; `*` is everybody."""

    model_config = ConfigDict(strict=True, extra="forbid")
    readers: list[Key] = Field(max_length=10_000)


class VectorStoreChange(BaseModel):
    """What can be changed of a store."""

    model_config = ConfigDict(strict=True, extra="ignore")
    name: Name | None = None
    metadata: Metadata | None = None
    expires_after: dict[str, Any] | None = None
    tertulia: Sharing | None = None


class VectorStoreRequest(VectorStoreChange):
    """A store to be made, and the files to begin with."""

    file_ids: list[Key] = Field(default_factory=list, max_length=500)
    chunking_strategy: Chunking | None = None


class VectorStoreShape(TypedDict):
    """A collection of documents."""

    id: str
    object: Literal["vector_store"]
    created_at: int
    name: str
    status: Literal["in_progress", "completed"]
    file_counts: FileCounts
    usage_bytes: int
    last_active_at: int
    expires_after: None
    expires_at: None
    metadata: dict[str, str]


class VectorStoreList(TypedDict):
    """A page of stores."""

    object: Literal["list"]
    data: list[VectorStoreShape]
    first_id: str | None
    last_id: str | None
    has_more: bool


class VectorStoreDeleted(TypedDict):
    """A store that is gone."""

    id: str
    object: Literal["vector_store.deleted"]
    deleted: bool


@router.post("/v1/vector_stores", operation_id="createVectorStore")
def create_vector_store(
    asked: VectorStoreRequest, services: Served, reader: Asking
) -> VectorStoreShape:
    """Makes a store; its files are indexed one after the other."""
    _refuse_expiry(asked)
    if not services.collection_embedder:
        raise ApiError(404, "This server has no search", code="no_search")
    files = [services.database.file(file, reader) for file in asked.file_ids]
    for name, file in zip(asked.file_ids, files, strict=True):
        if file is None:
            raise not_found("file", name)
    owned = every(partial(services.database.collections, reader))
    if sum(one.owner == reader.user for one in owned) >= services.limits.stores:
        raise ApiError(400, "There are too many vector stores; delete one", code="too_many_stores")
    collection = Collection(
        id=f"vs_{secrets.token_hex(12)}",
        tenant=reader.tenant,
        owner=reader.user,
        name=asked.name or "",
        created=int(time.time()),
        embedder=services.collection_embedder,
        readers=frozenset(asked.tertulia.readers if asked.tertulia else ()),
        metadata=asked.metadata or {},
    )
    services.database.add_collection(collection)
    for file in files:
        if file is not None:
            add_file(services, collection, file, {}, reader)
    return _shape(services, reader, collection)


@router.get("/v1/vector_stores", operation_id="listVectorStores")
def list_vector_stores(
    services: Served,
    reader: Asking,
    after: After = None,
    before: Before = None,
    limit: Limit = 20,
    order: Order = "desc",
) -> VectorStoreList:
    """The stores that the reader may search."""
    rows = every(partial(services.database.collections, reader))
    shape = partial(_shape, services, reader)
    listed = page(rows, shape, limit=limit, order=order, after=after, before=before)
    return cast(VectorStoreList, listed)


@router.get("/v1/vector_stores/{store_id}", operation_id="getVectorStore")
def retrieve_vector_store(store_id: str, services: Served, reader: Asking) -> VectorStoreShape:
    """One of them."""
    return _shape(services, reader, find_store(services, store_id, reader))


@router.post("/v1/vector_stores/{store_id}", operation_id="modifyVectorStore")
def modify_vector_store(
    store_id: str, asked: VectorStoreChange, services: Served, reader: Asking
) -> VectorStoreShape:
    """Changes its name, its metadata, its readers; only the owner may."""
    _refuse_expiry(asked)
    find_store(services, store_id, reader)
    changed = services.database.change_collection(
        store_id,
        reader,
        name=asked.name,
        metadata=asked.metadata,
        readers=frozenset(asked.tertulia.readers) if asked.tertulia else None,
    )
    if changed is None:
        raise not_yours()
    return _shape(services, reader, changed)


@router.delete("/v1/vector_stores/{store_id}", operation_id="deleteVectorStore")
def delete_vector_store(store_id: str, services: Served, reader: Asking) -> VectorStoreDeleted:
    """Forgets it and its index; the files stay."""
    find_store(services, store_id, reader)
    if not services.database.delete_collection(store_id, reader):
        raise not_yours()
    return {"id": store_id, "object": "vector_store.deleted", "deleted": True}


def find_store(services: Services, store_id: str, reader: Reader) -> Collection:
    """Raises ApiError 404 where there is none that the reader sees."""
    found = services.database.collection(store_id, reader) if is_id(store_id) else None
    if found is None:
        raise not_found("vector store", store_id)
    return found


def find_own_store(services: Services, store_id: str, reader: Reader) -> Collection:
    """As `find_store`, for a change; raises ApiError 403 where it is somebody else's."""
    collection = find_store(services, store_id, reader)
    if collection.owner != reader.user:
        raise not_yours()
    return collection


def not_yours() -> ApiError:
    """The refusal of a change by somebody who may only search."""
    return ApiError(403, "Only the owner may change a vector store", code="not_owner")


def _refuse_expiry(asked: VectorStoreChange) -> None:
    if asked.expires_after is not None:
        raise unsupported("expires_after", "delete the store when it is no longer needed")


def _shape(services: Services, reader: Reader, one: Collection) -> VectorStoreShape:
    counts = file_counts(services.database.document_counts(one.id, reader))
    documents = every(partial(services.database.documents, one.id, reader))
    return {
        "id": one.id,
        "object": "vector_store",
        "created_at": one.created,
        "name": one.name,
        "status": "in_progress" if counts["in_progress"] else "completed",
        "file_counts": counts,
        "usage_bytes": sum(services.original_bytes(document.sha256) for document in documents),
        "last_active_at": max(
            [one.created, *(document.indexed or document.created for document in documents)]
        ),
        "expires_after": None,
        "expires_at": None,
        "metadata": one.metadata,
    }
