"""A chat as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from tertulia.inference.text_engine import Piece, TextRequest, Usage
from tertulia.serve.api.chat_request import ChatRequest
from tertulia.serve.api.generation import Head, chat_likelihoods, usage_of
from tertulia.serve.api.streams import DONE, closing, event, merged
from tertulia.serve.api.text_shapes import Chunk

FIRST: Mapping[str, object] = {"role": "assistant", "content": "", "refusal": None}
"""The first event of a choice says who speaks."""


async def chat_events(
    answers: Sequence[AsyncIterator[Piece]], head: Head, asked: ChatRequest, request: TextRequest
) -> AsyncIterator[bytes]:
    """The events of a stream: a role for each choice, its text, why it ended, the counts."""
    usages: list[Usage | None] = [None] * len(answers)
    begun_choices: set[int] = set()
    told = request.log_probabilities is not None
    async with closing(merged(answers)) as pieces:
        async for index, piece in pieces:
            if index not in begun_choices:
                begun_choices.add(index)
                yield event(chunk(head, index, FIRST, usage=asked.tells_usage))
            usages[index] = piece.usage or usages[index]
            if piece.text or piece.likelihoods:
                part = chunk(head, index, {"content": piece.text}, usage=asked.tells_usage)
                if told:
                    part["choices"][0]["logprobs"] = chat_likelihoods(piece.likelihoods)
                yield event(part)
            if piece.finish:
                yield event(chunk(head, index, {}, piece.finish, usage=asked.tells_usage))
    if asked.tells_usage:
        last = chunk(head, 0, {})
        yield event({**last, "choices": [], "usage": usage_of([usages])})
    yield DONE


def chunk(
    head: Head,
    index: int,
    delta: Mapping[str, object],
    finish: str | None = None,
    *,
    usage: bool = False,
) -> Chunk:
    """One event of a chat; with `usage` the counts are announced as null until the last one."""
    made: Chunk = {
        "id": head.id,
        "object": "chat.completion.chunk",
        "created": head.created,
        "model": head.model,
        "system_fingerprint": head.system_fingerprint,
        "choices": [{"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}],
    }
    if usage:
        made["usage"] = None
    return made
