"""The API behind a real server in a thread of this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from tertulia.serve.api.server import listen, make_server, url_of
from tertulia.serve.limits import Limits


@contextmanager
def running(app: FastAPI, limits: Limits) -> Iterator[str]:
    """The base URL of the app while it runs, without `/v1`."""
    listening = listen("127.0.0.1", 0)
    url = url_of(listening)
    server = make_server(app, limits)
    # A socket pair of its own wakes the loop; the thread ends before the test does.
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        assert not thread.is_alive()
