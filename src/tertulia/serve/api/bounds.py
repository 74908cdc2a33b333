"""Request bodies: what kind, how large, how slow; each bound is kept while the body arrives."""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tertulia.serve.api.errors import RETRY_SECONDS, ApiError, error_response
from tertulia.serve.limits import Limits

_UPLOAD = "/v1/files"
_FORM_BYTES = 64 << 10
"""What a form has besides the file: other fields, boundaries, headers."""
_CLOSE = {"Connection": "close"}
"""The rest of a refused body is not read."""


class BodyBounds:
    """Refuses a body by its announced size before reading, and by its real one while reading."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        uploads = scope["method"] == "POST" and scope["path"] == _UPLOAD
        limit = self._limits.file_bytes + _FORM_BYTES if uploads else self._limits.json_bytes
        if error := self._refused(scope, uploads, limit):
            await error_response(error)(scope, receive, send)
            return
        self._uploads += uploads
        try:
            await self._app(scope, _Body(receive, limit, self._limits), send)
        finally:
            self._uploads -= uploads

    def _refused(self, scope: Scope, uploads: bool, limit: int) -> ApiError | None:
        headers = Headers(scope=scope)
        size = headers.get("content-length", "0")
        if not size.isdecimal() or int(size) > limit:
            return too_large(limit)
        if scope["method"] in ("POST", "PUT", "PATCH") and (size != "0" or _chunked(headers)):
            wanted = "multipart/form-data" if uploads else "application/json"
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != wanted:
                return ApiError(
                    415, f"The body has to be {wanted}", code="content_type", headers=_CLOSE
                )
        if uploads and self._uploads >= self._limits.uploads:
            retry = {"Retry-After": str(RETRY_SECONDS), **_CLOSE}
            return ApiError(429, "Too many uploads at once", code="server_busy", headers=retry)
        return None


class _Body:
    """An ASGI `receive` that counts bytes and seconds until the body is complete."""

    def __init__(self, receive: Receive, limit: int, limits: Limits) -> None:
        self._receive, self._limit, self._limits = receive, limit, limits
        self._left = limit
        self._deadline: float | None = None
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + self._limits.body_seconds
        seconds = min(self._limits.body_idle_seconds, self._deadline - now)
        try:
            async with asyncio.timeout(seconds):
                message = await self._receive()
        except TimeoutError:
            raise ApiError(
                408, "The body did not arrive in time", code="timeout", headers=_CLOSE
            ) from None
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            self._complete = not message.get("more_body", False)
            if self._left < 0:
                raise too_large(self._limit)
        return message


def too_large(limit: int) -> ApiError:
    """The refusal of a body of more than `limit` bytes."""
    return ApiError(413, f"The body is larger than {limit} bytes", code="too_large", headers=_CLOSE)


def _chunked(headers: Headers) -> bool:
    return "transfer-encoding" in headers
