"""Who may ask: the owner of a key, or whoever sits at a machine that has none; no other site."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from anyio.to_thread import current_default_thread_limiter
from starlette.testclient import TestClient

from tertulia.errors import ServeError
from tertulia.serve.api.app import create_app
from tertulia.serve.api.server import is_loopback, may_listen
from tertulia.serve.api.services import Services
from tertulia.serve.database.database import Database
from tertulia.serve.keys import PREFIX, digest_of, find_key, new_key
from tests.serve.api.conftest import asking

NOW = 1_800_000_000


@pytest.fixture
def key(database: Database) -> str:
    shown, kept = new_key("ana", now=NOW)
    database.add_key(kept)
    return shown


def _get(services: Services, *, open_here: bool = False, **headers: str) -> int:
    app = create_app(services, open_here=open_here)
    return asking(app).get("/v1/models", headers=headers).status_code


def test_a_key_is_random_and_only_its_digest_is_kept() -> None:
    shown, kept = new_key("ana", now=NOW)
    assert shown.startswith(PREFIX) and len(shown) == len(PREFIX) + 43
    assert kept.digest == digest_of(shown) and shown not in repr(kept)
    assert new_key("ana", now=NOW)[0] != shown


def test_a_key_is_found_by_its_digest_alone(database: Database, key: str) -> None:
    found = find_key(database, key)
    assert found is not None and found.user == "ana"
    assert find_key(database, key[:-1]) is None
    assert find_key(database, digest_of(key)) is None


def test_the_bearer_of_a_key_comes_in(services: Services, key: str) -> None:
    assert _get(services, authorization=f"Bearer {key}") == 200
    assert _get(services, authorization=f"bearer  {key} ") == 200


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer tk-", "Basic x", "Bearer tk-é\udcff"])
def test_nobody_else_does(services: Services, key: str, shown: str) -> None:
    app = create_app(services, open_here=True)
    headers = {"authorization": shown.encode("utf-8", "surrogateescape")} if shown else {}
    refused = asking(app).get("/v1/models", headers=headers)
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "invalid_api_key"
    assert refused.headers["www-authenticate"] == "Bearer"


def test_an_expired_key_is_told_so(services: Services, database: Database) -> None:
    shown, kept = new_key("ana", now=NOW, expires=1)
    database.add_key(kept)
    refused = asking(create_app(services)).get(
        "/v1/models", headers={"authorization": f"Bearer {shown}"}
    )
    assert refused.status_code == 401 and "expired" in refused.json()["error"]["message"]


def test_a_revoked_key_is_worth_nothing_at_once(
    services: Services, database: Database, key: str
) -> None:
    app = create_app(services, open_here=True)
    client = asking(app, headers={"authorization": f"Bearer {key}"})
    assert client.get("/v1/models").status_code == 200
    found = find_key(database, key)
    assert found is not None and database.delete_key(found.id)
    # Nor does the server open again because no key is left.
    assert client.get("/v1/models").status_code == 401


def test_a_machine_without_keys_is_open_until_the_first_is_made(
    services: Services, database: Database
) -> None:
    client = asking(create_app(services, open_here=True))
    assert client.get("/v1/models").status_code == 200
    database.add_key(new_key("ana", now=NOW)[1])
    assert client.get("/v1/models").status_code == 401


def test_a_server_is_closed_unless_told_otherwise(services: Services) -> None:
    assert _get(services) == 401


def test_health_and_the_description_are_for_everybody(services: Services) -> None:
    client = asking(create_app(services))
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/openapi.json").status_code == 200
    assert [client.get(path).status_code for path in ("/docs", "/redoc")] == [401, 401]


def test_the_key_is_asked_for_before_a_body_is_read(services: Services) -> None:
    client = asking(create_app(services))
    refused = client.post("/v1/files", content=b"this is no form at all")
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("127.0.0.1:99", 200),
        ("[::1]:99", 200),
        ("attacker.example", 421),
        ("localhost.attacker.example", 421),
        ("127.0.0.1.attacker.example:80", 421),
        ("", 421),
    ],
)
def test_only_names_of_this_machine_are_answered(
    services: Services, host: str, status: int
) -> None:
    assert _get(services, open_here=True, host=host) == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 200),
        ("http://attacker.example", 403),
        ("http://localhost:81", 403),
        ("null", 403),
    ],
)
def test_pages_of_other_sites_may_not_ask(services: Services, origin: str, status: int) -> None:
    assert _get(services, open_here=True, origin=origin) == status


def test_a_site_that_is_named_may_ask(services: Services) -> None:
    site = "https://intranet.example"
    client = asking(create_app(services, open_here=True, origins=[site]))
    answer = client.get("/v1/models", headers={"origin": site})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == site
    preflight = {"origin": site, "access-control-request-method": "POST"}
    assert client.options("/v1/chat/completions", headers=preflight).status_code == 200


def test_without_named_sites_no_page_is_let_in(client: TestClient) -> None:
    answer = client.get("/v1/models", headers={"origin": "http://localhost"})
    assert "access-control-allow-origin" not in answer.headers


def test_other_machines_are_let_in_only_with_keys(database: Database) -> None:
    assert may_listen("127.0.0.1", database)
    with pytest.raises(ServeError) as refused:
        may_listen("0.0.0.0", database)
    assert refused.value.code == "serve.no-keys"
    database.add_key(new_key("ana", now=NOW)[1])
    assert not may_listen("0.0.0.0", database)
    assert not may_listen("127.0.0.1", database)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("example.org", False),
    ],
)
def test_which_addresses_only_this_machine_reaches(host: str, here: bool) -> None:
    assert is_loopback(host) is here


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"])
def test_what_a_proxy_passes_on_needs_a_key_even_on_an_open_server(
    services: Services, key: str, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed_on = {header: "203.0.113.7"}
    assert _get(services, authorization=f"Bearer {key}", **passed_on) == 200
    monkeypatch.setattr(services.database, "keys", lambda tenant: [])
    assert _get(services, open_here=True, **passed_on) == 401


def test_names_and_sites_are_compared_as_browsers_write_them(services: Services) -> None:
    app = create_app(
        services,
        open_here=True,
        hosts=frozenset({"Intranet.Example"}),
        origins=["https://Intranet.Example/"],
    )
    headers = {"host": "intranet.example", "origin": "https://intranet.example"}
    answer = asking(app).get("/v1/models", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://intranet.example"


def test_nobody_waits_at_the_door_for_a_slow_search(services: Services) -> None:
    async def ask() -> int:
        transport = httpx.ASGITransport(create_app(services, open_here=True))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            threads = current_default_thread_limiter()
            busy = [
                threads.acquire_on_behalf_of(object()) for _ in range(int(threads.total_tokens))
            ]
            await asyncio.gather(*busy)
            async with asyncio.timeout(5):
                refused = await client.post("/v1/chat/completions", json={"model": "none"})
            return refused.status_code

    assert asyncio.run(ask()) == 400
