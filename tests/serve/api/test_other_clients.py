"""Clients that are not the official one: the `llm` program and plain curl."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import no_sockets
from tests.serve.api.whole_server import whole_server

pytestmark = pytest.mark.loopback

_CHAT = '{"model": "tiny", "messages": [{"role": "user", "content": "Hola"}], "max_tokens": 8'


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    no_sockets.allow_loopback(True)
    with whole_server(tmp_path_factory.mktemp("data")) as (address, _):
        yield address
        no_sockets.allow_loopback(True)


def _curl(*arguments: str) -> str:
    done = subprocess.run(
        ["curl", "-sS", *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def _post(url: str, body: str, *options: str) -> Any:
    return json.loads(_curl(url, "-H", "Content-Type: application/json", "-d", body, *options))


@pytest.fixture
def llm(url: str, tmp_path: Path) -> Any:
    """Runs `llm` as its manual says for a server of one's own."""
    here = f"{url}/v1"
    models = [
        {
            "model_id": "ours",
            "model_name": "tiny",
            "api_base": f"{url}/v1",
            "supports_schema": True,
        },
        {"model_id": "plain", "model_name": "tiny", "api_base": here, "completion": True},
    ]
    # JSON is YAML.
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps(models))
    # Plugins of whoever runs the tests are left out.
    ours = {"LLM_USER_PATH": str(tmp_path), "OPENAI_API_KEY": "none", "LLM_LOAD_PLUGINS": ""}
    environment = {**os.environ, **ours}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "llm"), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_llm_chats_as_a_stream_and_whole(llm: Any) -> None:
    settings = ("-m", "ours", "-o", "max_tokens", "8", "-o", "seed", "3", "Hola")
    streamed, whole = llm(*settings), llm(*settings, "--no-stream")
    assert streamed == whole and streamed.strip()


def test_llm_asks_for_json_by_a_schema(llm: Any) -> None:
    schema = {
        "type": "object",
        "properties": {"si": {"type": "boolean"}},
        "required": ["si"],
        "additionalProperties": False,
    }
    told = json.loads(llm("-m", "ours", "--schema", json.dumps(schema), "-o", "seed", "1", "Hola"))
    assert isinstance(told["si"], bool)


def test_llm_continues_a_text(llm: Any) -> None:
    assert llm("-m", "plain", "-o", "max_tokens", "8", "-o", "seed", "3", "La casa").strip()


def test_curl_gets_a_whole_answer(url: str) -> None:
    answer = _post(f"{url}/v1/chat/completions", _CHAT + "}")
    assert answer["choices"][0]["message"]["role"] == "assistant"


def test_curl_gets_events(url: str) -> None:
    events = _curl(
        "-N", f"{url}/v1/chat/completions", "-H", "Content-Type: application/json",
        "-d", _CHAT + ', "stream": true}',
    ).split("\n\n")  # fmt: skip
    assert events[0].startswith('data: {"id":"chatcmpl-') and events[-2:] == ["data: [DONE]", ""]


def test_curl_uploads_and_searches(url: str, tmp_path: Path) -> None:
    note = tmp_path / "nota.md"
    note.write_text("# Nota\n\nEl mercado cierra los domingos.\n")
    form = ("-F", "purpose=assistants", "-F", f"file=@{note}")
    file = json.loads(_curl(f"{url}/v1/files", *form))["id"]
    store = _post(f"{url}/v1/vector_stores", json.dumps({"name": "n", "file_ids": [file]}))["id"]
    found = _post(f"{url}/v1/vector_stores/{store}/search", '{"query": "mercado domingos"}')
    assert found["data"][0]["filename"] == "nota.md"
    deleted = json.loads(_curl("-X", "DELETE", f"{url}/v1/vector_stores/{store}"))
    assert deleted["deleted"] is True


def test_curl_reads_the_refusal_of_a_large_upload(url: str, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(1 << 30)
    status = _curl(
        "-o", os.devnull, "-w", "%{http_code} %{size_upload}",
        "-F", "purpose=assistants", "-F", f"file=@{large}", f"{url}/v1/files",
    )  # fmt: skip
    code, sent = status.split()
    # curl asks first (Expect: 100-continue) and sends nothing of the gigabyte.
    assert code == "413" and int(sent) < 1 << 20
