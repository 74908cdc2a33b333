"""Every kind of engine over the same tiny random model, opened as a test needs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from tertulia.inference.decoding_batch import DecodingBatch
from tertulia.inference.llama_cpp_batch import LlamaCppBatch
from tertulia.inference.local_text_engine import LocalTextEngine
from tertulia.inference.openvino_batch import OpenvinoBatch
from tertulia.inference.remote_text_engine import RemoteTextEngine
from tertulia.inference.text_engine import Message, Piece, QueueLimits, TextEngine, TextRequest
from tertulia.inference.torch_batch import TorchBatch
from tertulia.model.disk import load_model, read_config
from tertulia.release.gguf_export import GgufDescription, export_gguf
from tertulia.release.names import ModelName
from tertulia.tokenizer.foreign import open_tokenizer_of
from tests.release.tiny_model import write_trained_folder

ROWS = 4
CACHE_BYTES = 2**20
CONTEXT = 96
KEY = "a key"
"""Of the server behind the remote engine."""


def write_gguf(folder: Path, kind: Literal["base", "instruct"] = "instruct") -> Path:
    """A model folder, and beside it the GGUF file that is given."""
    name = ModelName(family="tertulia", size="1m", kind=kind, version="0.1")
    description = GgufDescription(name=name, licence="Apache-2.0", languages=("es", "ca"))
    write_trained_folder(folder / "tiny")
    export_gguf(folder / "tiny", folder / "tiny.gguf", description)
    return folder / "tiny.gguf"


def open_batch(engine: str, gguf: Path) -> DecodingBatch:
    """In this process, on one thread."""
    if engine == "openvino":
        return OpenvinoBatch(gguf, rows=ROWS, prefix_cache_bytes=CACHE_BYTES, threads=1)
    if engine == "llama_cpp":
        return LlamaCppBatch(gguf, rows=ROWS, prefix_cache_bytes=CACHE_BYTES, threads=1)
    return TorchBatch(load_model(gguf), open_tokenizer_of(gguf), prefix_cache_bytes=CACHE_BYTES)


def local_engine(
    batch: DecodingBatch, gguf: Path, *, chats: bool = True, limits: QueueLimits | None = None
) -> LocalTextEngine:
    """An engine around a batch."""
    return LocalTextEngine(
        batch,
        open_tokenizer_of(gguf),
        name="tiny",
        context=read_config(gguf).context,
        chats=chats,
        limits=limits or QueueLimits(running=ROWS),
    )


def start_server(gguf: Path) -> Any:
    """llama.cpp's own server; it ends when nothing holds it any more."""
    xllamacpp: Any = import_module("xllamacpp")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(gguf)
    parameters.n_ctx, parameters.n_parallel = CONTEXT * ROWS, ROWS
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.fit_params = parameters.warmup = parameters.ui = False
    parameters.api_keys = [KEY]
    parameters.verbosity = -1
    server = xllamacpp.Server(parameters)
    # One that never answered may never end.
    server.handle_completions({"prompt": "a", "max_tokens": 1})
    return server


class Tiny:
    """One kind of engine; a remote one lives on one event loop and is opened anew."""

    def __init__(self, engine: str, gguf: Path) -> None:
        self.kind = engine
        self._server = start_server(gguf) if engine == "remote" else None
        self._local = None
        if engine != "remote":
            self._local = local_engine(open_batch(engine, gguf), gguf)

    def run(self, work: Callable[[TextEngine], Coroutine[Any, Any, Any]]) -> Any:
        """What `work` makes of the engine, on an event loop of its own."""

        async def on_a_loop() -> Any:
            async with self._opened() as engine:
                return await work(engine)

        return asyncio.run(on_a_loop())

    def close(self) -> None:
        """Ends the engine or the server."""
        if self._local is not None:
            asyncio.run(self._local.close())
        self._server = None

    @asynccontextmanager
    async def _opened(self) -> AsyncGenerator[TextEngine, None]:
        if self._local is not None:
            yield self._local
            return
        assert self._server is not None
        url = f"{self._server.listening_address}/v1"
        engine = RemoteTextEngine(
            url, "tiny", key=KEY, context=CONTEXT, limits=QueueLimits(running=ROWS)
        )
        try:
            yield engine
        finally:
            await engine.close()


async def listen(
    engine: TextEngine, prompt: str | list[Message], user: str = "", **settings: Any
) -> list[Piece]:
    """All pieces of an answer to a text or to a conversation."""
    request = TextRequest(**settings)
    pieces = (
        engine.complete(prompt, request, user=user)
        if isinstance(prompt, str)
        else engine.chat(prompt, request, user=user)
    )
    return [piece async for piece in pieces]


def text_of(pieces: list[Piece]) -> str:
    """What the pieces say together."""
    return "".join(piece.text for piece in pieces)
