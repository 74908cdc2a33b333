"""What a server of the OpenAI API says while it streams, as one kind of piece."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from tertulia.errors import ModelError
from tertulia.inference.text_engine import Finish, TokenLikelihood, Usage


@dataclass(frozen=True, kw_only=True)
class Said:
    """One event of the stream."""

    text: str = ""
    likelihoods: tuple[TokenLikelihood, ...] = ()
    finish: Finish | None = None
    usage: Usage | None = None


async def events(lines: AsyncIterator[str], where: str) -> AsyncIterator[Said]:
    """The events of a body of server-sent events, until `[DONE]`.

    Raises ModelError `inference.server-answer` for what is none, `inference.server-refused` for an
    error in the stream.
    """
    async for line in lines:
        field, _, data = line.partition(":")
        if field != "data":
            # Blank lines, comments that keep the connection alive, names of events.
            continue
        if data.strip() == "[DONE]":
            return
        yield _said(data, where)


def _said(data: str, where: str) -> Said:
    from tertulia.inference.openai_client import unexpected

    try:
        values = json.loads(data)
        if "error" in values:
            raise ModelError(
                "inference.server-refused",
                f"the server breaks off: {error_text(data)}",
                where=where,
                remedy="See what the server says, and its log",
            )
        choices = values.get("choices") or [{}]
        return Said(
            text=_text(choices[0]),
            likelihoods=_likelihoods(choices[0].get("logprobs")),
            finish=_finish(choices[0].get("finish_reason")),
            usage=_usage(values.get("usage")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise unexpected(where) from error


def error_text(body: str) -> str:
    """What an error says of itself, or the body as it is; at most 300 characters."""
    try:
        values = json.loads(body)
        found = values.get("error", values.get("message", values))
        told = str(found.get("message", found) if isinstance(found, dict) else found)
    except (ValueError, AttributeError):
        told = " ".join(body.split())
    return told[:300]


def _text(choice: dict[str, Any]) -> str:
    """Of a chat's piece or of a completion's."""
    delta = choice.get("delta")
    return str((delta.get("content") if delta is not None else choice.get("text")) or "")


def _finish(reason: str | None) -> Finish | None:
    if reason is None:
        return None
    return "length" if reason == "length" else "stop"


def _usage(told: dict[str, Any] | None) -> Usage | None:
    if told is None:
        return None
    details = told.get("prompt_tokens_details") or {}
    return Usage(
        prompt_tokens=int(told["prompt_tokens"]),
        completion_tokens=int(told.get("completion_tokens") or 0),
        cached_tokens=int(details.get("cached_tokens") or 0),
    )


def _likelihoods(told: dict[str, Any] | None) -> tuple[TokenLikelihood, ...]:
    """Of either shape of the API: a list of tokens, or the lists beside one another of old."""
    if told is None:
        return ()
    if told.get("content") is not None:
        return tuple(
            TokenLikelihood(
                **_token(one),
                alternatives=tuple(
                    (other["text"], other["utf8"], other["log_probability"])
                    for other in map(_token, one.get("top_logprobs") or [])
                ),
            )
            for one in told["content"]
        )
    tokens, nats = told.get("tokens") or [], told.get("token_logprobs") or []
    best = told.get("top_logprobs") or [None] * len(tokens)
    return tuple(
        TokenLikelihood(
            text=text,
            utf8=text.encode(),
            log_probability=float(value),
            alternatives=tuple(
                (other, other.encode(), float(cost)) for other, cost in (others or {}).items()
            ),
        )
        for text, value, others in zip(tokens, nats, best, strict=True)
    )


def _token(one: dict[str, Any]) -> dict[str, Any]:
    """Text, bytes and log-probability; a server that tells no bytes has whole characters."""
    utf8 = one.get("bytes")
    return {
        "text": str(one["token"]),
        "utf8": bytes(utf8) if utf8 is not None else str(one["token"]).encode(),
        "log_probability": float(one["logprob"]),
    }
