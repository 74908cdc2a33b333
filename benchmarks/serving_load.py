"""A hundred clients at once, each a user of its own, streaming one answer after another.

Errors, how long the first word and the whole answer take, whether the clients got equal shares
(Jain's index over their tokens: 1 is equal, 1/N is one that got all), and what the server held in
memory and open files before and after.

    python -m benchmarks.serving_load [--quick] [--clients 100] [--minutes 5] [--threads 1]

Clients run on the same cores as the server.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]

from benchmarks.command_line import begin, parser, publish, quick_or
from benchmarks.figures import mebibytes, table
from benchmarks.serving_client import ask, question
from benchmarks.serving_model import add_model_options, model_words, served_model
from benchmarks.serving_server import Serving, serving

_TOKENS = 32
"""Of an answer at most."""
_MINUTE = 60.0


@dataclass
class Tally:
    """What one client heard."""

    first: list[float] = field(default_factory=list)
    total: list[float] = field(default_factory=list)
    tokens: int = 0
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Held:
    """What the server and its children hold."""

    resident: int
    files: int


def main() -> None:
    options = parser(__doc__)
    add_model_options(options)
    options.add_argument("--clients", type=int, help="at once (default 100)")
    options.add_argument("--minutes", type=float, default=5.0)
    arguments = options.parse_args()
    load = begin()
    clients = quick_or(arguments, "clients", 100, 100)
    seconds = 5.0 if arguments.quick else arguments.minutes * _MINUTE
    with served_model(arguments) as model:
        engine, threads = arguments.engine, arguments.threads
        with serving(model, engine=engine, threads=threads, users=clients) as server:
            # What is loaded with the first answers is no leak.
            asyncio.run(_all(server, clients, min(seconds, 10.0)))
            held = [_held(server.pid)]
            tallies, halfway = asyncio.run(_measured(server, clients, seconds))
            held += [halfway, _held(server.pid)]
        lines = [
            f"{model_words(model)}, engine {engine}, threads {threads or 'as it chooses'}; "
            f"{clients} clients for {seconds:,.0f} s, up to {_TOKENS} tokens an answer.",
            "",
            *_lines(tallies, seconds, held),
        ]
        publish(
            arguments,
            "serving-load",
            "A hundred clients on one server",
            lines,
            load=load,
            packages=("openvino-genai", "fastapi", "uvicorn"),
        )


async def _all(server: Serving, clients: int, seconds: float) -> list[Tally]:
    until = time.monotonic() + seconds
    asking = (_client(server, n, until) for n in range(clients))
    return list(await asyncio.gather(*asking))


async def _measured(server: Serving, clients: int, seconds: float) -> tuple[list[Tally], Held]:
    """What the clients heard, and what the server held when half of the time was over."""
    asking = asyncio.create_task(_all(server, clients, seconds))
    await asyncio.sleep(seconds / 2)
    held = _held(server.pid)
    return await asking, held


async def _client(server: Serving, place: int, until: float) -> Tally:
    """Asks until the time is over; the answer under way is heard to its end."""
    tally, number = Tally(), place
    while time.monotonic() < until:
        body = question(server.model, number, max_tokens=_TOKENS)
        heard = await ask(server.url, server.keys[place], body)
        number += len(server.keys)
        if heard.error:
            tally.errors[heard.error] += 1
            continue
        tally.tokens += heard.tokens
        tally.total.append(heard.total)
        if heard.arrivals:
            tally.first.append(heard.arrivals[0])
    return tally


def _held(pid: int) -> Held:
    server = psutil.Process(pid)
    family = [server, *server.children(recursive=True)]
    return Held(
        resident=sum(process.memory_info().rss for process in family),
        files=sum(process.num_fds() for process in family),
    )


def jain(shares: list[int]) -> float:
    """Jain's index of fairness: (Σx)² / (n Σx²)."""
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 0.0


def _lines(tallies: list[Tally], seconds: float, held: list[Held]) -> list[str]:
    answers = sum(len(tally.total) for tally in tallies)
    tokens = sum(tally.tokens for tally in tallies)
    errors: Counter[str] = sum((tally.errors for tally in tallies), Counter())
    first = sorted(value for tally in tallies for value in tally.first)
    total = sorted(value for tally in tallies for value in tally.total)
    rows = [
        ["first word, s", *(f"{_percentile(first, p):.2f}" for p in (50, 95, 99, 100))],
        ["whole answer, s", *(f"{_percentile(total, p):.2f}" for p in (50, 95, 99, 100))],
    ]
    return [
        f"{answers:,} answers, {tokens / seconds:,.0f} tokens/s in all, "
        f"**{errors.total()} errors**"
        + "".join(f"; {count}× {what}" for what, count in errors.most_common(3))
        + ".",
        "",
        *table(["", "p50", "p95", "p99", "longest"], rows),
        "",
        f"- Fairness (Jain's index over tokens): {jain([t.tokens for t in tallies]):.4f}",
        "- Resident memory before, halfway and after: "
        + ", ".join(mebibytes(one.resident) for one in held)
        + " (the prefix cache fills first)",
        "- Open files before, halfway and after: " + ", ".join(str(one.files) for one in held),
    ]


def _percentile(ordered: list[float], percent: int) -> float:
    """Of the nearest rank."""
    if not ordered:
        return float("nan")
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


if __name__ == "__main__":
    main()
