"""What is llama.cpp's own: the port that it opens serves nobody, and what it refuses is told."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tertulia.errors import MissingExtraError, ModelError
from tertulia.inference.decoding_batch import Decoded
from tertulia.inference.llama_cpp_batch import LlamaCppBatch
from tertulia.inference.text_engine import TextRequest
from tests.inference.tiny_engines import write_gguf


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("llama"))


@pytest.fixture
def batch(gguf: Path) -> LlamaCppBatch:
    return LlamaCppBatch(gguf, rows=2, prefix_cache_bytes=0, threads=1)


@pytest.mark.loopback
@pytest.mark.parametrize("path", ["/slots", "/props", "/v1/completions"])
def test_the_port_that_it_opens_serves_nobody(batch: LlamaCppBatch, path: str) -> None:
    """Whoever is on this machine would otherwise get past the keys of the server."""
    body = b'{"prompt": "hola", "max_tokens": 1}' if path == "/v1/completions" else None
    url = batch._server.listening_address + path
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=5)
    caught.value.close()
    assert caught.value.code == 401
    batch.close()


def test_what_it_refuses_is_that_requests_error(batch: LlamaCppBatch) -> None:
    batch.begin(1, [1, 99_999], TextRequest(max_tokens=2))
    batch.begin(2, [1, 80], TextRequest(max_tokens=2, temperature=0.0))
    heard: dict[int, Decoded] = {}
    for _ in range(100):
        heard |= {decoded.key: decoded for decoded in batch.step()}
        if len(heard) == 2 and heard[2].finish is not None:
            break
    assert heard[1].error is not None
    assert "invalid tokens" in heard[1].error.what
    assert heard[2].finish == "length"
    batch.close()


@pytest.mark.parametrize("chunks", [[], [{"choices": []}]])
def test_an_answer_that_breaks_off_is_an_error(
    batch: LlamaCppBatch, chunks: list[dict[str, Any]]
) -> None:
    """It would otherwise be waited for until its time is over."""

    class BreaksOff:
        def handle_completions(self, _: object, hear: Callable[[dict[str, Any]], bool]) -> None:
            for chunk in chunks:
                hear(chunk)

    whole, batch._server = batch._server, BreaksOff()
    batch.begin(1, [1, 80], TextRequest())
    [heard] = [decoded for _ in range(20) for decoded in batch.step()]
    assert heard.error is not None
    batch._server = whole
    batch.close()


def test_a_file_that_it_cannot_open_is_told(tmp_path: Path, gguf: Path) -> None:
    whole = gguf.read_bytes()
    (tmp_path / "cut.gguf").write_bytes(whole[: len(whole) - 1000])
    with pytest.raises(ModelError) as caught:
        LlamaCppBatch(tmp_path / "cut.gguf", rows=1, prefix_cache_bytes=0)
    assert caught.value.code in ("inference.llama-cpp-refuses", "model.gguf-damaged")


def test_without_the_package_it_is_named(gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(MissingExtraError) as caught:
        LlamaCppBatch(gguf, rows=1, prefix_cache_bytes=0)
    assert "xllamacpp" in str(caught.value)
