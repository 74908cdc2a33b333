"""llama.cpp's server inside this process, through the package xllamacpp: it batches by itself.

A sequence is a request to that server in a thread of its own; what the threads hear is one step.
Its memory of keys and values is float16, so with a seed texts are alike alone and among others
but for rare near ties.
"""

from __future__ import annotations

import json
import queue
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertulia.errors import MissingExtraError, ModelError
from tertulia.inference.decoding_batch import Decoded, TokenText, failed
from tertulia.inference.text_engine import Capability, Finish, TextRequest, TokenLikelihood

if TYPE_CHECKING:
    from tertulia.tokenizer.tokenizer import Tokenizer

_WAIT = 0.05
"""Seconds after which a step gives up waiting, so that who left is noticed."""


class LlamaCppBatch:
    """A `DecodingBatch` over one GGUF file."""

    capabilities: frozenset[Capability] = frozenset(
        ("log-probabilities", "json-schema", "seed", "prefix-cache", "batching")
    )

    def __init__(
        self,
        path: Path,
        *,
        rows: int,
        prefix_cache_bytes: int,
        context: int | None = None,
        threads: int | None = None,
    ) -> None:
        """Raises MissingExtraError, ModelError `inference.llama-cpp-refuses` and what is wrong
        with the file.
        """
        from tertulia.model.disk import read_config
        from tertulia.tokenizer.foreign import open_tokenizer_of

        self._tokenizer: Tokenizer = open_tokenizer_of(path)
        self._stops = frozenset(self._tokenizer.special.stops)
        context = context or read_config(path).context
        self._server = _open(path, context * rows, rows, prefix_cache_bytes, threads)
        # A server that never answered may never end: its end waits for a loop not yet begun.
        start = self._tokenizer.special.start
        self._server.handle_completions({"prompt": [start], "max_tokens": 1})
        self._threads = ThreadPoolExecutor(rows, thread_name_prefix="tertulia-llama")
        self._heard: queue.SimpleQueue[Decoded] = queue.SimpleQueue()
        self._running: set[int] = set()

    def begin(self, key: int, ids: Sequence[int], request: TextRequest) -> None:
        """See `DecodingBatch`."""
        body = _body(ids, request)
        self._running.add(key)
        self._threads.submit(self._ask, key, body, request)

    def step(self) -> list[Decoded]:
        """See `DecodingBatch`."""
        grown: list[Decoded] = []
        try:
            grown.append(self._heard.get(timeout=_WAIT))
            while True:
                grown.append(self._heard.get_nowait())
        except queue.Empty:
            return grown

    def end(self, key: int) -> None:
        """See `DecodingBatch`; the server hears of it at its next token."""
        self._running.discard(key)

    def reset(self) -> None:
        """See `DecodingBatch`."""
        self._running.clear()

    def close(self) -> None:
        """See `DecodingBatch`."""
        self._running.clear()
        self._threads.shutdown()
        del self._server

    def _ask(self, key: int, body: dict[str, Any], request: TextRequest) -> None:
        listener = _Listener(key, request, TokenText(self._tokenizer), self._stops)
        ended = False

        def hear(chunk: dict[str, Any]) -> bool:
            """Whether the server is to stop."""
            nonlocal ended
            if key not in self._running or ended:
                return True
            try:
                decoded = listener.hear(chunk)
            except Exception as error:
                # Raised into the server's own thread it would be heard of by nobody.
                decoded = Decoded(key=key, error=failed(error))
            ended = decoded.finish is not None or decoded.error is not None
            self._heard.put(decoded)
            return False

        try:
            # Whoever left while waiting for a thread is not even read.
            if key in self._running:
                self._server.handle_completions(body, hear)
                if not ended:
                    raise RuntimeError("llama.cpp broke off in the middle of an answer")
        except Exception as error:
            self._heard.put(Decoded(key=key, error=failed(error)))


