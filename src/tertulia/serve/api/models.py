"""GET /v1/models: what can be asked by name."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from typing_extensions import TypedDict

from tertulia.serve.api.json_route import JsonRoute
from tertulia.serve.api.model_names import JOINT, unknown_model
from tertulia.serve.api.services import Asking, Served, Services
from tertulia.serve.database.records import Reader

router = APIRouter(tags=["models"], route_class=JsonRoute)


class ModelShape(TypedDict):
    """A model that can be asked."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(TypedDict):
    """All of them."""

    object: Literal["list"]
    data: list[ModelShape]


@router.get("/v1/models", operation_id="listModels")
def list_models(services: Served, reader: Asking) -> ModelList:
    """Engines, embedders, and each engine that answers out of each collection the reader sees."""
    names = _names(services, reader)
    return {"object": "list", "data": [_shape(services, name) for name in names]}


@router.get("/v1/models/{model:path}", operation_id="retrieveModel")
def retrieve_model(model: str, services: Served, reader: Asking) -> ModelShape:
    """One of them."""
    if model not in _names(services, reader):
        raise unknown_model(services, model)
    return _shape(services, model)


def _names(services: Services, reader: Reader) -> list[str]:
    collections = services.database.collections(reader) if services.answers else []
    joint = [f"{name}{JOINT}{one.name}" for name in services.answers for one in collections]
    return list(dict.fromkeys([*services.engines, *services.embedders, *joint]))


def _shape(services: Services, name: str) -> ModelShape:
    created = services.started
    return {"id": name, "object": "model", "created": created, "owned_by": "tertulia"}
