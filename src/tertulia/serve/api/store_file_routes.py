"""The endpoints for the files of a vector store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from tertulia.serve.api.errors import not_found
from tertulia.serve.api.json_route import JsonRoute
from tertulia.serve.api.model_names import stored_text
from tertulia.serve.api.paging import After, Before, Limit, Order, every, is_id, page
from tertulia.serve.api.services import Asking, Served, Services
from tertulia.serve.api.vector_store_files import (
    Attributes,
    Chunking,
    StoreFileShape,
    add_file,
    find_document,
    public_id,
    store_file,
)
from tertulia.serve.api.vector_stores import find_own_store, find_store, not_yours
from tertulia.serve.database.records import Document, Reader

router = APIRouter(tags=["vector stores"], route_class=JsonRoute)


def _attributes(given: Attributes) -> Attributes:
    texts = [*given, *(value for value in given.values() if isinstance(value, str))]
    if not all(stored_text(text) and len(text) <= 512 for text in texts):
        raise ValueError("an attribute is a text of at most 512 characters, a number or a bool")
    return given


StoreFileAttributes = Annotated[
    dict[str, str | Annotated[float, Field(allow_inf_nan=False)] | bool],
    Field(max_length=16),
    AfterValidator(_attributes),
]


StatusFilter = Annotated[Literal["in_progress", "completed", "failed", "cancelled"] | None, Query()]


class StoreFileRequest(BaseModel):
    """A file to be indexed."""

    model_config = ConfigDict(strict=True, extra="ignore")
    file_id: str
    attributes: StoreFileAttributes | None = None
    chunking_strategy: Chunking | None = None


class StoreFileList(TypedDict):
    """A page of files."""

    object: Literal["list"]
    data: list[StoreFileShape]
    first_id: str | None
    last_id: str | None
    has_more: bool


class StoreFileDeleted(TypedDict):
    """A file that is no longer in the store."""

    id: str
    object: Literal["vector_store.file.deleted"]
    deleted: bool


class TextContent(TypedDict):
    """Text of a document."""

    type: Literal["text"]
    text: str


class StoreFileContent(TypedDict):
    """The text of a document as it was extracted; citations are spans of it."""

    object: Literal["vector_store.file_content.page"]
    data: list[TextContent]
    has_more: bool
    next_page: None


@router.post("/v1/vector_stores/{store_id}/files", operation_id="createVectorStoreFile")
def create_store_file(
    store_id: str, asked: StoreFileRequest, services: Served, reader: Asking
) -> StoreFileShape:
    """Puts a file into the store; it can be searched once its status is `completed`."""
    collection = find_own_store(services, store_id, reader)
    file = services.database.file(asked.file_id, reader) if is_id(asked.file_id) else None
    if file is None:
        raise not_found("file", asked.file_id)
    document = add_file(services, collection, file, asked.attributes or {}, reader)
    return store_file(services, document)


@router.get("/v1/vector_stores/{store_id}/files", operation_id="listVectorStoreFiles")
def list_store_files(
    store_id: str,
    services: Served,
    reader: Asking,
    after: After = None,
    before: Before = None,
    limit: Limit = 20,
    order: Order = "desc",
    filter: StatusFilter = None,
) -> StoreFileList:
    """The files of the store that the reader may see."""
    find_store(services, store_id, reader)
    rows = every(partial(services.database.documents, store_id, reader))
    turned = {"limit": limit, "order": order, "after": after, "before": before}
    return file_page(services, rows, filter, **turned)


def file_page(
    services: Services, rows: Sequence[Document], status: str | None, **turned: Any
) -> StoreFileList:
    """A page of those `rows` that are in the state `status`, or of all; `turned` as `page`."""
    shapes = {row.id: store_file(services, row) for row in rows}
    wanted = [row for row in rows if status in (None, shapes[row.id]["status"])]
    listed = page(wanted, lambda row: shapes[row.id], name=public_id, **turned)
    return cast(StoreFileList, listed)


@router.get("/v1/vector_stores/{store_id}/files/{file_id}", operation_id="getVectorStoreFile")
def retrieve_store_file(
    store_id: str, file_id: str, services: Served, reader: Asking
) -> StoreFileShape:
    """One of them."""
    return store_file(services, _document(services, store_id, file_id, reader))


@router.get(
    "/v1/vector_stores/{store_id}/files/{file_id}/content",
    operation_id="retrieveVectorStoreFileContent",
)
def retrieve_store_file_content(
    store_id: str, file_id: str, services: Served, reader: Asking
) -> StoreFileContent:
    """Its text, nothing before it is indexed."""
    document = _document(services, store_id, file_id, reader)
    extract = services.database.extract(document.id, reader)
    return {
        "object": "vector_store.file_content.page",
        "data": [{"type": "text", "text": extract.text}] if extract else [],
        "has_more": False,
        "next_page": None,
    }


@router.delete("/v1/vector_stores/{store_id}/files/{file_id}", operation_id="deleteVectorStoreFile")
def delete_store_file(
    store_id: str, file_id: str, services: Served, reader: Asking
) -> StoreFileDeleted:
    """Takes it out of the store; the file itself stays."""
    document = _document(services, store_id, file_id, reader)
    if not services.database.delete_document(document.id, reader):
        raise not_yours()
    return {"id": file_id, "object": "vector_store.file.deleted", "deleted": True}


def _document(services: Services, store_id: str, file_id: str, reader: Reader) -> Document:
    collection = find_store(services, store_id, reader)
    found = find_document(services, collection, file_id, reader) if is_id(file_id) else None
    if found is None:
        raise not_found("file", file_id)
    return found
