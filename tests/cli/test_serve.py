"""`tertulia serve`: keys, what it refuses before it loads anything, and a server to its end."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import tertulia
from tertulia.cli import main
from tests.serve.api.real_model import write_model
from tests.serve.api.whole_server import whole_server

_JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
SOURCE = Path(tertulia.__file__).parents[1]


def _serve(*options: str) -> int:
    return main(["serve", *options])


class TestKeys:
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    def test_a_key_is_printed_alone_and_once(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        assert _serve("--add-key", "ana") == 0
        out, err = capsys.readouterr()
        assert re.fullmatch(r"tk-[\w-]{43}\n", out) and "ana" in err
        assert _serve("--list-keys") == 0
        assert re.fullmatch(r"key_\w+  \d{4}-\d\d-\d\d  ana\n", capsys.readouterr().out)
        kept = b"".join(path.read_bytes() for path in (tmp_path / "server").glob("tertulia.db*"))
        assert out.strip().encode() not in kept

    def test_a_key_is_revoked_by_its_id(self, capsys: pytest.CaptureFixture[str]) -> None:
        _serve("--add-key", "ana")
        _serve("--list-keys")
        id = capsys.readouterr().out.splitlines()[-1].split()[0]
        assert _serve("--revoke-key", id) == 0
        _serve("--list-keys")
        assert "There are no keys." in capsys.readouterr().out

    def test_a_key_that_is_not_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert _serve("--revoke-key", "key_0") == 2
        assert "error[serve.no-key]" in capsys.readouterr().err

    @pytest.mark.parametrize("user", ["", " ", "*", "a\nb"])
    def test_a_name_that_nobody_has(self, capsys: pytest.CaptureFixture[str], user: str) -> None:
        assert _serve("--add-key", user) == 2
        assert "error[serve.user-name]" in capsys.readouterr().err


class TestRefusals:
    """All of them come before a model is looked for: `nowhere` is no model."""

    def _refused(self, data: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
        assert _serve("nowhere", "--data", str(data), *options) == 2
        return capsys.readouterr().err

    def test_other_machines_without_a_key(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        told = self._refused(tmp_path, capsys, "--host", "0.0.0.0")
        assert "error[serve.no-keys]" in told and "--add-key" in told

    @pytest.mark.loopback
    def test_a_port_that_is_taken(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            assert "error[serve.address]" in self._refused(tmp_path, capsys, "--port", port)

    @pytest.mark.parametrize("text", ["docs", "=docs", "docs=", " =docs"])
    def test_a_collection_without_a_name_or_a_folder(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
    ) -> None:
        told = self._refused(tmp_path, capsys, "--collection", text)
        assert "error[serve.collection-name]" in told

    def test_a_folder_that_is_a_file(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "file").write_text("")
        assert "error[serve.folder]" in self._refused(tmp_path / "file", capsys)
        assert "error[serve.folder]" in self._refused(tmp_path / ("x" * 300), capsys)

    @pytest.mark.loopback
    def test_a_model_that_is_not_there(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert "error[model.not-found]" in self._refused(tmp_path, capsys, "--port", "0")

    def test_a_mistake_leaves_no_folder_behind_and_takes_none_away(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        new, known = tmp_path / "new", tmp_path / "known"
        self._refused(new, capsys, "--collection", "docs")
        assert not new.exists()
        known.mkdir()
        self._refused(known, capsys, "--collection", "docs")
        assert known.exists()
        assert _serve("--data", str(new), "--add-key", "ana") == 0
        self._refused(new, capsys, "--collection", "docs")
        assert _serve("--data", str(new), "--list-keys") == 0
        assert "ana" in capsys.readouterr().out


_SEARCH_CALL = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"question": "¿Cuándo llega el recibo?"}},
    }
).encode()


@contextmanager
def _process(folder: Path, embedder: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`tertulia serve` with a tiny model, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "TERTULIA_LANG": "en"}
    command = [
        sys.executable, "-m", "tertulia", "serve", str(folder / "tiny"), "--engine", "torch",
        "--port", "0", "--data", str(folder / "data"), "--embedder", embedder, *options,
    ]  # fmt: skip
    started = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def _lines_until(process: subprocess.Popen[str], wanted: str) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    while not (lines and wanted in lines[-1]):
        line = process.stdout.readline()
        assert line, f"the server says nothing more: {lines}"
        lines.append(line)
    return lines


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


@pytest.mark.loopback
def test_a_server_answers_searches_and_ends_in_good_order(tmp_path: Path) -> None:
    write_model(tmp_path / "tiny")
    (tmp_path / "normas").mkdir()
    (tmp_path / "normas" / "agua.md").write_text("# Agua\n\nEl recibo llega en marzo.\n")
    with whole_server(tmp_path / "embedder") as (vectors, _):
        folder = f"normas={tmp_path / 'normas'}"
        with _process(tmp_path, f"{vectors}/v1#words", "--collection", folder) as server:
            lines = _lines_until(server, "curl")
            assert lines[0].startswith("normas: 1 new, 0 changed")
            told = shlex.split(lines[-1])
            assert json.loads(told[-1])["model"] == "tiny+normas"
            asked = subprocess.run(
                [told[0], "-sS", *told[1:]], capture_output=True, text=True, timeout=60
            )
            assert json.loads(asked.stdout)["choices"][0]["message"]["role"] == "assistant"
            url = told[1].removesuffix("/v1/chat/completions")
            begun = time.monotonic()
            done = 0
            while not done and time.monotonic() - begun < 60:
                [store] = _get(f"{url}/v1/vector_stores")["data"]
                done = store["file_counts"]["completed"]
                time.sleep(0.05)
            question = json.dumps({"query": "recibo del agua"}).encode()
            found = _get_by_post(f"{url}/v1/vector_stores/{store['id']}/search", question)
            place = found["data"][0]["tertulia"]["url"]
            with urllib.request.urlopen(url + place, timeout=30) as page:
                assert "<mark" in page.read().decode()
            called = _get_by_post(f"{url}/mcp", _SEARCH_CALL)
            assert "marzo" in json.dumps(called["result"]) and url in json.dumps(called)
            cited = {
                "model": "tiny+normas",
                "messages": [{"role": "user", "content": "¿Cuándo llega el recibo del agua?"}],
            }
            answer = _get_by_post(f"{url}/v1/chat/completions", json.dumps(cited).encode())
            told = answer["tertulia"]
            assert told["abstained"] or "marzo" in told["citations"][0]["quote"]
            server.send_signal(signal.SIGTERM)
            _, err = server.communicate(timeout=60)
            assert server.returncode == 0, err
            assert "Traceback" not in err


def _get_by_post(url: str, body: bytes) -> Any:
    request = urllib.request.Request(url, body, _JSON)
    return _get(request)  # type: ignore[arg-type]


@pytest.mark.loopback
def test_a_streaming_answer_is_finished_before_the_server_ends(tmp_path: Path) -> None:
    write_model(tmp_path / "tiny")
    with (
        whole_server(tmp_path / "embedder") as (vectors, _),
        _process(tmp_path, f"{vectors}/v1#words") as server,
    ):
        url = shlex.split(_lines_until(server, "curl")[-1])[1]
        body = {
            "model": "tiny", "messages": [{"role": "user", "content": "Hola"}],
            "max_tokens": 60, "stream": True, "seed": 3,
        }  # fmt: skip
        request = urllib.request.Request(
            url, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            first = answer.readline()
            server.send_signal(signal.SIGTERM)
            rest = answer.read()
        server.communicate(timeout=60)
    assert first.startswith(b"data: ") and rest.endswith(b"data: [DONE]\n\n")
    assert server.returncode == 0


@pytest.mark.loopback
def test_a_program_is_served_over_its_pipe(tmp_path: Path) -> None:
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }  # fmt: skip
    with whole_server(tmp_path / "embedder") as (vectors, _):
        done = subprocess.run(
            [
                sys.executable, "-m", "tertulia", "serve", "--mcp",
                "--data", str(tmp_path / "data"), "--embedder", f"{vectors}/v1#words",
            ],
            input=json.dumps(hello) + "\n",
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            capture_output=True,
            text=True,
            timeout=60,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"]["serverInfo"]["name"] == "tertulia"
