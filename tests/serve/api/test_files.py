"""Files: what is uploaded comes back byte for byte, to its owner alone, whatever it is called."""

from __future__ import annotations

import dataclasses
import errno
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.datastructures import UploadFile
from starlette.testclient import TestClient

from tertulia.serve.api.app import create_app
from tertulia.serve.api.services import Services
from tertulia.serve.api.uploads import display_name
from tertulia.serve.database.database import Database
from tertulia.serve.keys import new_key
from tertulia.serve.limits import Limits
from tests.serve.api.conftest import asking


def _upload(client: TestClient, name: str, content: bytes = b"hola", **fields: str) -> Any:
    return client.post(
        "/v1/files", files={"file": (name, content)}, data={"purpose": "assistants", **fields}
    )


def test_a_file_comes_back_as_it_was(client: TestClient) -> None:
    content = bytes(range(256)) * 5000
    file = _upload(client, "acta.pdf", content).json()
    assert (file["object"], file["filename"], file["bytes"]) == ("file", "acta.pdf", len(content))
    assert client.get(f"/v1/files/{file['id']}").json() == file
    download = client.get(f"/v1/files/{file['id']}/content")
    assert download.content == content
    assert download.headers["content-type"] == "application/octet-stream"
    assert download.headers["x-content-type-options"] == "nosniff"
    assert download.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("acta.pdf", "acta.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\win.ini", "win.ini"),
        ("/", "unnamed"),
        ("", "unnamed"),
        ("..", ".."),
        ("a\x00b\r\n\x1b[31m.txt", "ab[31m.txt"),
        ("cano\u0301n.txt", "canón.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("n" * 999, "n" * 255),
    ],
)
def test_a_name_is_only_shown(given_name: str, shown: str) -> None:
    assert display_name(given_name) == shown


@pytest.mark.parametrize(
    "name", ["../../../escaped.txt", "..", "/etc/passwd", "a/../../b", "C:\\x"]
)
def test_a_name_is_never_a_path(client: TestClient, tmp_path: Path, name: str) -> None:
    assert _upload(client, name, b"path").status_code == 200
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size == 4]
    assert [path.parent.parent.name for path in outside] == ["originals"]


@given(st.binary(max_size=400), st.sampled_from(["xx", "a b", "", "é"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_broken_form_is_refused(client: TestClient, body: bytes, boundary: str) -> None:
    kind = f"multipart/form-data; boundary={boundary}".encode()
    refused = client.post("/v1/files", content=body, headers={"content-type": kind})
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "invalid_request_error"


@given(st.binary(max_size=200), st.binary(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_fuzzed_form_is_kept_or_refused(client: TestClient, inside: bytes, name: bytes) -> None:
    form = (
        b'--xx\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n'
        b'--xx\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\n'
        + inside + b"\r\n--xx--\r\n"
    )  # fmt: skip
    kind = {"content-type": "multipart/form-data; boundary=xx"}
    answer = client.post("/v1/files", content=form, headers=kind)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    ("files", "fields", "param"),
    [
        ({}, {"purpose": "assistants"}, "file"),
        ({"file": ("a", b"a")}, {}, "purpose"),
        ({"file": ("a", b"a")}, {"purpose": "fine-tune"}, "purpose"),
        ({"file": ("a", b"a")}, {"purpose": "assistants", "expires_after[seconds]": "3600"},
         "expires_after"),
    ],
)  # fmt: skip
def test_what_a_form_lacks_is_named(
    client: TestClient, files: Any, fields: dict[str, str], param: str
) -> None:
    parts = {name: (None, value) for name, value in fields.items()}
    refused = client.post("/v1/files", files={**parts, **files})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)


def test_two_files_in_a_form_are_one_too_many(client: TestClient) -> None:
    files = [("file", ("a", b"a")), ("file", ("b", b"b"))]
    assert client.post("/v1/files", files=files).status_code == 400


def test_a_file_over_the_bound_leaves_nothing(services: Services, tmp_path: Path) -> None:
    bounded = dataclasses.replace(services, limits=Limits(file_bytes=1000))
    client = asking(create_app(bounded, open_here=True))
    refused = _upload(client, "a", b"a" * 1001)
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "serve.too-large")
    assert client.get("/v1/files").json()["data"] == []
    assert [path for path in (tmp_path / "originals").rglob("*") if path.is_file()] == []


def test_one_owner_cannot_fill_the_disk(services: Services, tmp_path: Path) -> None:
    bounded = dataclasses.replace(services, limits=Limits(owner_bytes=10))
    client = asking(create_app(bounded, open_here=True))
    statuses = [_upload(client, f"{n}", bytes([n]) * 6).status_code for n in range(3)]
    assert statuses == [200, 413, 413]
    assert len(client.get("/v1/files").json()["data"]) == 1
    # Nor with what is refused.
    assert sum(path.is_file() for path in (tmp_path / "originals").rglob("*")) == 1


def test_the_newest_file_comes_first_a_page_at_a_time(client: TestClient) -> None:
    ids = [_upload(client, f"{n}").json()["id"] for n in range(5)]
    first = client.get("/v1/files", params={"limit": 2}).json()
    assert [file["id"] for file in first["data"]] == [ids[4], ids[3]]
    assert first["has_more"] and first["last_id"] == ids[3]
    rest = client.get("/v1/files", params={"after": ids[3]}).json()
    assert [file["id"] for file in rest["data"]] == [ids[2], ids[1], ids[0]]
    assert not rest["has_more"]
    oldest = client.get("/v1/files", params={"order": "asc", "limit": 1}).json()
    assert [file["id"] for file in oldest["data"]] == [ids[0]]
    assert client.get("/v1/files", params={"purpose": "user_data"}).json()["data"] == []


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": "x"}, {"order": "up"}])
def test_a_page_that_makes_no_sense_is_refused(client: TestClient, params: Any) -> None:
    refused = client.get("/v1/files", params=params)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == next(iter(params))


def test_a_deleted_file_is_gone(client: TestClient) -> None:
    file = _upload(client, "a").json()["id"]
    assert client.delete(f"/v1/files/{file}").json()["deleted"] is True
    statuses = [client.get(f"/v1/files/{file}").status_code, client.delete(f"/v1/files/{file}")]
    assert statuses[0] == 404 and statuses[1].status_code == 404


@pytest.mark.parametrize("name", ["nowhere", "%00", "..%2f..", "%F0%28", "a" * 3000, "'; --"])
def test_a_file_that_is_not_there(client: TestClient, name: str) -> None:
    refused = client.get(f"/v1/files/{name}")
    assert refused.status_code == 404 and "error" in refused.json()


def test_another_user_sees_nothing_of_it(services: Services, database: Database) -> None:
    clients = []
    for user in ("ana", "bea"):
        key, kept = new_key(user, now=1)
        database.add_key(kept)
        clients.append(asking(create_app(services), headers={"authorization": f"Bearer {key}"}))
    ana, bea = clients
    file = _upload(ana, "a").json()["id"]
    assert bea.get("/v1/files").json()["data"] == []
    for answer in (
        bea.get(f"/v1/files/{file}"),
        bea.get(f"/v1/files/{file}/content"),
        bea.delete(f"/v1/files/{file}"),
        bea.post("/v1/vector_stores", json={"file_ids": [file]}),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "file_not_found")
    assert ana.get(f"/v1/files/{file}").status_code == 200


def test_a_full_temporary_folder_is_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(self: UploadFile, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(UploadFile, "write", full)
    refused = _upload(client, "a", b"a")
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "serve.disk-full")
