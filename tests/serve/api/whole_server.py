"""A server with everything real but the size of the model: engine, database, originals, search."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tertulia.serve.api.app import create_app
from tertulia.serve.api.services import Services
from tertulia.serve.database.database import Database
from tertulia.serve.database.open_database import open_database
from tertulia.serve.database.records import Indexed
from tertulia.serve.knowledge.chunk import chunk, passage_text
from tertulia.serve.knowledge.extract import extract
from tertulia.serve.knowledge.originals import Originals
from tertulia.serve.retrieval.search import search
from tests.serve.api.real_model import open_engine
from tests.serve.api.running_server import running
from tests.serve.hashed_embedder import HashedEmbedder


@contextmanager
def whole_server(folder: Path) -> Iterator[tuple[str, Services]]:
    """Its base URL, without `/v1`, and its services."""
    folder.mkdir(exist_ok=True)
    database = open_database(folder / "tertulia.db")
    embedder = HashedEmbedder()
    engine = open_engine()
    services = Services(
        database=database,
        engines={"tiny": engine},
        embedders={"words": embedder},
        originals=Originals(folder / "originals", reserve=0),
        search=partial(search, database, embedder),
        collection_embedder=embedder.name,
    )
    # What the indexing worker does, at once: nobody has to wait in a test.
    indexing = dataclasses.replace(services, queued=partial(index_queued, services))
    try:
        with running(create_app(indexing, open_here=True), services.limits) as url:
            yield url, indexing
    finally:
        asyncio.run(engine.close())
        database.close()


def index_queued(services: Services) -> None:
    """Indexes what is queued, by the embedder of the tests."""
    database: Database = services.database
    assert services.originals is not None
    while (document := database.take_queued()) is not None:
        found = extract(services.originals.path(document.sha256), document.name)
        chunks = chunk(found)
        vectors = HashedEmbedder().embed_passages(
            [passage_text(found.title, one) for one in chunks]
        )
        database.store_index(document.id, Indexed(extract=found, chunks=chunks), vectors)
