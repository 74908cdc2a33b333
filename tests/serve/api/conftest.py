"""A server's folder, with the real database and originals, and an app that a test can ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tertulia.serve.api.app import create_app
from tertulia.serve.api.services import Services
from tertulia.serve.database.database import Database
from tertulia.serve.database.open_database import open_database
from tertulia.serve.knowledge.originals import Originals
from tests.serve.api.scripted_engine import ScriptedEngine

Ask = Callable[..., TestClient]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "tertulia.db")
    yield opened
    opened.close()


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def services(database: Database, engine: ScriptedEngine, tmp_path: Path) -> Services:
    return Services(
        database=database,
        engines={"scripted": engine},
        originals=Originals(tmp_path / "originals", reserve=0),
        collection_embedder="hashed",
    )


@pytest.fixture
def app(services: Services) -> FastAPI:
    return create_app(services, open_here=True)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with asking(app) as opened:
        yield opened


def asking(app: FastAPI, **settings: Any) -> TestClient:
    """A client in this process; failures of the server are answers, as for any client."""
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, **settings)
