"""Scoring with any server that speaks the OpenAI HTTP API: it writes, and some tell probabilities.

A server tells what a text costs when it answers `/completions` with `echo` and `logprobs`, as vLLM
does; that is tried once. Tokens are the server's, and so is the token that begins a text: where it
adds none, nothing tells what a text's first token costs, and whole documents are not measured.
What ends a document cannot be asked for: their bits lack it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tertulia.errors import ModelError
from tertulia.inference.openai_client import (
    KEY_VARIABLE,
    OpenAIClient,
    ServerRefused,
    unexpected,
)
from tertulia.inference.question_ids import before_stop
from tertulia.inference.remote_model import choose_model
from tertulia.inference.scoring import Continuation, Documents, Likelihood, Options, Question, Reply

_PARALLEL = 4
"""Requests at a time: enough that a server can batch, few enough for a small one."""
_MOST_STOPS = 4
"""The API takes no more; the others are looked for here."""
_PROBE = "one two three four"
_SIGNATURE_TOKENS = 16


@dataclass(frozen=True)
class _Echo:
    """A text as the server's tokens, with what each cost; None for what has no condition."""

    tokens: tuple[str, ...]
    logprobs: tuple[float | None, ...]
    likeliest: tuple[bool, ...]


class RemoteScorer:
    """Answers what its server can tell; see `Scorer`."""

    def __init__(self, client: OpenAIClient, model: str, *, context: int | None = None) -> None:
        self._client, self._model, self._context = client, model, context

    @classmethod
    def open(cls, url: str, model: str = "", *, client: OpenAIClient | None = None) -> RemoteScorer:
        """The model called `model`, or the only one of the server at `url`.

        The key is read from the environment. Raises ModelError `inference.server-model` where the
        server has not that one model, and what `OpenAIClient.post` raises.
        """
        client = client or OpenAIClient(url, key=os.environ.get(KEY_VARIABLE) or None)
        model, listed = choose_model(client, model)
        context = listed.get("max_model_len")
        return cls(client, model, context=context if isinstance(context, int) else None)

    @cached_property
    def identity(self) -> str:
        """Of the URL, the model's name and what it writes: a server does not tell its weights."""
        written = self._write(Continuation(_PROBE, _SIGNATURE_TOKENS))
        known = [self._client.url, self._model, sorted(k.__name__ for k in self.measures), written]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    @property
    def description(self) -> dict[str, object]:
        return {
            # Some servers call a model by the path of its file.
            "name": self._model.rsplit("/", 1)[-1].removesuffix(".gguf"),
            "engine": "remote",
            "parameters": None,
            "context": self._context,
            "url": self._client.url,
            "probabilities": Options in self.measures,
            "document_end": "not scored",
            "plain_prompts": "as they are" if self._continues else "as a user's turn",
        }

    @cached_property
    def measures(self) -> frozenset[type]:
        """`Continuation`; `Options` where the server echoes; `Documents` where it begins texts."""
        if self._echo_tokens is None:
            return frozenset((Continuation,))
        return frozenset((Continuation, Options, *([Documents] if self._begins_texts else [])))

    def reply(self, questions: Sequence[Question]) -> Iterator[Reply]:
        """A few requests at a time, replies in order."""
        # Found out before threads ask for it all at once.
        _ = self.measures, self._continues
        if any(isinstance(question, Continuation) and question.chat for question in questions):
            _ = self._chats
        with ThreadPoolExecutor(_PARALLEL) as pool:
            yield from pool.map(self._answer, questions)

    def _answer(self, question: Question) -> Reply:
        if isinstance(question, Continuation):
            return self._write(question)
        if isinstance(question, Documents):
            return tuple(self._document(text) for text in question.texts)
        return self._options(question)

    def _options(self, question: Options) -> tuple[Likelihood, ...]:
        """Tokens that the context has alone are the condition; the rest is what is scored."""
        before = question.preamble + question.context
        if not before and not self._begins_texts:
            raise ModelError(
                "inference.server-no-start",
                "the server does not tell what the first token of a text costs",
                where=self._client.url,
                remedy="Ask it nothing without a context, or use another engine",
            )
        alone = self._echo(before).tokens if before else ()
        found = []
        for text in question.continuations:
            echo = self._echo(before + text)
            first = max(1, _shared(alone, echo.tokens))
            found.append(_likelihood(echo, first, text))
        return tuple(found)

    def _document(self, text: str) -> Likelihood:
        try:
            return _likelihood(self._echo(text), 1, text)
        except ServerRefused as refusal:
            # Longer than the model can read, which is no reason to leave the others unmeasured.
            if refusal.status in (400, 413) and "context" in refusal.what.lower():
                return Likelihood(math.nan, 0, len(text.encode()))
            raise

    def _write(self, question: Continuation) -> str:
        settings, prompt = self._settings(question), question.prompt
        if not question.chat:
            prompt = question.preamble + prompt
        if self._chats if question.chat else not self._continues:
            turn = [{"role": "user", "content": prompt}]
            message = self._choice("/chat/completions", {"messages": turn, **settings}).get(
                "message"
            )
            # An answer of nothing is told as null.
            text = (message.get("content") or "") if isinstance(message, dict) else None
        else:
            text = self._choice("/completions", {"prompt": prompt, **settings}).get("text")
        if not isinstance(text, str):
            raise unexpected(self._client.url)
        # Half of a surrogate pair is JSON, and no text.
        text = text.encode("utf-8", "replace").decode()
        cut = before_stop(text, question.stops)
        return text if cut is None else cut

    def _settings(self, question: Continuation) -> dict[str, object]:
        stops = list(question.stops[:_MOST_STOPS])
        settings: dict[str, object] = {
            "model": self._model,
            "max_tokens": question.max_tokens,
            "temperature": 0,
            "seed": 0,
        }
        return settings | ({"stop": stops} if stops else {})

    @cached_property
    def _continues(self) -> bool:
        """Whether the server continues a text; one that only chats is given turns."""
        body = {"prompt": _PROBE, **self._settings(Continuation(_PROBE, 1))}
        return self._does("/completions", body)

    @cached_property
    def _chats(self) -> bool:
        """Whether its model has a chat template; one that has none is given plain text."""
        messages = [{"role": "user", "content": _PROBE}]
        body = {"messages": messages, **self._settings(Continuation(_PROBE, 1))}
        return self._does("/chat/completions", body) or not self._continues

    def _does(self, path: str, body: dict[str, object]) -> bool:
        try:
            self._choice(path, body)
        except ServerRefused as refusal:
            if refusal.status in (401, 403, 429) or refusal.status >= 502:
                raise
            return False
        return True

    @cached_property
    def _echo_tokens(self) -> int | None:
        """How many tokens must be written for the text's own to be told; None where they never are.

        A server may ignore `echo`, or give other tokens than the text's: their text says which.
        """
        if not self._continues:
            return None
        for written in (0, 1):
            try:
                tokens = self._ask_echo(_PROBE, written).tokens
            except ServerRefused as refusal:
                if refusal.status in (401, 403, 429) or refusal.status >= 502:
                    raise
                continue
            except ModelError as error:
                if error.code != "inference.server-answer":
                    raise
                continue
            if _bare([_PROBE]) in (_bare(tokens), _bare(tokens[1:])):
                return written
        return None

    @cached_property
    def _begins_texts(self) -> bool:
        """Whether a token stands before the text's first."""
        return _bare(self._echo(_PROBE).tokens[1:]) == _bare([_PROBE])

    def _echo(self, text: str) -> _Echo:
        assert self._echo_tokens is not None, "the server does not tell probabilities"
        return self._ask_echo(text, self._echo_tokens)

    def _ask_echo(self, text: str, written: int) -> _Echo:
        """The text's own tokens; raises ModelError where the answer does not hold them."""
        settings = self._settings(Continuation(text, written))
        body = {"prompt": text, "echo": True, "logprobs": 1, **settings}
        told = self._choice("/completions", body).get("logprobs")
        if not isinstance(told, dict):
            raise unexpected(self._client.url)
        lists = [told.get(name) for name in ("tokens", "token_logprobs", "top_logprobs")]
        tokens, logprobs, top = (value if isinstance(value, list) else [] for value in lists)
        count = len(tokens) - written
        if count < 1 or len(logprobs) != len(tokens) or len(top) != len(tokens):
            raise unexpected(self._client.url)
        # Only the first may have no condition.
        if any(not isinstance(value, (int, float)) for value in logprobs[1:count]):
            raise unexpected(self._client.url)
        best = [max(among.values(), default=math.inf) if among else math.inf for among in top]
        return _Echo(
            tuple(tokens[:count]),
            tuple(logprobs[:count]),
            tuple(
                value is not None and value >= b for value, b in zip(logprobs, best, strict=True)
            ),
        )

    def _choice(self, path: str, body: dict[str, object]) -> dict[str, Any]:
        choices = self._client.post(path, body).get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise unexpected(self._client.url + path)
        choice: dict[str, Any] = choices[0]
        return choice


def _likelihood(echo: _Echo, first: int, text: str) -> Likelihood:
    nats = -math.fsum(value for value in echo.logprobs[first:] if value is not None)
    # A text of which no token is left would cost nothing, and win.
    told = first < len(echo.tokens) or not text
    return Likelihood(
        bits=nats / math.log(2) if told else math.nan,
        tokens=len(echo.tokens) - first,
        bytes=len(text.encode()),
        likeliest=all(echo.likeliest[first : len(echo.tokens)]),
    )


def _bare(tokens: Sequence[str]) -> str:
    """Their text without blanks, which are lost where a server decodes each token alone."""
    return "".join("".join(tokens).split())


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    """How many tokens both begin with."""
    pairs = zip(left, right, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
