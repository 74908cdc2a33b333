"""A model on this machine as a `TextEngine`: text becomes ids here, and a batch computes them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tertulia.errors import ModelError
from tertulia.inference.scheduler import Scheduler
from tertulia.inference.text_engine import (
    Capability,
    Load,
    Message,
    Piece,
    QueueLimits,
    TextRequest,
)

if TYPE_CHECKING:
    from tertulia.inference.decoding_batch import DecodingBatch
    from tertulia.tokenizer.tokenizer import Tokenizer

_LONG = 20_000
"""Characters of a prompt that becomes ids in another thread: it would hold up the event loop."""
_COLDEST = 1e-6
"""Temperature below which the likeliest token is taken: logits divided by less overflow."""


class LocalTextEngine:
    """See `TextEngine`. Nothing is queued before the first piece is asked for."""

    def __init__(
        self,
        batch: DecodingBatch,
        tokenizer: Tokenizer,
        *,
        name: str,
        context: int,
        chats: bool,
        limits: QueueLimits,
    ) -> None:
        """`chats` is false for a model that was never taught to answer."""
        self.name, self.context = name, context
        self.capabilities: frozenset[Capability] = batch.capabilities
        self._tokenizer, self._chats = tokenizer, chats
        self._scheduler = Scheduler(batch, limits)

    def chat(
        self, messages: Sequence[Message], request: TextRequest, *, user: str = ""
    ) -> AsyncGenerator[Piece, None]:
        """The assistant's next turn; raises ModelError also for a model that cannot chat."""
        size = sum(len(message.content) for message in messages)
        return self._generate(lambda: self._chat_ids(messages), size, request, user)

    def complete(
        self, prompt: str, request: TextRequest, *, user: str = ""
    ) -> AsyncGenerator[Piece, None]:
        """What follows the text, which begins a document."""
        return self._generate(
            lambda: [self._tokenizer.special.start, *self._tokenizer.encode(prompt)],
            len(prompt),
            request,
            user,
        )

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens the conversation takes, template included."""
        return len(self._chat_ids(messages))

    def load(self) -> Load:
        """How many run and wait."""
        return self._scheduler.load()

    async def close(self) -> None:
        """Ends what runs and frees the model."""
        await self._scheduler.close()

    def _chat_ids(self, messages: Sequence[Message]) -> list[int]:
        if not self._chats:
            raise ModelError(
                "inference.no-chat",
                f"{self.name} is a base model: it continues texts and does not answer",
                where=self.name,
                remedy="Open an instruct model, or ask for a completion",
            )
        turns = [{"role": message.role, "content": message.content} for message in messages]
        ids, _ = self._tokenizer.encode_chat(turns, generation_prompt=True)
        return ids

    async def _generate(
        self, prompt_ids: Callable[[], list[int]], size: int, request: TextRequest, user: str
    ) -> AsyncGenerator[Piece, None]:
        check_request(request, self.capabilities, self.name)
        ids = await asyncio.to_thread(prompt_ids) if size > _LONG else prompt_ids()
        room = self.context - len(ids)
        if room < 1:
            raise ModelError(
                "inference.too-long",
                f"the prompt has {len(ids)} tokens, and the model reads {self.context} with the "
                "answer",
                remedy="Shorten the text or leave out earlier turns",
            )
        fitting = replace(
            request,
            max_tokens=min(request.max_tokens, room),
            temperature=0.0 if request.temperature < _COLDEST else request.temperature,
        )
        # Otherwise the work would go on until the garbage is collected.
        async with contextlib.aclosing(self._scheduler.generate(ids, fitting, user)) as pieces:
            async for piece in pieces:
                yield piece


def check_request(request: TextRequest, capabilities: frozenset[Capability], name: str) -> None:
    """Raises ModelError `inference.setting` or `inference.not-supported`."""
    from tertulia.inference.sampling import check_settings

    check_settings(
        temperature=request.temperature, top_p=request.top_p, max_tokens=request.max_tokens
    )
    wanted: dict[Capability, bool] = {
        "log-probabilities": request.log_probabilities is not None,
        "json-schema": request.json_schema is not None,
        "seed": request.seed is not None,
    }
    lacking = sorted(one for one, asked in wanted.items() if asked and one not in capabilities)
    if lacking:
        raise ModelError(
            "inference.not-supported",
            f"the engine of {name} has no {lacking[0]}",
            where=name,
            remedy="Leave it out of the request, or open the model with the engine torch",
        )
    if request.json_schema is not None:
        from tertulia.inference.json_constraint import check_schema

        check_schema(request.json_schema)
    if request.log_probabilities is not None and request.log_probabilities < 0:
        raise ModelError(
            "inference.setting",
            f"there cannot be {request.log_probabilities} alternatives to a token",
            remedy="Ask for 0 or more",
        )
