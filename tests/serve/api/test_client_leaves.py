"""A client that goes away ends the work that was done for it, wherever it was."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import socket
import time
from collections.abc import Callable

import pytest

from tertulia.inference.decoding_batch import Decoded
from tertulia.inference.torch_batch import TorchBatch
from tertulia.serve.api.app import create_app
from tertulia.serve.api.services import Services
from tests.serve.api.real_model import open_engine
from tests.serve.api.running_server import running
from tests.serve.api.scripted_engine import ScriptedEngine


def _until(done: Callable[[], bool]) -> bool:
    begun = time.monotonic()
    while not done() and time.monotonic() - begun < 20:
        time.sleep(0.01)
    return done()


@pytest.mark.loopback
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/completions"])
@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("asked", ["stream", "whole", "waiting"])
def test_the_engine_stops(
    services: Services, engine: ScriptedEngine, path: str, n: int, asked: str
) -> None:
    engine.endless = True
    engine.pause = 600 if asked == "waiting" else 0.01
    body = json.dumps(
        {
            "model": "scripted",
            "messages": [{"role": "user", "content": "hola"}],
            "prompt": "hola",
            "n": n,
            "stream": asked != "whole",
        }
    ).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with running(create_app(services, open_here=True), services.limits) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=20) as sock:
            sock.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            if asked == "stream":
                received = b""
                while b"data: " not in received:
                    received += sock.recv(4096)
            assert _until(lambda: engine.running == n)
        assert _until(lambda: engine.running == 0)
    assert engine.closed == n


@pytest.mark.loopback
def test_a_real_engine_works_for_nobody_who_has_left(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    step = TorchBatch.step

    def counted(batch: TorchBatch) -> list[Decoded]:
        steps.append(1)
        # Slow enough that the answer cannot be over before the client is gone.
        time.sleep(0.005)
        return step(batch)

    monkeypatch.setattr(TorchBatch, "step", counted)
    tiny = open_engine()
    real = dataclasses.replace(services, engines={"tiny": tiny})
    body = json.dumps(
        {"model": "tiny", "prompt": "La casa", "max_tokens": 400, "n": 8, "stream": True}
    ).encode()
    head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with running(create_app(real, open_here=True), real.limits) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=20) as sock:
            sock.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            received = b""
            while b"data: " not in received:
                received += sock.recv(4096)
            assert tiny.load().running > 0
        assert _until(lambda: tiny.load().running + tiny.load().waiting == 0)
    # Each of the eight would have gone on for 400 steps.
    assert len(steps) < 300
    asyncio.run(tiny.close())
