"""What serves many people at once: a model behind a queue, asked in text, answered in pieces.

`Engine` continues ids, one sequence at a time. A `TextEngine` stands above it: it holds the
tokenizer and the chat template, batches what arrives together, and stops working for whoever left.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Finish = Literal["stop", "length"]
Capability = Literal["log-probabilities", "json-schema", "seed", "prefix-cache", "batching"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant", "tool", "document"]
    content: str


@dataclass(frozen=True, kw_only=True)
class TextRequest:
    """How an answer is to be generated."""

    max_tokens: int = 256
    temperature: float = 0.7
    top_p: float = 0.95
    seed: int | None = None
    """None draws a new one each time."""
    stop: tuple[str, ...] = ()
    """Texts that end the answer and are not part of it."""
    log_probabilities: int | None = None
    """How many alternatives to tell of each token; None tells nothing, 0 the chosen token alone."""
    json_schema: str | None = None
    """A JSON Schema that the answer has to obey; `{}` asks for any JSON."""
    timeout: float = 300.0
    """Seconds from being queued to the last token."""


@dataclass(frozen=True, kw_only=True)
class TokenLikelihood:
    """A token as text, its natural log-probability and the likeliest others."""

    text: str
    utf8: bytes
    log_probability: float
    alternatives: tuple[tuple[str, bytes, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens read and written; `cached` of those read came out of the prefix cache."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of an answer; never ends inside a character. The last one says why it ended."""

    text: str
    likelihoods: tuple[TokenLikelihood, ...] = ()
    finish: Finish | None = None
    usage: Usage | None = None


@dataclass(frozen=True, kw_only=True)
class Load:
    """What an engine is doing at this moment."""

    running: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class QueueLimits:
    """How much one engine takes on."""

    running: int = 8
    """Sequences that are computed together."""
    waiting: int = 256
    """Requests in the queue; one more is refused with ModelError `inference.busy`."""
    waiting_each: int = 32
    """Of one user; users are served in turn, so nobody waits behind another's hundred."""


class TextEngine(Protocol):
    """Answers conversations and continues texts, many at a time, on one event loop.

    Closing the iterator before its end (`aclose`) cancels the work within one step.
    Raises ModelError: `inference.busy` (queue full), `inference.timeout`, `inference.too-long`
    (the prompt does not fit the context), `inference.setting`, `inference.not-supported`
    (a capability that this engine lacks), `inference.unreachable` (a remote one).
    """

    name: str
    context: int
    capabilities: frozenset[Capability]

    def chat(
        self, messages: Sequence[Message], request: TextRequest, *, user: str = ""
    ) -> AsyncIterator[Piece]:
        """The assistant's next turn."""
        ...

    def complete(
        self, prompt: str, request: TextRequest, *, user: str = ""
    ) -> AsyncIterator[Piece]:
        """What follows the text."""
        ...

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens the conversation takes, template included."""
        ...

    def load(self) -> Load:
        """How many run and wait."""
        ...

    async def close(self) -> None:
        """Ends what runs and frees the model."""
        ...


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """How an engine is opened; what is None is chosen by machine and model."""

    threads: int | None = None
    device: str | None = None
    limits: QueueLimits = field(default_factory=QueueLimits)
    prefix_cache_mb: int = 256
