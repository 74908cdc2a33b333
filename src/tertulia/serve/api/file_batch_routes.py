"""The endpoints for many files that are put into a vector store at once."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from tertulia.serve.api.errors import ApiError, not_found
from tertulia.serve.api.json_route import JsonRoute
from tertulia.serve.api.paging import After, Before, Limit, Order, is_id
from tertulia.serve.api.services import Asking, Served, Services
from tertulia.serve.api.store_file_routes import (
    StatusFilter,
    StoreFileAttributes,
    StoreFileList,
    StoreFileRequest,
    file_page,
)
from tertulia.serve.api.vector_store_files import (
    Chunking,
    FileCounts,
    add_file,
    file_counts,
)
from tertulia.serve.api.vector_stores import find_own_store, find_store
from tertulia.serve.database.records import Document, FileBatch, Reader

router = APIRouter(tags=["vector stores"], route_class=JsonRoute)

_MOST = 500
"""Files of a batch; as the OpenAI API."""


class FileBatchRequest(BaseModel):
    """Files by their ids with the same attributes, or each with its own."""

    model_config = ConfigDict(strict=True, extra="ignore")
    file_ids: list[str] = Field(default_factory=list, max_length=_MOST)
    files: list[StoreFileRequest] = Field(default_factory=list, max_length=_MOST)
    attributes: StoreFileAttributes | None = None
    chunking_strategy: Chunking | None = None


class FileBatchShape(TypedDict):
    """How far a batch is; what was taken out of the store counts as cancelled."""

    id: str
    object: Literal["vector_store.files_batch"]
    created_at: int
    vector_store_id: str
    status: Literal["in_progress", "completed", "cancelled"]
    file_counts: FileCounts


@router.post("/v1/vector_stores/{store_id}/file_batches", operation_id="createVectorStoreFileBatch")
def create_file_batch(
    store_id: str, asked: FileBatchRequest, services: Served, reader: Asking
) -> FileBatchShape:
    """Puts all of them into the store, or none where one is missing."""
    collection = find_own_store(services, store_id, reader)
    if bool(asked.file_ids) == bool(asked.files):
        raise ApiError(400, "Give either 'file_ids' or 'files'", param="file_ids")
    common = asked.attributes or {}
    wanted = [(name, common) for name in asked.file_ids]
    wanted += [(one.file_id, one.attributes or {}) for one in asked.files]
    found = []
    for name, attributes in wanted:
        file = services.database.file(name, reader) if is_id(name) else None
        if file is None:
            raise not_found("file", name)
        found.append((file, attributes))
    documents = [
        add_file(services, collection, file, attributes, reader) for file, attributes in found
    ]
    batch = FileBatch(
        id=f"vsfb_{secrets.token_hex(12)}",
        collection=collection.id,
        created=int(time.time()),
        documents=tuple(dict.fromkeys(document.id for document in documents)),
    )
    services.database.add_batch(batch)
    return _shape(services, batch, reader)


@router.get(
    "/v1/vector_stores/{store_id}/file_batches/{batch_id}",
    operation_id="getVectorStoreFileBatch",
)
def retrieve_file_batch(
    store_id: str, batch_id: str, services: Served, reader: Asking
) -> FileBatchShape:
    """How far it is."""
    return _shape(services, _batch(services, store_id, batch_id, reader), reader)


@router.get(
    "/v1/vector_stores/{store_id}/file_batches/{batch_id}/files",
    operation_id="listFilesInVectorStoreBatch",
)
def list_batch_files(
    store_id: str,
    batch_id: str,
    services: Served,
    reader: Asking,
    after: After = None,
    before: Before = None,
    limit: Limit = 20,
    order: Order = "desc",
    filter: StatusFilter = None,
) -> StoreFileList:
    """Its files that are still in the store."""
    batch = _batch(services, store_id, batch_id, reader)
    turned = {"limit": limit, "order": order, "after": after, "before": before}
    return file_page(services, _documents(services, batch, reader), filter, **turned)


@router.post(
    "/v1/vector_stores/{store_id}/file_batches/{batch_id}/cancel",
    operation_id="cancelVectorStoreFileBatch",
)
def cancel_file_batch(
    store_id: str, batch_id: str, services: Served, reader: Asking
) -> FileBatchShape:
    """Takes those that still wait out of the store."""
    find_own_store(services, store_id, reader)
    batch = _batch(services, store_id, batch_id, reader)
    for document in _documents(services, batch, reader):
        if document.state == "queued":
            services.database.delete_document(document.id, reader)
    return _shape(services, batch, reader)


def _batch(services: Services, store_id: str, batch_id: str, reader: Reader) -> FileBatch:
    find_store(services, store_id, reader)
    found = services.database.batch(batch_id, reader) if is_id(batch_id) else None
    if found is None or found.collection != store_id:
        raise not_found("file batch", batch_id)
    return found


def _documents(services: Services, batch: FileBatch, reader: Reader) -> list[Document]:
    found = (services.database.document(id, reader) for id in batch.documents)
    return [document for document in found if document is not None]


def _shape(services: Services, batch: FileBatch, reader: Reader) -> FileBatchShape:
    states = Counter[str](document.state for document in _documents(services, batch, reader))
    counts = file_counts(states)
    counts["total"] = len(batch.documents)
    counts["cancelled"] = len(batch.documents) - states.total()
    status: Literal["in_progress", "completed", "cancelled"] = "completed"
    if counts["in_progress"]:
        status = "in_progress"
    elif counts["cancelled"]:
        status = "cancelled"
    return {
        "id": batch.id,
        "object": "vector_store.files_batch",
        "created_at": batch.created,
        "vector_store_id": batch.collection,
        "status": status,
        "file_counts": counts,
    }
