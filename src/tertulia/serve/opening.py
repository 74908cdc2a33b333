"""From a server's folder to what it answers with; see `Services`."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tertulia.errors import MissingExtraError, ServeError, TertuliaError

if TYPE_CHECKING:
    from fastapi import APIRouter

    from tertulia.inference.embedder import Embedder
    from tertulia.inference.text_engine import TextEngine
    from tertulia.serve.api.services import Services
    from tertulia.serve.database.database import Database
    from tertulia.serve.knowledge.folder import FolderChanges
    from tertulia.serve.knowledge.indexing import Indexer
    from tertulia.serve.limits import Limits

_PACKAGES = ("fastapi", "uvicorn", "python_multipart", "mcp")


def require_server() -> None:
    """Raises MissingExtraError `serve.missing-extra` where the API cannot run."""
    for package in _PACKAGES:
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(
                "serve.missing-extra",
                f"the server needs the package {package}, which is not installed",
                remedy="Install it with `pip install 'tertulia[serve]'`",
            )


def open_state(data: Path, database: str | None) -> Database:
    """The database of the server whose folder is `data`, made where it is missing.

    Raises as `open_database`, ServeError `serve.folder` for a folder that cannot be one.
    """
    from tertulia.serve.database.open_database import open_database

    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ServeError(
            "serve.folder",
            f"this cannot be the server's folder ({error.strerror})",
            where=str(data),
            remedy="Name another one with --data",
        ) from error
    return open_database(database or data / "tertulia.db")


@contextmanager
def server_state(data: Path, database: str | None) -> Iterator[Database]:
    """As `open_state`, and closed afterwards; a mistake leaves no empty folder behind."""
    # Unlike Path.exists, it bears a name that no folder can have.
    new = not os.path.exists(data)
    with closing(open_state(data, database)) as state:
        try:
            yield state
        except TertuliaError:
            unused = new and database is None and _holds_nothing(state)
            if unused:
                state.close()
                shutil.rmtree(data)
            raise


def _holds_nothing(state: Database) -> bool:
    from tertulia.serve.keys import LOCAL

    # Without a key nobody but the local user can have put anything in.
    return not (state.keys(LOCAL.tenant) or state.collections(LOCAL) or state.files(LOCAL))


def open_services(
    data: Path,
    database: Database,
    engine: TextEngine,
    embedder: Embedder,
    limits: Limits,
    *,
    parameters: int | None,
) -> tuple[Services, Indexer]:
    """Everything over one engine and one embedder, and the worker that indexes for it.

    `parameters` are the model's, None where they are unknown: a small one words no answers.
    """
    from tertulia.serve.answers.answer import AnswerService, AnswerSettings, words_answers
    from tertulia.serve.api.services import Services
    from tertulia.serve.knowledge.indexing import Indexer
    from tertulia.serve.knowledge.originals import Originals
    from tertulia.serve.retrieval.search import search

    originals = Originals(data / "originals")
    indexer = Indexer(database, originals, embedder)
    finding = partial(search, database, embedder)
    settings = AnswerSettings(words_answers=words_answers(parameters), embedder=embedder)
    services = Services(
        database=database,
        engines={engine.name: engine},
        embedders={embedder.name: embedder},
        originals=originals,
        search=finding,
        answers={engine.name: AnswerService(engine, finding, database, settings)},
        collection_embedder=embedder.name,
        limits=limits,
        queued=indexer.wake,
        started=int(time.time()),
    )
    return services, indexer


def more_routers(services: Services, url: str) -> list[APIRouter]:
    """The pages on which a citation is read in its document, and `/mcp`, which links to `url`."""
    from tertulia.serve.api.services import reader_of
    from tertulia.serve.mcp_server import mcp_router, mcp_server
    from tertulia.serve.pages.document_page import document_router

    assert services.originals is not None and services.search is not None
    pages = document_router(services.database, services.originals, reader_of)
    server = mcp_server(services.database, services.search, base_url=url)
    return [pages, mcp_router(server)]


def speak_mcp(database: Database, embedder: Embedder) -> None:
    """The Model Context Protocol on standard input and output, for the user `local`."""
    from tertulia.serve.keys import LOCAL
    from tertulia.serve.mcp_server import mcp_server
    from tertulia.serve.retrieval.search import search

    mcp_server(database, partial(search, database, embedder), LOCAL).run("stdio")


def add_collection(services: Services, name: str, folder: Path) -> FolderChanges:
    """Keeps the collection `name`, which everybody with a key may search, like the folder.

    Raises as `add_folder`.
    """
    from tertulia.serve.database.records import EVERYBODY, Collection
    from tertulia.serve.keys import LOCAL
    from tertulia.serve.knowledge.folder import add_folder

    assert services.originals is not None
    same = (one for one in services.database.collections(LOCAL) if one.name == name)
    collection = next((one for one in same if one.owner == LOCAL.user), None)
    if collection is None:
        collection = Collection(
            id=f"vs_{secrets.token_hex(12)}",
            tenant=LOCAL.tenant,
            owner=LOCAL.user,
            name=name,
            created=int(time.time()),
            embedder=services.collection_embedder,
            readers=frozenset({EVERYBODY}),
        )
        services.database.add_collection(collection)
    limit = services.limits.file_bytes
    return add_folder(
        folder, collection.id, LOCAL, services.database, services.originals, limit=limit
    )
