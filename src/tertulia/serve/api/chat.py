"""POST /v1/chat/completions: the next turn of a conversation, whole or as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from tertulia.inference.text_engine import Piece, TextRequest
from tertulia.serve.api.chat_events import chat_events
from tertulia.serve.api.chat_request import ChatRequest
from tertulia.serve.api.citing import answer_out_of_documents
from tertulia.serve.api.generation import Head, chat_likelihoods, new_head, usage_of, whole
from tertulia.serve.api.json_route import JsonRoute
from tertulia.serve.api.model_names import find_target
from tertulia.serve.api.parameters import refuse_unsupported, text_requests
from tertulia.serve.api.services import Asking, Served, queue_user
from tertulia.serve.api.streams import begun, together, while_connected
from tertulia.serve.api.text_shapes import ChatCompletion

router = APIRouter(tags=["text"], route_class=JsonRoute)


@router.post(
    "/v1/chat/completions",
    operation_id="createChatCompletion",
    responses={200: {"model": ChatCompletion, "content": {"text/event-stream": {}}}},
)
async def create_chat_completion(
    asked: ChatRequest, request: Request, services: Served, reader: Asking
) -> Response:
    """Answers a conversation, freely or out of collections."""
    refuse_unsupported(asked.model_extra)
    target = find_target(services, asked.model)
    tokens = asked.max_completion_tokens or asked.max_tokens or services.limits.default_tokens
    requests = text_requests(
        asked,
        services.limits,
        tokens=tokens,
        log_probabilities=asked.alternatives(),
        json_schema=asked.response_format.schema_text() if asked.response_format else None,
    )
    messages = asked.conversation()
    if asked.tertulia or target.collections:
        return await answer_out_of_documents(asked, target, requests, request, services, reader)
    answers = [target.engine.chat(messages, one, user=queue_user(reader)) for one in requests]
    head = new_head("chatcmpl", asked.model, target.engine)
    if asked.stream:
        return await begun(request, chat_events(answers, head, asked, requests[0]))
    return JSONResponse(await while_connected(request, _whole(answers, head, requests[0])))


async def _whole(
    answers: Sequence[AsyncIterator[Piece]], head: Head, request: TextRequest
) -> ChatCompletion:
    texts = await together([whole(answer) for answer in answers])
    told = request.log_probabilities is not None
    answered: ChatCompletion = {
        "id": head.id,
        "object": "chat.completion",
        "created": head.created,
        "model": head.model,
        "system_fingerprint": head.system_fingerprint,
        "choices": [
            {
                "index": index,
                "message": {"role": "assistant", "content": one.text, "refusal": None},
                "logprobs": chat_likelihoods(one.likelihoods) if told else None,
                "finish_reason": one.finish,
            }
            for index, one in enumerate(texts)
        ],
    }
    if usage := usage_of([[one.usage for one in texts]]):
        answered["usage"] = usage
    return answered
