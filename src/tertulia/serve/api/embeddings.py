"""POST /v1/embeddings: vectors of texts."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from tertulia.inference.embedder import Embedder, Vectors
from tertulia.serve.api.errors import ApiError, unsupported
from tertulia.serve.api.json_route import JsonRoute
from tertulia.serve.api.model_names import unknown_model
from tertulia.serve.api.parameters import TextOrTexts
from tertulia.serve.api.services import Asking, Served, Services
from tertulia.serve.api.streams import while_connected

router = APIRouter(tags=["embeddings"], route_class=JsonRoute)

_BATCH = 32
"""Texts between two looks at whether the client is still there."""


class EmbeddingRequest(BaseModel):
    """Texts and how their vectors are wanted."""

    model_config = ConfigDict(strict=True, extra="ignore")
    model: str = Field(min_length=1, max_length=512)
    input: TextOrTexts
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(None, ge=1)
    input_type: Literal["query", "passage"] = "passage"
    """Not in the OpenAI API: some models read questions otherwise than passages."""


class EmbeddingShape(TypedDict):
    """A vector, as numbers or as base64 of little-endian float32."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingUsage(TypedDict):
    """Tokens read."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(TypedDict):
    """The vectors in the order of the texts."""

    object: Literal["list"]
    model: str
    data: list[EmbeddingShape]
    usage: EmbeddingUsage


@router.post(
    "/v1/embeddings", operation_id="createEmbedding", responses={200: {"model": EmbeddingList}}
)
async def create_embedding(
    asked: EmbeddingRequest, request: Request, services: Served, reader: Asking
) -> Response:
    """Vectors of length one; of a text longer than the model's context the beginning counts."""
    embedder = services.embedders.get(asked.model)
    if embedder is None:
        raise unknown_model(services, asked.model)
    texts = _texts(asked, services)
    if asked.dimensions not in (None, embedder.width):
        raise unsupported("dimensions", f"the vectors of this model have {embedder.width}")
    turn: asyncio.Lock = request.app.state.embedding
    vectors, tokens = await while_connected(
        request, _embedded(embedder, texts, asked.input_type, turn)
    )
    body = await run_sync(_body, asked, vectors, tokens)
    return Response(body, media_type="application/json")


def _texts(asked: EmbeddingRequest, services: Services) -> list[str]:
    given = [asked.input] if isinstance(asked.input, str) else asked.input
    texts = [one for one in given if isinstance(one, str)]
    if len(texts) < len(given):
        raise unsupported("input", "send text, not token ids")
    if not all(texts):
        raise ApiError(400, "input: a text is empty", param="input", code="invalid_value")
    if len(texts) > services.limits.inputs:
        message = f"input: at most {services.limits.inputs} texts at once"
        raise ApiError(400, message, param="input", code="invalid_value")
    return texts


async def _embedded(
    embedder: Embedder, texts: Sequence[str], kind: str, turn: asyncio.Lock
) -> tuple[Vectors, int]:
    """Vectors and number of tokens; requests take turns batch by batch, on one thread."""
    embed = embedder.embed_queries if kind == "query" else embedder.embed_passages
    parts, tokens = [], 0
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        async with turn:
            parts.append(await run_sync(embed, batch))
            tokens += await run_sync(embedder.count_tokens, batch)
    return np.concatenate(parts), tokens


def _body(asked: EmbeddingRequest, vectors: Vectors, tokens: int) -> bytes:
    """An `EmbeddingList`, vector by vector: a million numbers at once would hold up every stream,
    also from another thread."""
    usage: EmbeddingUsage = {"prompt_tokens": tokens, "total_tokens": tokens}
    head = json.dumps({"object": "list", "model": asked.model, "usage": usage})
    rows: Iterator[EmbeddingShape] = (
        {"object": "embedding", "index": place, "embedding": _written(row, asked.encoding_format)}
        for place, row in enumerate(vectors)
    )
    return f'{head[:-1]}, "data": [{", ".join(map(json.dumps, rows))}]}}'.encode()


def _written(row: Vectors, encoding: str) -> list[float] | str:
    if encoding == "base64":
        return base64.b64encode(row.astype("<f4").tobytes()).decode("ascii")
    return [float(value) for value in row]
