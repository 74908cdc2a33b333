"""A model behind any URL of the OpenAI API: vLLM, llama.cpp's server, another tertulia."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from tertulia.errors import MissingExtraError, ModelError
from tertulia.inference.answer import Answer
from tertulia.inference.decoding_batch import Decoded
from tertulia.inference.openai_client import KEY_VARIABLE, OpenAIClient
from tertulia.inference.remote_model import choose_model
from tertulia.inference.remote_stream import Said, error_text, events
from tertulia.inference.text_engine import (
    Capability,
    Load,
    Message,
    Piece,
    QueueLimits,
    TextRequest,
    TokenLikelihood,
    Usage,
)
from tertulia.inference.turns import Turns

_BUSY = (429, 502, 503, 504)
"""Answers after which the same request may succeed."""
_ATTEMPTS = 4
_FIRST_PAUSE = 0.5
"""Seconds; each pause is twice the one before, unless the server names its own."""
_MOST_STOPS = 4
"""The API takes no more; the others are looked for here."""
_UNTOLD_CONTEXT = 4096
"""Of a server that does not tell its model's: few have less."""
_BYTES_A_TOKEN = 2.5
"""Of UTF-8; cautious: vocabularies made for English cut Basque into about so many."""

Pause = Callable[[float], Awaitable[object]]


