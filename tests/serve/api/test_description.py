"""The API does what /openapi.json says of it, whatever it is asked: schemathesis tries."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from starlette.testclient import TestClient

from tertulia.serve.api.app import create_app
from tertulia.serve.api.services import Services
from tertulia.serve.retrieval.search import search
from tests.serve.api.conftest import asking
from tests.serve.api.scripted_engine import ScriptedEngine
from tests.serve.hashed_embedder import HashedEmbedder

_CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
_EXAMPLES = 60
_OPERATIONS = [
    ("GET", "/healthz"),
    ("GET", "/v1/files"),
    ("POST", "/v1/files"),
    ("GET", "/v1/files/{file_id}"),
    ("DELETE", "/v1/files/{file_id}"),
    ("GET", "/v1/files/{file_id}/content"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{model}"),
    ("GET", "/v1/vector_stores"),
    ("POST", "/v1/vector_stores"),
    ("GET", "/v1/vector_stores/{store_id}"),
    ("POST", "/v1/vector_stores/{store_id}"),
    ("DELETE", "/v1/vector_stores/{store_id}"),
    ("GET", "/v1/vector_stores/{store_id}/files"),
    ("POST", "/v1/vector_stores/{store_id}/files"),
    ("GET", "/v1/vector_stores/{store_id}/files/{file_id}"),
    ("DELETE", "/v1/vector_stores/{store_id}/files/{file_id}"),
    ("GET", "/v1/vector_stores/{store_id}/files/{file_id}/content"),
    ("POST", "/v1/vector_stores/{store_id}/file_batches"),
    ("GET", "/v1/vector_stores/{store_id}/file_batches/{batch_id}"),
    ("GET", "/v1/vector_stores/{store_id}/file_batches/{batch_id}/files"),
    ("POST", "/v1/vector_stores/{store_id}/file_batches/{batch_id}/cancel"),
    ("POST", "/v1/vector_stores/{store_id}/search"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/completions"),
    ("POST", "/v1/embeddings"),
]


@pytest.fixture
def whole(services: Services, engine: ScriptedEngine) -> TestClient:
    """Every endpoint has something behind it; names are such that many a guess is right."""
    embedder = HashedEmbedder()
    names = [*"abcdefghijklmnopqrstuvwxyz0123456789", "scripted"]
    everything = dataclasses.replace(
        services,
        engines=dict.fromkeys(names, engine),
        embedders=dict.fromkeys(names, embedder),
        search=partial(search, services.database, embedder),
        collection_embedder=embedder.name,
    )
    return asking(create_app(everything, open_here=True, hosts=None))


@pytest.fixture
def known(whole: TestClient) -> dict[str, Any]:
    """Ids that exist, so that not every path is a 404."""
    form = {"purpose": (None, "assistants"), "file": ("a.txt", b"La casa.")}
    file = whole.post("/v1/files", files=form).json()["id"]
    store = whole.post("/v1/vector_stores", json={"file_ids": [file]}).json()["id"]
    asked = {"file_ids": [file]}
    batch = whole.post(f"/v1/vector_stores/{store}/file_batches", json=asked).json()["id"]
    # What makes nearly every chat that is made up impossible is otherwise in half of them.
    left_out = dict.fromkeys(("tertulia", "n", "stop", "top_logprobs", "response_format"))
    said = [{"role": "user", "content": "hola"}]
    there = {"file_id": file, "store_id": store, "batch_id": batch, "file_ids": [file]}
    return {**there, "model": "scripted", "messages": said, "files": [], **left_out}


def test_every_endpoint_is_tried(whole: TestClient) -> None:
    paths = whole.get("/openapi.json").json()["paths"]
    described = {(method.upper(), path) for path in paths for method in paths[path]}
    assert described == set(_OPERATIONS)


def _with(given: Any, known: dict[str, Any]) -> Any:
    """What was made up, with what is known in the place of some of it."""
    if not isinstance(given, dict):
        return given
    return {name: known.get(name, value) for name, value in given.items()}


@pytest.mark.parametrize(("method", "path"), _OPERATIONS)
def test_whatever_is_asked_is_answered_as_described(
    whole: TestClient, known: dict[str, Any], method: str, path: str
) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", whole.app)
    operation = schema[path][method]
    seen: set[int] = set()

    @hypothesis.settings(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(), there=hypothesis.strategies.booleans())
    def ask(case: Any, there: bool) -> None:
        if there:
            case.path_parameters = _with(case.path_parameters, known)
            case.body = _with(case.body, known)
        answer = case.call_and_validate(checks=_CHECKS)
        seen.add(answer.status_code)

    ask()
    assert seen and all(status < 500 for status in seen)
    # Where nothing but refusals came back, nothing of the answers was tried.
    assert 200 in seen or (method, path) in {("POST", "/v1/files")}
