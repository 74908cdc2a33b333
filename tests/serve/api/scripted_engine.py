"""An engine that does what a test tells it: for failures and waits that a real one hides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from tertulia.errors import ModelError
from tertulia.inference.text_engine import (
    Capability,
    Load,
    Message,
    Piece,
    TextRequest,
    TokenLikelihood,
    Usage,
)


@dataclass
class ScriptedEngine:
    """Says `words`, one a piece; `fails_before` is raised at once, `fails_after` at the end."""

    name: str = "scripted"
    words: Sequence[str] = ("Bon", " dia", ".")
    context: int = 4096
    capabilities: frozenset[Capability] = frozenset()
    endless: bool = False
    pause: float = 0.0
    fails_before: ModelError | None = None
    fails_after: BaseException | None = None
    asked: list[tuple[str, TextRequest, str]] = field(default_factory=list)
    running: int = 0
    closed: int = 0

    def chat(
        self, messages: Sequence[Message], request: TextRequest, *, user: str = ""
    ) -> AsyncIterator[Piece]:
        return self._say("".join(f"{m.role}:{m.content};" for m in messages), request, user)

    def complete(
        self, prompt: str, request: TextRequest, *, user: str = ""
    ) -> AsyncIterator[Piece]:
        return self._say(prompt, request, user)

    async def _say(self, heard: str, request: TextRequest, user: str) -> AsyncIterator[Piece]:
        self.asked.append((heard, request, user))
        if self.fails_before:
            raise self.fails_before
        self.running += 1
        try:
            said = 0
            while self.endless or said < len(self.words):
                await asyncio.sleep(self.pause)
                yield self._piece(self.words[said % len(self.words)], request)
                said += 1
            if self.fails_after:
                raise self.fails_after
            yield Piece(
                text="", finish="stop", usage=Usage(prompt_tokens=7, completion_tokens=said)
            )
        finally:
            self.running -= 1
            self.closed += 1

    def _piece(self, word: str, request: TextRequest) -> Piece:
        if request.log_probabilities is None:
            return Piece(text=word)
        rivals = ((word, word.encode(), -0.5), ("?", b"?", float("-inf")))
        likelihood = TokenLikelihood(
            text=word,
            utf8=word.encode(),
            log_probability=-0.5,
            alternatives=rivals[: request.log_probabilities],
        )
        return Piece(text=word, likelihoods=(likelihood,))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(len(message.content.split()) for message in messages)

    def load(self) -> Load:
        return Load(running=self.running, waiting=0)

    async def close(self) -> None:
        """Nothing to free."""