class RemoteTextEngine:
    """See `TextEngine`. What the server counts is told; what must be counted here is estimated."""

    capabilities: frozenset[Capability] = frozenset(
        ("log-probabilities", "json-schema", "seed", "batching")
    )

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str | None = None,
        context: int = _UNTOLD_CONTEXT,
        limits: QueueLimits | None = None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """Raises MissingExtraError `inference.missing-extra` without httpx."""
        self.name, self.context, self.url = model, context, url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._turns, self._pause = Turns(limits or QueueLimits()), pause
        self._httpx = _package()
        self._client: Any = None

    @classmethod
    def open(cls, address: str, limits: QueueLimits | None = None) -> RemoteTextEngine:
        """The model of `URL#MODEL`, or the only one of the server at `URL`.

        The key is read from the environment. Raises ModelError `inference.server-model`,
        `inference.server-url` or `inference.server-unreachable`.
        """
        url, _, model = address.partition("#")
        key = os.environ.get(KEY_VARIABLE) or None
        client = OpenAIClient(url, key=key)
        model, listed = choose_model(client, model)
        context = _context(listed)
        return cls(client.url, model, key=key, context=context, limits=limits)

    def chat(
        self, messages: Sequence[Message], request: TextRequest, *, user: str = ""
    ) -> AsyncGenerator[Piece, None]:
        """The assistant's next turn; documents are told as a user's: others know no such role."""
        known = ("system", "user", "assistant")
        told = [(m.role if m.role in known else "user", m.content) for m in messages]
        body: dict[str, Any] = {
            "messages": [{"role": role, "content": content} for role, content in told]
        }
        if request.log_probabilities is not None:
            # Some servers take 0 for none at all.
            body |= {"logprobs": True, "top_logprobs": max(1, request.log_probabilities)}
        return self._generate("/chat/completions", body, request, user)

    def complete(
        self, prompt: str, request: TextRequest, *, user: str = ""
    ) -> AsyncGenerator[Piece, None]:
        """What follows the text; without a JSON Schema, which the API has for chats alone."""
        body: dict[str, Any] = {"prompt": prompt}
        if request.log_probabilities is not None:
            body["logprobs"] = max(1, request.log_probabilities)
        return self._generate("/completions", body, request, user)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """An estimate, rather too many: the API has no way to ask."""
        size = sum(len(m.role.encode()) + len(m.content.encode()) for m in messages)
        return round(size / _BYTES_A_TOKEN) + 8 * len(messages)

    def load(self) -> Load:
        """How many were sent to the server and how many wait here."""
        return self._turns.load()

    async def close(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _generate(
        self, path: str, body: dict[str, Any], request: TextRequest, user: str
    ) -> AsyncGenerator[Piece, None]:
        from tertulia.inference.local_text_engine import check_request

        check_request(request, self.capabilities, self.name)
        if request.json_schema is not None:
            if path == "/completions":
                raise self._not_supported()
            schema = {"name": "answer", "strict": True, "schema": json.loads(request.json_schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        body |= _settings(self.name, request)
        answer = Answer(0, (), request, user)
        usage: Usage | None = None
        last: Piece | None = None
        async with contextlib.aclosing(self._said(path, body, answer)) as stream:
            async for said in stream:
                usage = said.usage or usage
                if last is not None:
                    continue
                likelihoods = _at_most(said.likelihoods, request.log_probabilities)
                piece = answer.grow(
                    Decoded(key=0, text=said.text, likelihoods=likelihoods, finish=said.finish)
                )
                if isinstance(piece, Piece) and piece.finish is not None:
                    # How much it was is told after why it ended.
                    last = piece
                    if said.finish is None:
                        break
                elif isinstance(piece, Piece):
                    yield piece
        if last is None:
            raise self._unreachable("it breaks off in the middle of an answer")
        yield replace(last, usage=usage)

    async def _said(
        self, path: str, body: dict[str, Any], answer: Answer
    ) -> AsyncGenerator[Said, None]:
        """The server's stream; every wait ends at the answer's deadline."""
        async with contextlib.AsyncExitStack() as stack:
            try:
                async with asyncio.timeout_at(answer.due):
                    await stack.enter_async_context(self._turns.turn(answer.user))
                    response = await self._open(stack, path, body)
                stream = events(response.aiter_lines(), self.url + path)
                while True:
                    async with asyncio.timeout_at(answer.due):
                        said = await anext(stream, None)
                    if said is None:
                        return
                    yield said
            except TimeoutError as error:
                raise answer.late() from error
            except self._httpx.HTTPError as error:
                raise self._unreachable(str(error) or type(error).__name__) from error

    async def _open(self, stack: contextlib.AsyncExitStack, path: str, body: dict[str, Any]) -> Any:
        """The response once its body begins, after as many tries as a busy server needs."""
        if self._client is None:
            # Time is watched over here; a redirect would carry the key to another host.
            self._client = self._httpx.AsyncClient(timeout=None, follow_redirects=False)
        # In ASCII: half a surrogate pair, which JSON can tell, has no other bytes.
        content = json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        for attempt in range(_ATTEMPTS):
            asking = self._client.stream("POST", self.url + path, content=content, headers=headers)
            try:
                response = await stack.enter_async_context(asking)
            except self._httpx.ConnectError:
                if attempt == _ATTEMPTS - 1:
                    raise
                await self._pause(_FIRST_PAUSE * 2**attempt)
                continue
            if response.status_code == 200:
                return response
            text = (await response.aread()).decode("utf-8", "replace")
            if response.status_code not in _BUSY or attempt == _ATTEMPTS - 1:
                raise self._refused(response.status_code, error_text(text))
            asked = response.headers.get("Retry-After", "")
            await self._pause(float(asked) if asked.isdecimal() else _FIRST_PAUSE * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _refused(self, status: int, told: str) -> ModelError:
        code, remedy = "inference.server-refused", "See what the server says, and its log"
        if status in (401, 403):
            remedy = f"Put the server's key into the environment variable {KEY_VARIABLE}"
        elif status == 429:
            code, remedy = "inference.busy", "Ask again when some requests are answered"
        elif status == 400 and "context" in told.lower():
            code, remedy = "inference.too-long", "Shorten the text or leave out earlier turns"
        return ModelError(
            code, f"the server answers {status}: {told}", where=self.url, remedy=remedy
        )

    def _not_supported(self) -> ModelError:
        return ModelError(
            "inference.not-supported",
            "the API has no JSON Schema for completions",
            where=self.url,
            remedy="Ask for a chat",
        )

    def _unreachable(self, why: str) -> ModelError:
        return ModelError(
            "inference.unreachable",
            f"the server does not answer: {why}",
            where=self.url,
            remedy="Check that it runs and that the URL is right",
        )


def _settings(model: str, request: TextRequest) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "model": model,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.seed is not None:
        settings["seed"] = request.seed
    if request.stop:
        settings["stop"] = list(request.stop[:_MOST_STOPS])
    return settings


def _at_most(told: Sequence[TokenLikelihood], count: int | None) -> tuple[TokenLikelihood, ...]:
    """With no more alternatives than were asked for."""
    return tuple(replace(one, alternatives=one.alternatives[:count]) for one in told)


def _context(entry: dict[str, Any]) -> int:
    """As vLLM tells it, or llama.cpp."""
    meta = entry.get("meta")
    told = (entry.get("max_model_len"), meta.get("n_ctx") if isinstance(meta, dict) else None)
    return next((value for value in told if isinstance(value, int)), _UNTOLD_CONTEXT)


def _package() -> Any:
    try:
        return import_module("httpx")
    except ImportError as error:
        raise MissingExtraError(
            "inference.missing-extra",
            "servers are asked with the package httpx, which is not installed",
            remedy="Install it with `pip install 'tertulia[serve]'`",
        ) from error
