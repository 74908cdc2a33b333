"""A connection that waits for nobody: bounds on headers, on unread answers, on their number."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from tertulia.serve.api.errors import RETRY_SECONDS, error_body
from tertulia.serve.limits import Limits

_REASONS = {400: "Bad Request", 408: "Request Timeout", 503: "Service Unavailable"}


class BoundedConnection(H11Protocol):
    """uvicorn's HTTP/1.1 with time limits, which it leaves to a proxy; see `bounded_by`."""

    limits = Limits()

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._headers_due: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    # As uvicorn signs it, which leaves out what asyncio's protocol says of the transport.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins; one connection too many is told so and closed."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self._refuse(503, "Too many connections; try again later", "server_busy")
        else:
            self._await_headers()

    def data_received(self, data: bytes) -> None:
        """Reads; the headers of a request have to be whole in time, however they drip."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._headers_due is None and self.conn.trailing_data[0]:
            self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends, and with it every timer."""
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not read: it has a while to begin again."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.limits.unread_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads again."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is told so in the shape of the API."""
        self._refuse(400, msg, "invalid_http")

    def _await_headers(self) -> None:
        self._headers_due = self.loop.call_later(
            self.limits.header_seconds, self._refuse, 408, "The headers did not arrive", "timeout"
        )

    def _stop_waiting(self) -> None:
        if self._headers_due is not None:
            self._headers_due.cancel()
            self._headers_due = None

    def _refuse(self, status: int, message: str, code: str) -> None:
        """Writes past h11, whose state a broken request has spoilt, and closes."""
        self._stop_waiting()
        body = json.dumps(error_body(status, message, code=code)).encode()
        head = [
            f"HTTP/1.1 {status} {_REASONS[status]}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
            *([f"Retry-After: {RETRY_SECONDS}"] if status == 503 else []),
        ]
        self.transport.write("\r\n".join([*head, "", ""]).encode() + body)
        self.transport.close()


def bounded_by(limits: Limits) -> type[BoundedConnection]:
    """The protocol with these limits: uvicorn makes its connections from a class."""
    return type("BoundedConnection", (BoundedConnection,), {"limits": limits})
