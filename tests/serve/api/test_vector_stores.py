"""Vector stores: collections, how far their documents are, and who may see them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tertulia.serve.api.app import create_app
from tertulia.serve.api.model_names import find_collections
from tertulia.serve.api.services import Services
from tertulia.serve.database.database import Database
from tertulia.serve.database.records import Hit, Indexed, Reader
from tertulia.serve.keys import new_key
from tertulia.serve.knowledge.document import Chunk, Extract
from tests.serve.api.conftest import asking

TEXT = "La biblioteca abre a las nueve."


def _file(client: TestClient, name: str = "horario.txt", content: bytes = b"hola") -> str:
    form = {"purpose": (None, "assistants"), "file": (name, content)}
    return str(client.post("/v1/files", files=form).json()["id"])


def _store(client: TestClient, **parameters: Any) -> Any:
    made = client.post("/v1/vector_stores", json={"name": "normas", **parameters})
    assert made.status_code == 200, made.text
    return made.json()


def _index(database: Database) -> str:
    """Does what the indexer does with the oldest document."""
    taken = database.take_queued()
    assert taken is not None
    extract = Extract(text=TEXT, title="Horario", language="es")
    chunk = Chunk(ordinal=0, start=0, end=len(TEXT), text=TEXT, headings=("Horario",), page=1)
    vectors = np.ones((1, 1), dtype=np.float32)
    database.store_index(taken.id, Indexed(extract=extract, chunks=(chunk,)), vectors)
    return taken.id


@pytest.fixture
def two(services: Services, database: Database) -> tuple[TestClient, TestClient]:
    """Ana and Bea, each with a key of her own."""
    clients = []
    for user in ("ana", "bea"):
        key, kept = new_key(user, now=1)
        database.add_key(kept)
        clients.append(asking(create_app(services), headers={"authorization": f"Bearer {key}"}))
    return clients[0], clients[1]


def test_a_store_is_made_changed_and_deleted(client: TestClient) -> None:
    store = _store(client, metadata={"tema": "ordenanzas"})
    assert store["object"] == "vector_store" and store["status"] == "completed"
    assert store["file_counts"]["total"] == 0
    path = f"/v1/vector_stores/{store['id']}"
    changed = client.post(path, json={"name": "otras"}).json()
    assert (changed["name"], changed["metadata"]) == ("otras", {"tema": "ordenanzas"})
    assert client.get(path).json() == changed
    assert client.delete(path).json() == {
        "id": store["id"],
        "object": "vector_store.deleted",
        "deleted": True,
    }
    assert client.get(path).status_code == 404


def test_a_file_is_in_progress_until_it_is_indexed(client: TestClient, database: Database) -> None:
    file = _file(client)
    store = _store(client, file_ids=[file])
    path = f"/v1/vector_stores/{store['id']}"
    assert store["status"] == "in_progress" and store["usage_bytes"] == 4
    waiting = client.get(f"{path}/files/{file}").json()
    assert (waiting["status"], waiting["last_error"]) == ("in_progress", None)
    assert client.get(f"{path}/files/{file}/content").json()["data"] == []
    _index(database)
    done = client.get(f"{path}/files/{file}").json()
    assert (done["id"], done["status"], done["usage_bytes"]) == (file, "completed", 4)
    content = client.get(f"{path}/files/{file}/content").json()["data"]
    assert content == [{"type": "text", "text": TEXT}]
    counts = client.get(path).json()["file_counts"]
    assert (counts["completed"], counts["in_progress"], counts["total"]) == (1, 0, 1)


def test_a_file_that_cannot_be_read_says_why_and_can_be_tried_again(
    client: TestClient, database: Database
) -> None:
    store, file = _store(client)["id"], _file(client)
    path = f"/v1/vector_stores/{store}/files"
    attributes = {"anyo": 2024, "vigente": True, "tema": "agua"}
    added = client.post(path, json={"file_id": file, "attributes": attributes}).json()
    assert added["attributes"] == attributes
    taken = database.take_queued()
    assert taken is not None
    database.fail_document(taken.id, "the PDF is encrypted")
    failed = client.get(f"{path}/{file}").json()
    assert failed["status"] == "failed"
    assert failed["last_error"] == {"code": "invalid_file", "message": "the PDF is encrypted"}
    assert client.get(path, params={"filter": "completed"}).json()["data"] == []
    assert client.post(path, json={"file_id": file}).json()["status"] == "in_progress"


def test_the_server_is_told_of_work(services: Services) -> None:
    told: list[bool] = []
    woken = dataclasses.replace(services, queued=lambda: told.append(True))
    client = asking(create_app(woken, open_here=True))
    _store(client, file_ids=[_file(client)])
    assert told == [True]


def test_adding_a_file_twice_changes_nothing(client: TestClient, database: Database) -> None:
    store, file = _store(client)["id"], _file(client)
    path = f"/v1/vector_stores/{store}/files"
    first = client.post(path, json={"file_id": file}).json()
    _index(database)
    again = client.post(path, json={"file_id": file}).json()
    assert (again["id"], again["status"]) == (first["id"], "completed")
    assert len(client.get(path).json()["data"]) == 1


def test_files_of_one_name_stand_side_by_side(client: TestClient, database: Database) -> None:
    # A client polls each file that it put in: none may make way for its namesake.
    store = _store(client)["id"]
    path = f"/v1/vector_stores/{store}/files"
    files = [_file(client), _file(client), _file(client, content=b"otra")]
    for file in files:
        assert client.post(path, json={"file_id": file}).json()["id"] == file
    for _ in files:
        _index(database)
    states = [client.get(f"{path}/{file}").json()["status"] for file in files]
    assert states == ["completed"] * 3


def test_a_deleted_file_leaves_its_stores(client: TestClient, database: Database) -> None:
    file = _file(client)
    store = _store(client, file_ids=[file])["id"]
    _index(database)
    client.delete(f"/v1/files/{file}")
    assert client.get(f"/v1/vector_stores/{store}/files").json()["data"] == []


def test_a_file_taken_out_of_a_store_is_still_a_file(client: TestClient) -> None:
    file = _file(client)
    path = f"/v1/vector_stores/{_store(client, file_ids=[file])['id']}/files/{file}"
    assert client.delete(path).json()["deleted"] is True
    assert client.get(path).status_code == 404
    assert client.get(f"/v1/files/{file}").status_code == 200


def test_stores_are_listed_a_page_at_a_time(client: TestClient) -> None:
    ids = [_store(client)["id"] for _ in range(4)]
    shown = client.get("/v1/vector_stores", params={"limit": 2, "before": ids[0]}).json()
    assert [store["id"] for store in shown["data"]] == [ids[2], ids[1]]
    assert shown["has_more"]


@pytest.mark.parametrize(
    ("parameters", "param"),
    [
        ({"expires_after": {"anchor": "last_active_at", "days": 1}}, "expires_after"),
        ({"chunking_strategy": {"type": "static"}}, "chunking_strategy.type"),
        ({"name": "a\0b"}, "name"),
        ({"name": 5}, "name"),
        ({"metadata": {"a": 5}}, "metadata.a"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(
    client: TestClient, parameters: Any, param: str
) -> None:
    refused = client.post("/v1/vector_stores", json=parameters)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)


def test_readers_search_and_owners_change(
    two: tuple[TestClient, TestClient], database: Database
) -> None:
    ana, bea = two
    file = _file(ana)
    store = _store(ana, file_ids=[file])["id"]
    path = f"/v1/vector_stores/{store}"
    assert bea.get(path).status_code == 404
    assert bea.get("/v1/vector_stores").json()["data"] == []
    ana.post(path, json={"tertulia": {"readers": ["bea"]}})
    _index(database)
    assert bea.get(path).json()["file_counts"]["completed"] == 1
    assert bea.get(f"{path}/files/{file}/content").json()["data"][0]["text"] == TEXT
    mine = _file(bea)
    for refused in (
        bea.post(path, json={"name": "mía"}),
        bea.delete(path),
        bea.post(f"{path}/files", json={"file_id": mine}),
        bea.delete(f"{path}/files/{file}"),
    ):
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_owner")
    ana.post(path, json={"tertulia": {"readers": []}})
    assert bea.get(path).status_code == 404


class TestSearch:
    @pytest.fixture
    def searching(self, services: Services, database: Database) -> TestClient:
        """An app whose search finds every chunk that the database shows the reader."""

        def search(
            question: str, collections: Sequence[str], reader: Reader, *, limit: int
        ) -> list[Hit]:
            vector = np.ones(1, dtype=np.float32)
            return database.search_vectors(collections, vector, reader, limit=limit)

        return asking(create_app(dataclasses.replace(services, search=search), open_here=True))

    def test_a_passage_tells_where_it_stands(
        self, searching: TestClient, database: Database
    ) -> None:
        file = _file(searching)
        store = _store(searching, file_ids=[file])["id"]
        document = _index(database)
        path = f"/v1/vector_stores/{store}/search"
        found = searching.post(path, json={"query": "¿Cuándo abre?"}).json()
        assert found["object"] == "vector_store.search_results.page"
        assert found["search_query"] == ["¿Cuándo abre?"]
        [result] = found["data"]
        assert (result["file_id"], result["filename"]) == (file, "horario.txt")
        assert result["content"] == [{"type": "text", "text": TEXT}]
        place = result["tertulia"]
        assert (place["page"], place["start"], place["end"]) == (1, 0, len(TEXT))
        assert place["url"] == f"/documents/{document}?start=0&end={len(TEXT)}"
        assert result["score"] == pytest.approx(1.0)
        scored = {"query": ["¿Cuándo?"], "ranking_options": {"score_threshold": 1.0}}
        assert searching.post(path, json=scored).status_code == 200

    @pytest.mark.parametrize(
        ("parameters", "param"),
        [
            ({"filters": {"type": "eq", "key": "a", "value": "b"}}, "filters"),
            ({"rewrite_query": True}, "rewrite_query"),
            ({"max_num_results": 51}, "max_num_results"),
            ({"query": ""}, "query"),
            ({"query": ["a", "b"]}, "query"),
        ],
    )
    def test_what_cannot_be_done_is_refused_by_name(
        self, searching: TestClient, parameters: Any, param: str
    ) -> None:
        path = f"/v1/vector_stores/{_store(searching)['id']}/search"
        refused = searching.post(path, json={"query": "a", **parameters})
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)

    def test_a_server_without_search_says_so(self, client: TestClient) -> None:
        path = f"/v1/vector_stores/{_store(client)['id']}/search"
        refused = client.post(path, json={"query": "a"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "no_search")


def test_a_name_means_ones_own_store_before_what_others_share(
    two: tuple[TestClient, TestClient], services: Services
) -> None:
    ana, bea = two
    theirs = _store(bea, tertulia={"readers": ["*"]})["id"]
    reader = Reader(tenant="default", user="ana")
    assert [one.id for one in find_collections(services, ("normas",), reader)] == [theirs]
    own = _store(ana)["id"]
    assert [one.id for one in find_collections(services, ("normas",), reader)] == [own]


def test_files_are_put_in_by_the_batch(client: TestClient, database: Database) -> None:
    store = _store(client)["id"]
    path = f"/v1/vector_stores/{store}/file_batches"
    files = [_file(client, name) for name in ("a.txt", "b.txt", "c.txt")]
    asked = {"file_ids": [*files, files[0]], "attributes": {"tema": "agua"}}
    batch = client.post(path, json=asked).json()
    assert (batch["object"], batch["status"]) == ("vector_store.files_batch", "in_progress")
    assert batch["file_counts"]["in_progress"] == batch["file_counts"]["total"] == 3
    _index(database)
    listed = client.get(f"{path}/{batch['id']}/files", params={"order": "asc"}).json()["data"]
    assert [one["status"] for one in listed] == ["completed", "in_progress", "in_progress"]
    assert {one["attributes"]["tema"] for one in listed} == {"agua"}
    cancelled = client.post(f"{path}/{batch['id']}/cancel").json()
    assert cancelled["status"] == "cancelled"
    assert (cancelled["file_counts"]["completed"], cancelled["file_counts"]["cancelled"]) == (1, 2)
    assert client.get(f"{path}/{batch['id']}").json() == cancelled
    assert database.take_queued() is None


def test_each_file_of_a_batch_may_have_attributes_of_its_own(client: TestClient) -> None:
    store, file = _store(client)["id"], _file(client)
    path = f"/v1/vector_stores/{store}"
    asked = {"files": [{"file_id": file, "attributes": {"anyo": 2024}}]}
    assert client.post(f"{path}/file_batches", json=asked).status_code == 200
    assert client.get(f"{path}/files/{file}").json()["attributes"] == {"anyo": 2024}


def test_a_batch_goes_in_whole_or_not_at_all(client: TestClient) -> None:
    store, file = _store(client)["id"], _file(client)
    path = f"/v1/vector_stores/{store}/file_batches"
    assert client.post(path, json={"file_ids": [file, "file-none"]}).status_code == 404
    both = {"file_ids": [file], "files": [{"file_id": file}]}
    for wrong in (both, {}):
        assert client.post(path, json=wrong).status_code == 400
    assert client.get(f"/v1/vector_stores/{store}/files").json()["data"] == []


def test_a_batch_is_the_owner_s_and_seen_by_readers(two: tuple[TestClient, TestClient]) -> None:
    ana, bea = two
    shared = _store(ana, tertulia={"readers": ["bea"]})["id"]
    path = f"/v1/vector_stores/{shared}/file_batches"
    batch = ana.post(path, json={"file_ids": [_file(ana)]}).json()["id"]
    assert bea.get(f"{path}/{batch}").status_code == 200
    assert bea.post(f"{path}/{batch}/cancel").status_code == 403
    assert bea.post(path, json={"file_ids": [_file(bea)]}).status_code == 403
    other = f"/v1/vector_stores/{_store(ana)['id']}/file_batches/{batch}"
    assert ana.get(other).status_code == 404


def test_one_user_has_so_many_stores_and_no_more(services: Services) -> None:
    few = dataclasses.replace(services, limits=dataclasses.replace(services.limits, stores=1))
    client = asking(create_app(few, open_here=True))
    _store(client)
    refused = client.post("/v1/vector_stores", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "too_many_stores")
