"""The API over one engine as a process of its own, for benchmarks that ask it from outside.

    python -m benchmarks.serving_server MODEL --users 100 [--engine NAME] [--threads N]

Prints one line of JSON with its URL and a key for each user, then serves until its standard input
ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.command_line import ROOT, child_environment
from tertulia.inference.open_text_engine import open_text_engine
from tertulia.inference.text_engine import EngineSettings
from tertulia.serve.api.app import create_app
from tertulia.serve.api.server import listen, make_server, url_of
from tertulia.serve.api.services import Services
from tertulia.serve.database.open_database import open_database
from tertulia.serve.keys import new_key
from tertulia.serve.limits import Limits


@dataclass(frozen=True)
class Serving:
    """A server that runs."""

    url: str
    model: str
    keys: tuple[str, ...]
    pid: int


@contextmanager
def serving(model: Path, *, engine: str, threads: int | None, users: int) -> Iterator[Serving]:
    """A server in a process of its own; it ends with the block."""
    command = [sys.executable, "-m", "benchmarks.serving_server", str(model)]
    command += ["--engine", engine, "--users", str(users)]
    command += ["--threads", str(threads)] * (threads is not None)
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline() or "null")
        if told is None:
            raise RuntimeError("the server did not start; see above")
        yield Serving(told["url"], told["model"], tuple(told["keys"]), process.pid)
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


async def _serve(arguments: argparse.Namespace, folder: Path) -> None:
    settings = EngineSettings(threads=arguments.threads)
    engine = open_text_engine(arguments.model, arguments.engine, settings)
    database = open_database(folder / "tertulia.db")
    keys = []
    for number in range(arguments.users):
        key, kept = new_key(f"user-{number}", now=int(time.time()))
        database.add_key(kept)
        keys.append(key)
    limits = Limits()
    app = create_app(Services(database=database, engines={engine.name: engine}, limits=limits))
    listening = listen("127.0.0.1", 0)
    server = make_server(app, limits)
    told = {"url": url_of(listening), "model": engine.name, "keys": keys}
    serves = asyncio.create_task(server.serve(sockets=[listening]))
    print(json.dumps(told), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serves
    await engine.close()
    database.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("model", type=Path)
    options.add_argument("--engine")
    options.add_argument("--threads", type=int)
    options.add_argument("--users", type=int, default=1)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_serve(options.parse_args(), Path(folder)))


if __name__ == "__main__":
    main()
