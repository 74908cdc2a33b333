"""Every failure in the shape of the OpenAI API, without a path or a traceback in it."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect
from typing_extensions import TypedDict

from tertulia.errors import TertuliaError

_log = logging.getLogger("tertulia.serve")

RETRY_SECONDS = 2
_NAME = re.compile(r"(?!(?:str|int|float|bool|constrained-str)$)[A-Za-z_][A-Za-z0-9_.-]*")
"""A parameter, unlike `list[int]` or `function-after[...]`."""
CLIENT_LEFT = 499
"""What the log shows of a client that did not wait for the answer; nobody receives it."""

_STATUS = {
    "inference.busy": 429,
    "inference.closed": 503,
    "inference.empty-prompt": 400,
    "inference.no-chat": 400,
    "inference.not-supported": 400,
    "inference.server-answer": 502,
    "inference.server-refused": 502,
    "inference.server-unreachable": 502,
    "inference.setting": 400,
    "inference.timeout": 504,
    "inference.too-long": 400,
    "inference.unreachable": 502,
    "serve.disk-full": 507,
    "serve.no-original": 404,
    "serve.other-embedder": 400,
    "serve.too-large": 413,
}
"""What HTTP calls the errors that a request can meet; all others are the server's own."""
_CODES = {"inference.too-long": "context_length_exceeded", "inference.busy": "server_busy"}


class ErrorDetail(TypedDict):
    """What went wrong, for people, and `type` and `code` for programs."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorBody(TypedDict):
    """The body of every answer that is no success."""

    error: ErrorDetail


class ApiError(HTTPException):
    """A request that cannot be answered; `param` names the parameter at fault."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, headers)
        self.param = param
        self.code = code


def unsupported(param: str, why: str) -> ApiError:
    """A parameter that would change what is asked for, and that this server does not know."""
    return ApiError(400, f"'{param}' is not supported: {why}", param=param, code="unsupported")


def not_found(kind: str, name: str) -> ApiError:
    """Nothing of this name, or nothing that this reader may see: the two are not told apart."""
    return ApiError(
        404, f"No such {kind}: '{name[:200]}'", code=f"{kind.replace(' ', '_')}_not_found"
    )


def error_body(
    status: int, message: str, *, param: str | None = None, code: str | None = None
) -> ErrorBody:
    """The shape itself."""
    return {
        "error": {"message": message, "type": _type(status), "param": param, "code": code},
    }


def error_response(error: ApiError) -> Response:
    """The answer for an error that is raised outside the routes."""
    return JSONResponse(
        error_body(error.status_code, str(error.detail), param=error.param, code=error.code),
        status_code=error.status_code,
        headers=error.headers,
    )


def api_error(error: Exception) -> ApiError:
    """What a client is told of `error`; one that is not theirs is logged and not described."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, TertuliaError) and (status := _STATUS.get(error.code)):
        message = " ".join(part.rstrip(".") + "." for part in (error.what, error.remedy) if part)
        headers = {"Retry-After": str(RETRY_SECONDS)} if status == 429 else None
        named = _CODES.get(error.code, error.code)
        return ApiError(status, message, code=named, headers=headers)
    _log.error("a request failed", exc_info=error)
    code = error.code if isinstance(error, TertuliaError) else None
    return ApiError(500, "The server failed; its log says why.", code=code)


def install(app: FastAPI) -> None:
    """Lets every failure of `app` answer in this shape."""

    async def known(request: Request, error: Exception) -> Response:
        return error_response(api_error(error))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, StarletteHTTPException)
        told = ApiError(error.status_code, str(error.detail), headers=_plain(error.headers))
        return error_response(error if isinstance(error, ApiError) else told)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return error_response(_invalid(error.errors()))

    async def left(request: Request, error: Exception) -> Response:
        return Response(status_code=CLIENT_LEFT)

    app.add_exception_handler(TertuliaError, known)
    app.add_exception_handler(StarletteHTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(ClientDisconnect, left)
    app.add_exception_handler(Exception, known)


def _invalid(problems: Sequence[Any]) -> ApiError:
    """The first of the deepest problems; what was sent is not repeated.

    Of a value that may be this or that each kind complains: the kind that was meant goes deepest,
    or is too long.
    """
    first = max(problems, key=lambda one: (len(_parts(one["loc"])), one["type"] == "too_long"))
    if first["type"] == "json_invalid":
        return ApiError(400, "The body is not JSON", code="invalid_json")
    param = _place(first["loc"])
    message = f"{param}: {first['msg']}" if param else str(first["msg"])
    return ApiError(400, message, param=param or None, code="invalid_value")


def _parts(location: Sequence[str | int]) -> list[str | int]:
    """Without `body`, and without the names of types that pydantic puts between."""
    return [part for part in location[1:] if isinstance(part, int) or _NAME.fullmatch(part)]


def _place(location: Sequence[str | int]) -> str:
    """`('body', 'messages', 0, 'content')` as `messages[0].content`."""
    place = ""
    for part in _parts(location):
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else part
    return place


def _plain(headers: Any) -> dict[str, str] | None:
    return dict(headers) if headers else None


def _type(status: int) -> str:
    if status >= 500:
        return "server_error"
    return {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}.get(
        status, "invalid_request_error"
    )
