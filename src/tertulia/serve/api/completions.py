"""POST /v1/completions: what follows a text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from tertulia.inference.text_engine import Piece, Usage
from tertulia.serve.api.errors import ApiError, unsupported
from tertulia.serve.api.generation import Head, completion_likelihoods, new_head, usage_of, whole
from tertulia.serve.api.json_route import JsonRoute
from tertulia.serve.api.model_names import find_target, unknown_model
from tertulia.serve.api.parameters import (
    TextOrTexts,
    TextParameters,
    refuse_unsupported,
    text_requests,
)
from tertulia.serve.api.services import Asking, Served, queue_user
from tertulia.serve.api.streams import (
    DONE,
    begun,
    closing,
    event,
    merged,
    together,
    while_connected,
)
from tertulia.serve.api.text_shapes import Chunk, Completion

router = APIRouter(tags=["text"], route_class=JsonRoute)

_TOKENS = 16
"""What the OpenAI API writes where a request does not say."""


class CompletionRequest(TextParameters):
    """A text to be continued, or several."""

    prompt: TextOrTexts
    logprobs: int | None = Field(None, ge=0, le=5)

    def prompts(self) -> list[str]:
        """The texts; lists of token ids are refused: they mean nothing without a tokenizer."""
        if isinstance(self.prompt, str):
            return [self.prompt]
        texts = [one for one in self.prompt if isinstance(one, str)]
        if len(texts) < len(self.prompt):
            raise unsupported("prompt", "send text, not token ids")
        return texts


@router.post(
    "/v1/completions",
    operation_id="createCompletion",
    responses={200: {"model": Completion, "content": {"text/event-stream": {}}}},
)
async def create_completion(
    asked: CompletionRequest, request: Request, services: Served, reader: Asking
) -> Response:
    """Continues texts; there is no chat template around them."""
    refuse_unsupported(asked.model_extra)
    target = find_target(services, asked.model)
    if target.collections:
        raise unknown_model(services, asked.model)
    prompts = asked.prompts()
    requests = text_requests(
        asked,
        services.limits,
        tokens=asked.max_tokens or _TOKENS,
        log_probabilities=asked.logprobs,
    )
    if len(prompts) * len(requests) > services.limits.choices:
        message = f"one request has at most {services.limits.choices} choices"
        raise ApiError(400, message, param="prompt", code="invalid_value")
    texts = [
        target.engine.complete(prompt, one, user=queue_user(reader))
        for prompt in prompts
        for one in requests
    ]
    head = new_head("cmpl", asked.model, target.engine)
    if asked.stream:
        return await begun(request, _events(texts, head, asked, len(requests)))
    return JSONResponse(await while_connected(request, _whole(texts, head, asked, len(requests))))


async def _whole(
    texts: Sequence[AsyncIterator[Piece]], head: Head, asked: CompletionRequest, each: int
) -> Completion:
    """`each` is the number of choices of one prompt."""
    ended = await together([whole(text) for text in texts])
    completed: Completion = {
        "id": head.id,
        "object": "text_completion",
        "created": head.created,
        "model": head.model,
        "system_fingerprint": head.system_fingerprint,
        "choices": [
            {
                "index": index,
                "text": one.text,
                "logprobs": None
                if asked.logprobs is None
                else completion_likelihoods(one.likelihoods, 0, alternatives=asked.logprobs > 0),
                "finish_reason": one.finish,
            }
            for index, one in enumerate(ended)
        ],
    }
    usages = [one.usage for one in ended]
    if usage := usage_of(_by_prompt(usages, each)):
        completed["usage"] = usage
    return completed


async def _events(
    texts: Sequence[AsyncIterator[Piece]], head: Head, asked: CompletionRequest, each: int
) -> AsyncIterator[bytes]:
    usages: list[Usage | None] = [None] * len(texts)
    offsets = [0] * len(texts)
    async with closing(merged(texts)) as pieces:
        async for index, piece in pieces:
            usages[index] = piece.usage or usages[index]
            part = _chunk(head, index, piece, asked)
            if asked.logprobs is not None:
                part["choices"][0]["logprobs"] = completion_likelihoods(
                    piece.likelihoods, offsets[index], alternatives=asked.logprobs > 0
                )
                offsets[index] += sum(len(token.text) for token in piece.likelihoods)
            yield event(part)
    if asked.tells_usage:
        last = _chunk(head, 0, Piece(text=""), asked)
        yield event({**last, "choices": [], "usage": usage_of(_by_prompt(usages, each))})
    yield DONE


def _chunk(head: Head, index: int, piece: Piece, asked: CompletionRequest) -> Chunk:
    choice = {"index": index, "text": piece.text, "logprobs": None, "finish_reason": piece.finish}
    made: Chunk = {
        "id": head.id,
        "object": "text_completion",
        "created": head.created,
        "model": head.model,
        "system_fingerprint": head.system_fingerprint,
        "choices": [choice],
    }
    if asked.tells_usage:
        made["usage"] = None
    return made


def _by_prompt(usages: Sequence[Usage | None], each: int) -> list[Sequence[Usage | None]]:
    return [usages[start : start + each] for start in range(0, len(usages), each)]
