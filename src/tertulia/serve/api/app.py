"""The HTTP API, put together: routes inside, then bounds, keys, hosts around them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.middleware.cors import CORSMiddleware
from typing_extensions import TypedDict

from tertulia import __version__
from tertulia.serve.api import (
    chat,
    completions,
    embeddings,
    errors,
    file_batch_routes,
    files,
    models,
    store_file_routes,
    vector_store_search,
    vector_stores,
)
from tertulia.serve.api.bounds import BodyBounds
from tertulia.serve.api.errors import ErrorBody
from tertulia.serve.api.gate import LOOPBACK_HOSTS, HostGate, KeyGate
from tertulia.serve.api.services import Services

_MODULES = (
    models,
    chat,
    completions,
    embeddings,
    files,
    vector_stores,
    store_file_routes,
    file_batch_routes,
    vector_store_search,
)


class Health(TypedDict):
    """That the server runs."""

    status: Literal["ok"]


def create_app(
    services: Services,
    *,
    open_here: bool = False,
    hosts: frozenset[str] | None = LOOPBACK_HOSTS,
    origins: Sequence[str] = (),
    routers: Sequence[APIRouter] = (),
) -> FastAPI:
    """The app over `services`.

    `open_here` lets everybody in as long as there is no key: only for a server that this machine
    alone reaches. `hosts` are the names it answers to (None: any), `origins` the sites whose pages
    may ask it, `routers` are more routes behind the same keys.
    """
    app = FastAPI(
        title="tertulia",
        version=__version__,
        summary="The OpenAI API over models and documents of one's own.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={"default": {"model": ErrorBody}},
    )
    app.state.services = services
    app.state.embedding = asyncio.Lock()
    errors.install(app)
    shown = [Depends(HTTPBearer(auto_error=False, description="An API key: tk-..."))]
    for router in (*(module.router for module in _MODULES), *routers):
        app.include_router(router, dependencies=shown)
    app.add_api_route("/healthz", _health, tags=["server"], operation_id="health")
    origins = [origin.lower().rstrip("/") for origin in origins]
    app.add_middleware(BodyBounds, limits=services.limits)
    app.add_middleware(KeyGate, database=services.database, open_here=open_here)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
        )
    app.add_middleware(HostGate, hosts=hosts, origins=frozenset(origins))
    return app


async def _health() -> Health:
    return {"status": "ok"}
