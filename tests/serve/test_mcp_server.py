"""The MCP server, asked by the client of the mcp package itself, in memory, over stdio and HTTP."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from mcp import Client, StdioServerParameters

from tertulia.errors import ServeError
from tertulia.serve.api.app import create_app
from tertulia.serve.api.services import Services
from tertulia.serve.database.open_database import SqlDatabase, open_database
from tertulia.serve.database.records import Collection, Document, Hit, Reader
from tertulia.serve.keys import new_key
from tertulia.serve.knowledge.indexing import Indexer
from tertulia.serve.knowledge.originals import Originals
from tertulia.serve.mcp_server import Search, mcp_router, mcp_server
from tests.serve.hashed_embedder import HashedEmbedder

UXIA = Reader(tenant="default", user="uxia")
BREIXO = Reader(tenant="default", user="breixo")
TEXT = "# Auga\n\nA taxa da auga págase antes do 31 de marzo."


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlDatabase]:
    opened = filled_database(tmp_path)
    yield opened
    opened.close()


def filled_database(folder: Path) -> SqlDatabase:
    """A collection of Uxía's with one document."""
    opened = open_database(folder / "tertulia.db")
    opened.add_collection(
        Collection(
            id="vs_1",
            tenant=UXIA.tenant,
            owner=UXIA.user,
            name="Ordenanzas",
            created=1,
            embedder="hashed-words",
        )
    )
    originals = Originals(folder / "originals", reserve=0)
    stored = originals.put(io.BytesIO(TEXT.encode()), 1000)
    opened.add_document(
        Document(
            id="doc-1",
            collection="vs_1",
            file="f",
            name="auga.md",
            sha256=stored.sha256,
            state="queued",
            created=1,
        )
    )
    assert Indexer(opened, originals, HashedEmbedder()).index_next()
    return opened


def vector_search(database: SqlDatabase) -> Search:
    """The search of the database by vectors alone."""

    def search(
        question: str, collections: Sequence[str], reader: Reader, *, limit: int
    ) -> list[Hit]:
        vector = HashedEmbedder().embed_queries([question])[0]
        return database.search_vectors(collections, vector, reader, limit=limit)

    return search


async def _asked(client: Client, tool: str, **arguments: Any) -> Any:
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    assert answer.structured_content is not None
    return answer.structured_content


async def _sees_the_document(client: Client) -> None:
    told = await _asked(client, "list_collections")
    assert told["result"] == [{"id": "vs_1", "name": "Ordenanzas", "documents": {"ready": 1}}]
    found = await _asked(client, "search", question="taxa da auga", limit=3)
    [passage] = found["result"]
    assert (passage["document"], passage["name"], passage["page"]) == ("doc-1", "auga.md", None)
    assert passage["url"].endswith(f"/documents/doc-1?start=0&end={len(passage['text'])}")
    read = await _asked(client, "read_document", document="doc-1", start=6, length=6)
    assert (read["text"], read["length"]) == ("A taxa", len(passage["text"]))


def test_a_client_searches_lists_and_reads(database: SqlDatabase) -> None:
    server = mcp_server(database, vector_search(database), UXIA, base_url="https://serve.example/")

    async def ask() -> None:
        async with Client(server) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == {"search", "list_collections", "read_document"}
            assert "context" not in tools["search"].input_schema["properties"]
            await _sees_the_document(client)

    anyio.run(ask)


def test_what_is_out_of_bounds_or_not_seen_is_told_as_an_error(database: SqlDatabase) -> None:
    async def ask(reader: Reader, tool: str, **arguments: Any) -> str:
        async with Client(mcp_server(database, vector_search(database), reader)) as client:
            answer = await client.call_tool(tool, arguments)
            assert answer.is_error
            return str(answer.content)

    async def all_of_them() -> None:
        assert "There is no document doc-1" in await ask(BREIXO, "read_document", document="doc-1")
        await ask(UXIA, "read_document", document="doc-1", length=10**9)
        await ask(UXIA, "search", question="x", limit=10**6)
        await ask(UXIA, "search", question="")
        await ask(UXIA, "search", question="x", collections=["vs_1"] * 33)

    anyio.run(all_of_them)


def test_a_failure_tells_nothing_of_the_server(database: SqlDatabase) -> None:
    def failing(*_: object, **__: object) -> list[Hit]:
        raise ServeError("serve.database-unavailable", "it is gone", where="/srv/tertulia.db")

    async def ask() -> None:
        async with Client(mcp_server(database, failing, UXIA)) as client:
            answer = await client.call_tool("search", {"question": "x", "collections": ["vs_1"]})
            assert answer.is_error and "its log says why" in str(answer.content)
            assert "tertulia.db" not in str(answer.content)

    anyio.run(ask)


def test_over_stdio(database: SqlDatabase, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from tests.serve.test_mcp_server import UXIA, mcp_server, open_database, vector_search\n"
        "database = open_database(Path(sys.argv[1]))\n"
        "mcp_server(database, vector_search(database), UXIA).run('stdio')\n"
    )
    root = Path(__file__).parents[2]
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-c", program, str(tmp_path / "tertulia.db")],
        env={"PYTHONPATH": f"{root}:{root / 'src'}"},
    )

    async def ask() -> None:
        async with Client(parameters) as client:
            await _sees_the_document(client)

    anyio.run(ask)


def test_over_http_each_request_is_its_keys(database: SqlDatabase) -> None:
    keys = {}
    for reader in (UXIA, BREIXO):
        keys[reader], kept = new_key(reader.user, now=1)
        database.add_key(kept)
    server = mcp_server(database, vector_search(database))
    app = create_app(Services(database=database), routers=[mcp_router(server)])

    async def ask() -> None:
        async with app.router.lifespan_context(app):
            async with _over_http(app, keys[UXIA]) as client:
                await _sees_the_document(client)
            async with _over_http(app, keys[BREIXO]) as client:
                assert (await _asked(client, "list_collections"))["result"] == []
                assert (await _asked(client, "search", question="taxa"))["result"] == []
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as bare:
                assert (await bare.post("/mcp", json={})).status_code == 401
                shown = {"Authorization": f"Bearer {keys[UXIA]}"}
                assert (await bare.get("/mcp", headers=shown)).status_code == 405

    anyio.run(ask)


@asynccontextmanager
async def _over_http(app: FastAPI, key: str) -> Any:
    from mcp.client.streamable_http import streamable_http_client

    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://localhost",
        headers={"Authorization": f"Bearer {key}"},
    )
    async with (
        http,
        Client(streamable_http_client("http://localhost/mcp", http_client=http)) as client,
    ):
        yield client
