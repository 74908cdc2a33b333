"""From pieces of an engine to what the API tells: texts, log-probabilities, counts, heads."""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from tertulia import __version__
from tertulia.inference.text_engine import Piece, TextEngine, TokenLikelihood, Usage
from tertulia.serve.api.streams import closing
from tertulia.serve.api.text_shapes import (
    ChatLikelihoods,
    CompletionLikelihoods,
    Finished,
    TopLikelihood,
    UsageShape,
)

_NO_CHANCE = -9999.0
"""What the OpenAI API writes for minus infinity, which JSON lacks."""


@dataclass(frozen=True)
class Whole:
    """An answer from its first piece to its last."""

    text: str
    likelihoods: tuple[TokenLikelihood, ...]
    finish: Finished
    usage: Usage | None


async def whole(pieces: AsyncIterator[Piece]) -> Whole:
    """Everything that the engine says, closed also when this is cancelled."""
    texts: list[str] = []
    likelihoods: list[TokenLikelihood] = []
    finish: Finished = "stop"
    usage: Usage | None = None
    async with closing(pieces):
        async for piece in pieces:
            texts.append(piece.text)
            likelihoods.extend(piece.likelihoods)
            finish = piece.finish or finish
            usage = piece.usage or usage
    return Whole("".join(texts), tuple(likelihoods), finish, usage)


def usage_of(prompts: Sequence[Sequence[Usage | None]]) -> UsageShape | None:
    """Tokens of the choices of each prompt, each prompt counted once; None if one is not told."""
    told = [[usage for usage in choices if usage is not None] for choices in prompts]
    if any(len(a) != len(b) for a, b in zip(prompts, told, strict=True)):
        return None
    read = sum(choices[0].prompt_tokens for choices in told)
    written = sum(usage.completion_tokens for choices in told for usage in choices)
    cached = sum(choices[0].cached_tokens for choices in told)
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def chat_likelihoods(tokens: Sequence[TokenLikelihood]) -> ChatLikelihoods:
    """Log-probabilities as chat tells them."""
    return {
        "content": [
            {
                **_token(token.text, token.utf8, token.log_probability),
                "top_logprobs": [_token(*other) for other in token.alternatives],
            }
            for token in tokens
        ],
        "refusal": None,
    }


def completion_likelihoods(
    tokens: Sequence[TokenLikelihood], offset: int, *, alternatives: bool
) -> CompletionLikelihoods:
    """Log-probabilities as completions tell them; `offset` is where the first token begins."""
    offsets = []
    for token in tokens:
        offsets.append(offset)
        offset += len(token.text)
    top = [{text: _finite(value) for text, _, value in token.alternatives} for token in tokens]
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [_finite(token.log_probability) for token in tokens],
        "top_logprobs": top if alternatives else None,
        "text_offset": offsets,
    }


def _token(text: str, utf8: bytes, log_probability: float) -> TopLikelihood:
    return {"token": text, "logprob": _finite(log_probability), "bytes": list(utf8)}


def _finite(value: float) -> float:
    return value if math.isfinite(value) else _NO_CHANCE


@dataclass(frozen=True)
class Head:
    """What every part of one answer repeats."""

    id: str
    created: int
    model: str
    system_fingerprint: str


def new_head(kind: str, model: str, engine: TextEngine) -> Head:
    """The head of a new answer of `engine`, called `kind` and asked as `model`."""
    return Head(f"{kind}-{secrets.token_hex(12)}", int(time.time()), model, fingerprint(engine))


def fingerprint(engine: TextEngine) -> str:
    """Changes where the same seed may give another text: with model, engine or version."""
    facts = f"{__version__}\0{type(engine).__qualname__}\0{engine.name}"
    return "fp_" + hashlib.sha256(facts.encode()).hexdigest()[:12]
