"""A file in a multipart form: received within bounds, named as its owner calls it."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request
from starlette.datastructures import UploadFile

from tertulia.serve.api.errors import ApiError, unsupported

_FIELDS = 8
_FIELD_BYTES = 4096
_NAME_LENGTH = 255
PURPOSES = ("assistants", "user_data")
"""What the files here are for: to be searched. None is for training or batches."""

FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "purpose"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"type": "string", "enum": list(PURPOSES)},
                    },
                }
            }
        },
    }
}
"""The form as OpenAPI describes it: it is read by hand, after the key was seen."""


@dataclass(frozen=True)
class Upload:
    """The file of a form."""

    name: str
    purpose: str
    stream: BinaryIO


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Upload]:
    """The upload, in a temporary file that is gone afterwards; raises ApiError 400, 507."""
    try:
        form = await request.form(max_files=1, max_fields=_FIELDS, max_part_size=_FIELD_BYTES)
    except OSError as error:
        message = "The server has no room for the file"
        raise ApiError(507, message, code="serve.disk-full") from error
    try:
        file, purpose = form.get("file"), form.get("purpose")
        if not isinstance(file, UploadFile):
            raise ApiError(400, "'file' is missing", param="file", code="missing")
        if purpose not in PURPOSES:
            message = "'purpose' is one of: " + ", ".join(PURPOSES)
            raise ApiError(400, message, param="purpose", code="invalid_value")
        if any(name.startswith("expires_after") for name in form):
            raise unsupported("expires_after", "delete the file when it is no longer needed")
        yield Upload(display_name(file.filename or ""), str(purpose), file.file)
    finally:
        await form.close()


def display_name(given: str) -> str:
    """The last part of a path, without what cannot be shown; it is never used as a path."""
    last = given.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    return unicodedata.normalize("NFC", shown).strip()[:_NAME_LENGTH] or "unnamed"
