"""The files endpoints: uploaded originals, kept by their hash, each seen by its owner alone."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from functools import partial
from typing import Annotated, BinaryIO, Literal, cast
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from typing_extensions import TypedDict

from tertulia.serve.api.errors import ApiError, not_found
from tertulia.serve.api.json_route import JsonRoute
from tertulia.serve.api.paging import After, Order, every, is_id, page
from tertulia.serve.api.services import Asking, Served, Services
from tertulia.serve.api.uploads import FORM, Upload, received
from tertulia.serve.api.vector_store_files import document_id
from tertulia.serve.database.records import Reader, StoredFile
from tertulia.serve.knowledge.originals import Originals

router = APIRouter(tags=["files"], route_class=JsonRoute)

_PIECE = 1 << 18


class FileShape(TypedDict):
    """An uploaded file."""

    id: str
    object: Literal["file"]
    bytes: int
    created_at: int
    filename: str
    purpose: str
    status: Literal["processed"]


class FileList(TypedDict):
    """A page of files."""

    object: Literal["list"]
    data: list[FileShape]
    first_id: str | None
    last_id: str | None
    has_more: bool


class FileDeleted(TypedDict):
    """A file that is gone."""

    id: str
    object: Literal["file"]
    deleted: bool


@router.post(
    "/v1/files",
    operation_id="createFile",
    openapi_extra=FORM,
    responses={200: {"model": FileShape}},
)
async def create_file(request: Request, services: Served, reader: Asking) -> Response:
    """Keeps a file."""
    originals = _originals(services)
    async with received(request) as upload:
        file = await run_sync(_keep, upload, services, originals, reader)
    return JSONResponse(_shape(file))


def _keep(upload: Upload, services: Services, originals: Originals, reader: Reader) -> StoredFile:
    limits = services.limits
    left = limits.owner_bytes - services.database.file_bytes(reader)
    # Before it is kept: what is refused afterwards would lie there until the next sweep.
    if upload.stream.seek(0, os.SEEK_END) > left or left <= 0:
        raise _quota(limits.owner_bytes)
    upload.stream.seek(0)
    original = originals.put(upload.stream, limits.file_bytes)
    file = StoredFile(
        id=f"file-{secrets.token_hex(12)}",
        tenant=reader.tenant,
        owner=reader.user,
        name=upload.name,
        size=original.size,
        sha256=original.sha256,
        purpose=upload.purpose,
        created=int(time.time()),
    )
    services.database.add_file(file)
    return file


@router.get("/v1/files", operation_id="listFiles")
def list_files(
    services: Served,
    reader: Asking,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
    order: Order = "desc",
    purpose: Annotated[str | None, Query(max_length=64)] = None,
) -> FileList:
    """The reader's files."""
    rows = every(partial(services.database.files, reader))
    wanted = [row for row in rows if purpose in (None, row.purpose)]
    listed = page(wanted, _shape, limit=limit, order=order, after=after)
    return cast(FileList, listed)


@router.get("/v1/files/{file_id}", operation_id="retrieveFile")
def retrieve_file(file_id: str, services: Served, reader: Asking) -> FileShape:
    """One of them."""
    return _shape(_file(services, file_id, reader))


@router.get(
    "/v1/files/{file_id}/content",
    operation_id="downloadFile",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            }
        }
    },
)
def download_file(file_id: str, services: Served, reader: Asking) -> Response:
    """Its bytes, to be saved and never to be shown by a browser."""
    file = _file(services, file_id, reader)
    stream = _originals(services).open(file.sha256)
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}",
        "Content-Length": str(file.size),
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(
        _pieces(stream), media_type="application/octet-stream", headers=headers
    )


@router.delete("/v1/files/{file_id}", operation_id="deleteFile")
def delete_file(file_id: str, services: Served, reader: Asking) -> FileDeleted:
    """Forgets it, and takes it out of the reader's vector stores."""
    file = _file(services, file_id, reader)
    for collection in every(partial(services.database.collections, reader)):
        document = document_id(collection.id, file.id)
        # Looked for first: deleting takes the lock of all indexing.
        if services.database.document(document, reader):
            services.database.delete_document(document, reader)
    return {
        "id": file.id,
        "object": "file",
        "deleted": services.database.delete_file(file.id, reader),
    }


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(_PIECE):
            yield piece


def _file(services: Services, file_id: str, reader: Reader) -> StoredFile:
    found = services.database.file(file_id, reader) if is_id(file_id) else None
    if found is None:
        raise not_found("file", file_id)
    return found


def _shape(file: StoredFile) -> FileShape:
    return {
        "id": file.id,
        "object": "file",
        "bytes": file.size,
        "created_at": file.created,
        "filename": file.name,
        "purpose": file.purpose,
        "status": "processed",
    }


def _originals(services: Services) -> Originals:
    if services.originals is None:
        raise ApiError(404, "This server keeps no files", code="no_files")
    return services.originals


def _quota(limit: int) -> ApiError:
    return ApiError(413, f"Your files take more than {limit} bytes", code="storage_quota_exceeded")
