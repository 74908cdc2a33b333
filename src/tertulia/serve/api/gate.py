"""Who may come in: the Host and Origin of a request, then its key, before anything is read."""

from __future__ import annotations

import time
from collections.abc import Callable

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tertulia.serve.api.errors import ApiError, error_response
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Reader
from tertulia.serve.keys import LOCAL, TENANT, find_key, reader_of

PUBLIC = ("/healthz", "/openapi.json")
"""Paths that tell nothing that a stranger may not know."""
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_THREADS = 8
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class HostGate:
    """Refuses names that a page elsewhere could have bound to this machine, and its requests.

    A browser sends an Origin with whatever another site makes it ask; where that is not the server
    itself or one of `origins`, nothing is done.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: frozenset[str] | None, origins: frozenset[str]
    ) -> None:
        """`hosts` None takes any; `origins` are such as `https://intranet.example`."""
        self._app, self._origins = app, origins
        self._hosts = None if hosts is None else frozenset(map(str.lower, hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (error := self._refused(Headers(scope=scope))):
            await error_response(error)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refused(self, headers: Headers) -> ApiError | None:
        host = headers.get("host", "")
        if self._hosts is not None and _name(host) not in self._hosts:
            return ApiError(421, "This server does not answer to this name", code="unknown_host")
        origin = headers.get("origin")
        if origin is None or origin in self._origins or origin.partition("://")[2] == host:
            return None
        return ApiError(403, "Pages of other sites may not ask this server", code="origin")


class KeyGate:
    """Lets in who shows a valid key and notes for whom it is; see `Reader`.

    A server that is `open_here` lets everybody in as the user `local`, for as long as it has seen
    no key: the first one that is made closes it for good. What a proxy passes on is never let in
    so: it may come from anywhere.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        database: Database,
        open_here: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app, self._database, self._clock = app, database, clock
        self._open = open_here
        # Threads of its own: nobody waits at the door for others' slow searches.
        self._threads = CapacityLimiter(_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PUBLIC:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        forwarded = any(name in headers for name in _FORWARDED)
        shown = headers.get("authorization", "")
        try:
            reader = await run_sync(self._reader, shown, forwarded, limiter=self._threads)
        except ApiError as error:
            await error_response(error)(scope, receive, send)
            return
        scope.setdefault("state", {})["reader"] = reader
        await self._app(scope, receive, send)

    def _reader(self, shown: str, forwarded: bool) -> Reader:
        if self._open:
            self._open = not self._database.keys(TENANT)
        if self._open and not forwarded:
            return LOCAL
        scheme, _, key = shown.partition(" ")
        found = find_key(self._database, key.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            raise _unknown("No valid API key: send it as 'Authorization: Bearer tk-...'")
        if found.expires is not None and found.expires <= self._clock():
            raise _unknown("This API key has expired")
        return reader_of(found)


def _unknown(message: str) -> ApiError:
    return ApiError(401, message, code="invalid_api_key", headers={"WWW-Authenticate": "Bearer"})


def _name(host: str) -> str:
    """`localhost` of `localhost:8080`, `::1` of `[::1]:8080`."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
