"""Bodies that are too large, too slow or of the wrong kind, and connections that only wait."""

from __future__ import annotations

import dataclasses
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tertulia.serve.api import errors
from tertulia.serve.api.app import create_app
from tertulia.serve.api.services import Services
from tertulia.serve.limits import Limits
from tests.serve.api.conftest import asking
from tests.serve.api.running_server import running
from tests.serve.api.scripted_engine import ScriptedEngine

_FORM = "multipart/form-data; boundary=xx"


def _limited(services: Services, **limits: float) -> Services:
    return dataclasses.replace(services, limits=Limits(**limits))  # type: ignore[arg-type]


@contextmanager
def _connected(services: Services) -> Iterator[tuple[socket.socket, str]]:
    """A bare connection to a running server."""
    with running(create_app(services, open_here=True), services.limits) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=20) as sock:
            yield sock, url


def _head(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def _answer(sock: socket.socket) -> tuple[int, dict[str, str]]:
    """Status and error of what the server says before it closes."""
    received = b""
    while piece := sock.recv(65536):
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ],
)
def test_json_has_to_be_called_json(client: TestClient, kind: str, status: int) -> None:
    body = b'{"model": "scripted", "prompt": "a"}'
    headers = {"content-type": kind} if kind else {}
    assert client.post("/v1/completions", content=body, headers=headers).status_code == status


def test_a_file_has_to_come_in_a_form(client: TestClient) -> None:
    assert client.post("/v1/files", json={}).status_code == 415


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"model": NaN}',
     b'{"model": "scripted", "prompt": "\\ud800"}'],
)  # fmt: skip
def test_what_is_no_request_is_refused(client: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    refused = client.post("/v1/completions", content=body, headers=headers)
    assert refused.status_code == 400, refused.text
    assert set(refused.json()["error"]) == {"message", "type", "param", "code"}


def test_a_body_that_says_it_is_too_large_is_not_read(services: Services) -> None:
    client = asking(create_app(_limited(services, json_bytes=100), open_here=True))
    refused = client.post("/v1/completions", json={"model": "scripted", "prompt": "a" * 100})
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")
    assert refused.headers["connection"] == "close"


def test_a_body_that_does_not_say_is_read_to_the_bound(services: Services) -> None:
    client = asking(create_app(_limited(services, json_bytes=100), open_here=True))
    pieces = iter([b'{"prompt": "'] + [b"a" * 50] * 5)
    headers = {"content-type": "application/json"}
    refused = client.post("/v1/completions", content=pieces, headers=headers)
    assert refused.status_code == 413


@pytest.mark.loopback
def test_a_gigabyte_is_refused_before_it_is_sent(services: Services, tmp_path: Path) -> None:
    gigabyte = 1 << 30
    with _connected(services) as (sock, _):
        sock.sendall(_head("/v1/files", f"Content-Type: {_FORM}", f"Content-Length: {gigabyte}"))
        status, error = _answer(sock)
    assert (status, error["code"]) == (413, "too_large")


@pytest.mark.loopback
def test_a_gigabyte_in_pieces_is_refused_at_the_bound(services: Services, tmp_path: Path) -> None:
    bounded = _limited(services, file_bytes=1 << 20)
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    form = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    sent = 0
    with _connected(bounded) as (sock, _):
        sock.sendall(_head("/v1/files", f"Content-Type: {_FORM}", "Transfer-Encoding: chunked"))
        sock.sendall(f"{len(form):x}\r\n".encode() + form + b"\r\n")
        try:
            while sent < 1 << 30:
                sock.sendall(piece)
                sent += 65536
            pytest.fail("the server took a gigabyte")
        except OSError:
            # Closed in the middle of the body: whether the answer is still read is luck.
            pass
    assert sent < 64 << 20
    assert not list((tmp_path / "originals").rglob("*"))


@pytest.mark.loopback
def test_headers_that_drip_are_cut_off(services: Services) -> None:
    bounded = _limited(services, header_seconds=0.3)
    with _connected(bounded) as (sock, _):
        begun = time.monotonic()
        sock.sendall(b"GET /v1/models HTTP/1.1\r\n")
        with pytest.raises(OSError):
            while time.monotonic() - begun < 10:
                sock.sendall(b"X-A: b\r\n")
                time.sleep(0.05)
        assert time.monotonic() - begun < 5


@pytest.mark.loopback
def test_a_silent_connection_is_closed(services: Services) -> None:
    with _connected(_limited(services, header_seconds=0.2)) as (sock, _):
        assert _answer(sock)[0] == 408


@pytest.mark.loopback
def test_headers_after_an_answer_may_not_drip_either(services: Services) -> None:
    with _connected(_limited(services, header_seconds=0.2)) as (sock, _):
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while b"ok" not in received:
            received += sock.recv(65536)
        sock.sendall(b"GET /hea")
        assert _answer(sock)[0] == 408


@pytest.mark.loopback
def test_a_body_that_stops_is_cut_off(services: Services) -> None:
    with _connected(_limited(services, body_idle_seconds=0.2)) as (sock, _):
        sock.sendall(
            _head("/v1/completions", "Content-Type: application/json", "Content-Length: 100")
        )
        sock.sendall(b'{"model"')
        status, error = _answer(sock)
    assert (status, error["code"]) == (408, "timeout")


@pytest.mark.loopback
def test_a_body_that_drips_is_cut_off(services: Services) -> None:
    with _connected(_limited(services, body_seconds=0.3)) as (sock, _):
        sock.sendall(
            _head("/v1/completions", "Content-Type: application/json", "Content-Length: 100")
        )
        with pytest.raises(OSError):
            for _ in range(100):
                sock.sendall(b" ")
                time.sleep(0.05)


@pytest.mark.loopback
def test_no_http_is_told_so(services: Services) -> None:
    with _connected(services) as (sock, _):
        sock.sendall(b"\x16\x03\x01 what is this\r\n\r\n")
        status, error = _answer(sock)
    assert (status, error["code"]) == (400, "invalid_http")


@pytest.mark.loopback
def test_headers_without_an_end_are_refused(services: Services) -> None:
    with _connected(services) as (sock, _):
        sock.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 100_000)
        assert _answer(sock)[0] == 400


