"""A server from its settings to its end, and what it says on the way."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.errors import ServeError
from tertulia.messages import tr

if TYPE_CHECKING:
    from socket import socket

    from fastapi import FastAPI

    from tertulia.serve.api.services import Services
    from tertulia.serve.database.database import Database
    from tertulia.serve.knowledge.folder import FolderChanges
    from tertulia.serve.knowledge.indexing import Indexer


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The server that the command line describes."""

    model: str | None
    engine: str | None
    embedder: str | None
    data: Path
    host: str
    port: int
    collections: tuple[tuple[str, Path], ...]
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    runs: Path


def serve_until_stopped(state: Database, wanted: Wanted) -> None:
    """Serves; what cannot be is said before a model is opened."""
    # The engine's threads and those of sentence vectors share the cores: one that waits spinning
    # takes a core from the other. Read when torch is first imported, here and in the child.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from tertulia.serve.api.app import create_app
    from tertulia.serve.api.server import listen, may_listen, url_of
    from tertulia.serve.opening import add_collection, more_routers

    open_here = may_listen(wanted.host, state)
    with listen(wanted.host, wanted.port) as listening:
        services, indexer = _open(state, wanted)
        for name, folder in wanted.collections:
            _tell_changes(name, add_collection(services, name, folder))
        app = create_app(
            services,
            open_here=open_here,
            hosts=_hosts(wanted.host, wanted.hosts),
            origins=wanted.origins,
            routers=more_routers(services, url_of(listening)),
        )
        collections = [name for name, _ in wanted.collections]
        _run(app, listening, services, indexer, open_here, collections)


def serve_mcp(state: Database, embedder: str | None) -> None:
    """Serves the collections to the program that started this one, until it closes the pipe."""
    from tertulia.inference.open_embedder import open_embedder
    from tertulia.serve.opening import speak_mcp

    speak_mcp(state, open_embedder(embedder))


def _open(state: Database, wanted: Wanted) -> tuple[Services, Indexer]:
    """A URL and a GGUF file are themselves; everything else is found as `chat` finds it."""
    from tertulia.inference.model_folder import find_model
    from tertulia.inference.open_embedder import open_embedder
    from tertulia.inference.open_text_engine import open_text_engine
    from tertulia.model.disk import read_config
    from tertulia.serve.limits import Limits
    from tertulia.serve.opening import open_services

    named = wanted.model
    remote = named is not None and "://" in named
    direct = named is not None and (remote or named.endswith(".gguf"))
    model = named if direct and named else find_model(named, wanted.runs)
    engine = open_text_engine(model, wanted.engine)
    return open_services(
        wanted.data,
        state,
        engine,
        open_embedder(wanted.embedder),
        Limits(),
        parameters=None if remote else read_config(Path(model)).parameters,
    )


def _run(
    app: FastAPI,
    listening: socket,
    services: Services,
    indexer: Indexer,
    open_here: bool,
    collections: Sequence[str],
) -> None:
    """Until SIGINT or SIGTERM; then the worker queues again what it had at hand."""
    import asyncio

    from tertulia.serve.api.server import run_app, url_of

    [(name, engine)] = services.engines.items()

    async def run() -> None:
        started = partial(_greet, url_of(listening), name, open_here, collections)
        try:
            await run_app(app, listening, services.limits, started=started)
        finally:
            await engine.close()

    indexer.start()
    try:
        asyncio.run(run())
    finally:
        indexer.stop(services.limits.grace_seconds)


def _hosts(host: str, names: tuple[str, ...]) -> frozenset[str] | None:
    """The names that the server answers to; None is any, where keys guard it."""
    from tertulia.serve.api.gate import LOOPBACK_HOSTS
    from tertulia.serve.api.server import is_loopback

    return LOOPBACK_HOSTS.union(names) if is_loopback(host) or names else None


def named_folder(text: str) -> tuple[str, Path]:
    """`NAME=FOLDER` taken apart; raises ServeError `serve.collection-name`."""
    name, equals, folder = text.partition("=")
    if not name.strip() or not equals or not folder or not name.isprintable():
        raise ServeError(
            "serve.collection-name",
            f"'{text}' does not name a collection and its folder",
            remedy="Write it as NAME=FOLDER",
        )
    return name, Path(folder)


def _tell_changes(name: str, changes: FolderChanges) -> None:
    print(
        tr(
            "{name}: {added} new, {changed} changed, {removed} removed, {unchanged} unchanged, "
            "{passed_over} of other kinds.",
            name=name,
            added=len(changes.added),
            changed=len(changes.changed),
            removed=len(changes.removed),
            unchanged=changes.unchanged,
            passed_over=len(changes.passed_over),
        )
    )
    for refused, why in changes.refused:
        print(f"  {refused}: {why}", file=sys.stderr)


def _greet(url: str, model: str, open_here: bool, collections: Sequence[str]) -> None:
    from tertulia.serve.api.model_names import JOINT

    # With documents the line to try asks them, and shows how they are named.
    asked = JOINT.join([model, *collections[:1]])
    body = json.dumps({"model": asked, "messages": [{"role": "user", "content": tr("Hello!")}]})
    key = "" if open_here else " -H 'Authorization: Bearer tk-…'"
    print(tr("{model} answers at {url}/v1. Ctrl-C ends it.", model=model, url=url))
    if open_here:
        print(tr("Whoever uses this machine may ask it; a key, made with --add-key, closes it."))
    json_header = "-H 'Content-Type: application/json'"
    data = shlex.quote(body)
    print(f"  curl {url}/v1/chat/completions{key} {json_header} -d {data}", flush=True)
