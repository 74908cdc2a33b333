"""Decoding through the HTTP API beside the bare engine: tokens per second, paired.

The bare leg is the engine alone in a process of its own: openvino-genai's own loop, which only
counts ids, or for another engine our batch without the scheduler. The other asks the server over
HTTP, streaming, with keys and a database. Both answer the same questions with the same settings,
and take turns which goes first. Time runs from the first to the last token of all
answers, so that reading prompts counts in neither.

    python -m benchmarks.serving_decode [--quick] [--model M] [--engine openvino] [--threads 1]
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.bare_openvino import BareOpenvino
from benchmarks.command_line import begin, parser, publish, quick_or
from benchmarks.figures import spread, table
from benchmarks.serving_client import Heard, ask, continuation
from benchmarks.serving_model import add_model_options, model_words, served_model
from benchmarks.serving_server import Serving, serving
from tertulia.inference.decoding_batch import DecodingBatch
from tertulia.inference.open_text_engine import open_batch
from tertulia.inference.text_engine import EngineSettings, TextRequest
from tertulia.tokenizer.foreign import open_tokenizer_of

_STREAMS = (1, 8)


@dataclass(frozen=True)
class Leg:
    """What both legs are given."""

    model: Path
    engine: str
    threads: int | None
    tokens: int


def main() -> None:
    options = parser(__doc__)
    add_model_options(options)
    options.add_argument("--pairs", type=int, help="paired runs for each number of streams")
    options.add_argument("--tokens", type=int, help="of each answer at most")
    arguments = options.parse_args()
    load = begin()
    pairs = quick_or(arguments, "pairs", 2, 15)
    tokens = quick_or(arguments, "tokens", 24, 128)
    with served_model(arguments) as model:
        leg = Leg(model, arguments.engine, arguments.threads, tokens)
        rows = [_row(leg, streams, pairs) for streams in _STREAMS]
        lines = [
            f"{model_words(model)}, engine {leg.engine}, threads {leg.threads or 'as it chooses'}; "
            f"up to {tokens} tokens an answer, {pairs} pairs; median (min to max).",
            "",
            *table(["streams", "bare, tokens/s", "through the API, tokens/s", "ratio"], rows),
        ]
        publish(
            arguments,
            "serving-decode-given" if arguments.model else "serving-decode",
            "What the API costs in decoding speed",
            lines,
            load=load,
            module="serving_decode",
            packages=("openvino-genai", "fastapi", "uvicorn"),
        )


def _row(leg: Leg, streams: int, pairs: int) -> list[str]:
    bare: list[float] = []
    through: list[float] = []
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_bare, args=(theirs, leg), daemon=True)
    child.start()
    with serving(leg.model, engine=leg.engine, threads=leg.threads, users=streams) as server:
        for pair in range(-1, pairs):
            # The first pair warms both up.
            first = (pair + 1) * streams
            legs = [
                lambda first=first: _ask_bare(ours, first, streams),
                lambda first=first: asyncio.run(_through_api(server, leg, first, streams)),
            ]
            order = (0, 1) if pair % 2 else (1, 0)
            speeds = {place: legs[place]() for place in order}
            if pair >= 0:
                bare.append(speeds[0])
                through.append(speeds[1])
    ours.send(None)
    child.join()
    ratios = [a / b for a, b in zip(through, bare, strict=True)]
    return [
        str(streams),
        spread(bare, ",.0f"),
        spread(through, ",.0f"),
        f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})",
    ]


async def _through_api(server: Serving, leg: Leg, first: int, streams: int) -> float:
    """Tokens a second between the first and the last piece of all answers."""
    heard: list[Heard] = await asyncio.gather(
        *(
            ask(server.url, key, continuation(server.model, first + n, max_tokens=leg.tokens))
            for n, key in enumerate(server.keys[:streams])
        )
    )
    if failed := [one.error for one in heard if one.error]:
        raise RuntimeError(failed[0])
    start = min(one.arrivals[0] for one in heard if one.arrivals)
    end = max(one.arrivals[-1] for one in heard if one.arrivals)
    return (sum(one.tokens for one in heard) - streams) / (end - start)


def _ask_bare(connection: Connection, first: int, streams: int) -> float:
    connection.send((first, streams))
    speed: float = connection.recv()
    return speed


def _bare(connection: Connection, leg: Leg) -> None:
    """The bare engine in its own process: answers (first, streams) with tokens a second."""
    tokenizer = open_tokenizer_of(leg.model)
    speed: Callable[[list[tuple[list[int], TextRequest]]], float]
    if leg.engine == "openvino":
        speed = BareOpenvino(leg.model, threads=leg.threads, rows=max(_STREAMS)).speed
    else:
        batch = open_batch(leg.model, leg.engine, EngineSettings(threads=leg.threads))
        speed = partial(_stepped, batch)
    while (asked := connection.recv()) is not None:
        first, streams = asked
        requests = []
        for number in range(first, first + streams):
            body = continuation("", number, max_tokens=leg.tokens)
            ids = [tokenizer.special.start, *tokenizer.encode(body["prompt"])]
            settings = {name: body[name] for name in ("temperature", "top_p", "seed", "max_tokens")}
            requests.append((ids, TextRequest(**settings)))
        connection.send(speed(requests))


def _stepped(batch: DecodingBatch, asked: list[tuple[list[int], TextRequest]]) -> float:
    streams = len(asked)
    for ids, request in asked:
        assert request.seed is not None
        batch.begin(request.seed, ids, request)
    start, tokens, left = 0.0, 0, streams
    while left:
        for decoded in batch.step():
            start = start or time.perf_counter()
            if decoded.finish is not None:
                tokens += decoded.tokens
                left -= 1
    return (tokens - streams) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