class _Listener:
    """Makes what the server tells of one sequence into steps."""

    def __init__(
        self, key: int, request: TextRequest, text: TokenText, stops: frozenset[int]
    ) -> None:
        self._key, self._request, self._text, self._stops = key, request, text, stops
        self._cached = 0

    def hear(self, chunk: dict[str, Any]) -> Decoded:
        if "error" in chunk:
            return Decoded(key=self._key, error=_refusal(chunk["error"]))
        choice = chunk["choices"][0]
        timings = chunk.get("timings", {})
        tokens = int(timings.get("predicted_n", 0))
        finish: Finish | None = None
        if choice["finish_reason"] is not None:
            finish = "length" if choice["finish_reason"] == "length" else "stop"
            # The token that ends an answer is counted there, and is no part of it here.
            tokens -= finish == "stop"
        return Decoded(
            key=self._key,
            text=choice["text"],
            tokens=tokens,
            likelihoods=self._likelihoods(choice["logprobs"]),
            cached=int(timings.get("cache_n", 0)),
            finish=finish,
        )

    def _likelihoods(self, told: dict[str, Any] | None) -> tuple[TokenLikelihood, ...]:
        count = self._request.log_probabilities
        if told is None or count is None:
            return ()
        return tuple(
            self._text.likelihood(
                one["id"],
                one["logprob"],
                [(other["id"], other["logprob"]) for other in one["top_logprobs"][:count]],
            )
            for one in told["content"]
            if one["id"] not in self._stops
        )


def _body(ids: Sequence[int], request: TextRequest) -> dict[str, Any]:
    seed = secrets.randbits(32) if request.seed is None else request.seed
    body: dict[str, Any] = {
        "prompt": list(ids),
        "max_tokens": request.max_tokens,
        "stream": True,
        "timings_per_token": True,
        "temperature": request.temperature,
        "top_p": request.top_p,
        # Nothing but what was asked for, in the order that torch has.
        "samplers": ["temperature", "top_p"],
        # Its largest number means to it that it may choose one.
        "seed": seed % (2**32 - 1),
    }
    if request.log_probabilities is not None:
        body["logprobs"] = max(1, request.log_probabilities)
    if request.json_schema is not None:
        # A model that is unsure could write blanks until its last token.
        compact = {"x-guidance": {"whitespace_flexible": False}}
        body["json_schema"] = {**json.loads(request.json_schema), **compact}
    return body


def _refusal(error: dict[str, Any]) -> ModelError:
    return failed(RuntimeError(str(error.get("message", error))))


def _open(path: Path, context: int, rows: int, prefix_cache_bytes: int, threads: int | None) -> Any:
    package = _package()
    parameters = package.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx, parameters.n_parallel = context, rows
    parameters.cache_ram_mib = prefix_cache_bytes // 2**20
    # Otherwise it would choose another context where it thinks the memory too small.
    parameters.fit_params = False
    # It opens a port on this machine too: without a key that nobody knows, nothing is served there.
    parameters.api_keys = [secrets.token_urlsafe(32)]
    parameters.ui = False
    parameters.endpoint_slots = parameters.endpoint_props = False
    parameters.warmup = False
    parameters.verbosity = -1
    if threads is not None:
        parameters.cpuparams.n_threads = threads
        parameters.cpuparams_batch.n_threads = threads
    try:
        return package.Server(parameters)
    except RuntimeError as error:
        raise ModelError(
            "inference.llama-cpp-refuses",
            f"llama.cpp does not open the GGUF file: {failed(error).what}",
            where=str(path),
            remedy="Use the engine torch, which reads every GGUF file of the Llama family",
        ) from error


def _package() -> Any:
    try:
        return import_module("xllamacpp")
    except ImportError as error:
        raise MissingExtraError(
            "inference.missing-extra",
            "llama.cpp is run through the package xllamacpp, which is not installed",
            remedy="Install it with `pip install xllamacpp`, or use another engine",
        ) from error
