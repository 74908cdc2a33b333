"""A client that costs little: one streaming request over a plain socket, and when its words came.

A library for HTTP would take as much of two cores as the server that is to be measured.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PROMPTS = (
    "Explica qué es una tertulia y quién la lleva",
    "Explica què és una tertúlia i qui la porta",
    "Azaldu zer den solasaldi bat eta nork gidatzen duen",
    "Explica que é unha tertulia e quen a leva",
    "Conta què fan els veïns al poble este dissabte",
)


@dataclass
class Heard:
    """An answer as it came; times are seconds since it was asked for."""

    arrivals: list[float] = field(default_factory=list)
    """Of each piece of text."""
    total: float = 0.0
    tokens: int = 0
    error: str = ""


def question(model: str, number: int, *, max_tokens: int) -> dict[str, Any]:
    """A chat that no cache has seen: its number stands at the beginning."""
    turn = {"role": "user", "content": _prompt(number)}
    return _asked(model, number, max_tokens) | {"messages": [turn]}


def continuation(model: str, number: int, *, max_tokens: int) -> dict[str, Any]:
    """The same as a text to be continued, which a model goes on with for longer."""
    return _asked(model, number, max_tokens) | {"prompt": _prompt(number)}


def _prompt(number: int) -> str:
    return f"{number}. {PROMPTS[number % len(PROMPTS)]}"


def _asked(model: str, number: int, max_tokens: int) -> dict[str, Any]:
    return {
        "model": model,
        "max_tokens": max_tokens,
        "temperature": 0.7,
        "top_p": 0.95,
        "seed": number,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def ask(url: str, key: str, body: dict[str, Any]) -> Heard:
    """Asks for a chat or a completion and hears it out; what goes wrong is told in `error`."""
    heard, begun = Heard(), time.perf_counter()
    try:
        await _listen(url, key, body, heard, begun)
    except (OSError, ValueError, EOFError) as error:
        heard.error = f"{type(error).__name__}: {error}"
    heard.total = time.perf_counter() - begun
    return heard


async def _listen(url: str, key: str, body: dict[str, Any], heard: Heard, begun: float) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        content = json.dumps(body).encode()
        path = "/v1/chat/completions" if "messages" in body else "/v1/completions"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + content)
        await writer.drain()
        status = (await reader.readline()).split()[1].decode()
        ended = False
        while line := await reader.readline():
            ended = ended or line.startswith(b"data: [DONE]")
            if line.startswith(b"data: {"):
                _note(json.loads(line[6:]), heard, begun)
        if status != "200" or not (ended or heard.error):
            heard.error = heard.error or f"status {status}, ended {ended}"
    finally:
        writer.close()
        await writer.wait_closed()


def _note(event: dict[str, Any], heard: Heard, begun: float) -> None:
    if "error" in event:
        heard.error = str(event["error"])
    if event.get("usage"):
        heard.tokens = int(event["usage"]["completion_tokens"])
    if any(_text(choice) for choice in event.get("choices") or []):
        heard.arrivals.append(time.perf_counter() - begun)


def _text(choice: dict[str, Any]) -> str:
    return str((choice["delta"].get("content") if "delta" in choice else choice["text"]) or "")