@pytest.mark.loopback
def test_one_connection_too_many_is_told_to_come_back(services: Services) -> None:
    bounded = _limited(services, connections=1)
    with _connected(bounded) as (_, url):
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=20) as second:
            status, error = _answer(second)
    assert (status, error["code"]) == (503, "server_busy")


@pytest.mark.loopback
def test_uploads_at_once_are_bounded(services: Services) -> None:
    form = f"Content-Type: {_FORM}"
    with _connected(_limited(services, uploads=1)) as (sock, url):
        sock.sendall(_head("/v1/files", form, "Content-Length: 1000", "Expect: 100-continue"))
        # Said when the body is asked for: from here on this upload counts.
        assert b"100 Continue" in sock.recv(4096)
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=20) as second:
            second.sendall(_head("/v1/files", form, "Content-Length: 2"))
            assert _answer(second)[0] == 429


@pytest.mark.loopback
def test_a_client_that_does_not_read_is_cut_off(services: Services, engine: ScriptedEngine) -> None:
    engine.endless, engine.words = True, ("a" * 60_000,)
    body = json.dumps({"model": "scripted", "prompt": "a", "stream": True}).encode()
    with _connected(_limited(services, unread_seconds=0.3)) as (sock, _):
        sock.sendall(
            _head(
                "/v1/completions",
                "Content-Type: application/json",
                f"Content-Length: {len(body)}",
            )
            + body
        )
        begun = time.monotonic()
        while not engine.closed and time.monotonic() - begun < 20:
            time.sleep(0.02)
    assert (engine.running, engine.closed) == (0, 1)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("embeddings", {"model": "x", "input": [{}] * 50_000}),
        ("embeddings", {"model": "x", "input": [[{}] * 50_000]}),
        ("completions", {"model": "x", "prompt": [[{}] * 50_000]}),
        (
            "chat/completions",
            {"model": "x", "messages": [{"role": "user", "content": [{}] * 50_000}]},
        ),
        ("chat/completions", {"model": "x", "messages": [{}] * 50_000}),
    ],
)  # fmt: skip
def test_many_mistakes_cost_no_more_than_one(
    client: TestClient, path: str, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    invalid = errors._invalid
    monkeypatch.setattr(
        errors, "_invalid", lambda problems: (told.append(len(problems)), invalid(problems))[1]
    )
    assert client.post(f"/v1/{path}", json=body).status_code == 400
    assert told[0] < 10
