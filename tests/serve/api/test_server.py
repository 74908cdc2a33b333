"""A running server: where it listens, and how it ends while it is answering."""

from __future__ import annotations

import asyncio
import dataclasses
import http.client
import json
import socket
import threading
import time

import pytest

from tertulia.errors import ServeError
from tertulia.serve.api.app import create_app
from tertulia.serve.api.server import listen, make_server, run_app, url_of
from tertulia.serve.api.services import Services
from tertulia.serve.limits import Limits
from tests.serve.api.running_server import running
from tests.serve.api.scripted_engine import ScriptedEngine

pytestmark = pytest.mark.loopback


def _begin_stream(url: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    body = json.dumps({"model": "scripted", "prompt": "a", "stream": True})
    connection.request("POST", "/v1/completions", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert answer.readline().startswith(b"data: ")
    return connection, answer


@pytest.mark.parametrize(("words", "whole"), [(20, True), (1_000_000, False)])
def test_the_end_waits_for_answers_but_not_for_ever(
    services: Services, engine: ScriptedEngine, words: int, whole: bool
) -> None:
    engine.words, engine.pause = ("a",) * words, 0.01
    bounded = dataclasses.replace(services, limits=Limits(grace_seconds=2))
    listening = listen("127.0.0.1", 0)
    server = make_server(create_app(bounded, open_here=True), bounded.limits)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    connection, answer = _begin_stream(url_of(listening))
    server.should_exit = True
    begun = time.monotonic()
    try:
        rest = answer.read()
    except http.client.IncompleteRead as cut:
        rest = cut.partial
    thread.join(20)
    connection.close()
    assert not thread.is_alive() and time.monotonic() - begun < 15
    assert rest.endswith(b"data: [DONE]\n\n") is whole
    assert engine.running == 0


def test_whoever_starts_it_is_told_when_it_answers(services: Services) -> None:
    listening = listen("127.0.0.1", 0)
    answered: list[int] = []

    async def run() -> None:
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()

        def ask() -> None:
            connection = http.client.HTTPConnection(url_of(listening).removeprefix("http://"))
            connection.request("GET", "/healthz")
            answered.append(connection.getresponse().status)
            connection.close()
            loop.call_soon_threadsafe(asked.set)

        app = create_app(services, open_here=True)
        started = threading.Thread(target=ask)
        serving = asyncio.ensure_future(
            run_app(app, listening, services.limits, started=started.start)
        )
        await asyncio.wait_for(asked.wait(), 20)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        started.join()

    asyncio.run(run())
    listening.close()
    assert answered == [200]


def test_a_free_port_is_taken_and_told() -> None:
    with listen("localhost", 0) as listening:
        assert url_of(listening).startswith(("http://127.0.0.1:", "http://[::1]:"))


def test_small_answers_are_not_held_back(services: Services) -> None:
    """Forty milliseconds each, where the kernel waits for more to send."""
    with running(create_app(services, open_here=True), services.limits) as url:
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
        seconds = []
        for _ in range(20):
            begun = time.perf_counter()
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            seconds.append(time.perf_counter() - begun)
        connection.close()
    # The fastest tells: this machine may be busy, a kernel that waits always does.
    assert min(seconds[1:]) < 0.03


def test_an_address_that_is_taken_is_the_users_mistake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError) as refused:
            listen("127.0.0.1", port)
    assert refused.value.code == "serve.address"
    assert refused.value.where == f"127.0.0.1:{port}"
