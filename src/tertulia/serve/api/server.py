"""Running the app: an address of its own, bounded connections, an end in good order."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from fastapi import FastAPI
from uvicorn import Config, Server

from tertulia.errors import ServeError
from tertulia.serve.api.connection import bounded_by
from tertulia.serve.database.database import Database
from tertulia.serve.keys import TENANT
from tertulia.serve.limits import Limits

_BACKLOG = 128
_HEADER_BYTES = 32 << 10


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_listen(host: str, database: Database) -> bool:
    """Whether the server is open to everybody who reaches it: on this machine, without keys.

    Raises ServeError `serve.no-keys` for an address that others reach while there is no key.
    """
    without_keys = not database.keys(TENANT)
    if without_keys and not is_loopback(host):
        raise ServeError(
            "serve.no-keys",
            "other machines could use the server without a key",
            where=host,
            remedy="Make a key first, with --add-key USER, or listen on 127.0.0.1",
        )
    return without_keys


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises ServeError `serve.address`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # asyncio turns Nagle's waiting off only where the protocol is named: 40 ms an answer.
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(_BACKLOG)
        except BaseException:
            listening.close()
            raise
        return listening
    except (OSError, OverflowError, UnicodeError) as error:
        raise ServeError(
            "serve.address",
            f"the server cannot listen there: {getattr(error, 'strerror', None) or error}",
            where=f"{host}:{port}",
            remedy="Choose another --port or --host",
        ) from error


def url_of(listening: socket.socket) -> str:
    """The base URL of the server on this socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(Server):
    """uvicorn's, but a signal ends it without being raised again: the exit code is ours."""

    @contextmanager
    def capture_signals(self) -> Any:
        """Listens to SIGINT and SIGTERM while running, where this is the main thread."""
        try:
            before = {
                number: signal.signal(number, self.handle_exit)
                for number in (signal.SIGINT, signal.SIGTERM)
            }
        except ValueError:
            yield
            return
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def make_server(app: FastAPI, limits: Limits) -> Server:
    """A server over `app`, not yet running; set its `should_exit` to end it."""
    return _Server(
        Config(
            app,
            http=bounded_by(limits),
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=round(limits.grace_seconds),
            h11_max_incomplete_event_size=_HEADER_BYTES,
        )
    )


async def run_app(
    app: FastAPI,
    listening: socket.socket,
    limits: Limits,
    *,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Serves until SIGINT or SIGTERM; streaming answers get `grace_seconds` to end."""
    server = make_server(app, limits)
    async with _told(server, started):
        await server.serve(sockets=[listening])


@asynccontextmanager
async def _told(server: Server, started: Callable[[], None]) -> AsyncIterator[None]:
    async def wait() -> None:
        while not server.started:
            await asyncio.sleep(0.01)
        started()

    task = asyncio.ensure_future(wait())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
