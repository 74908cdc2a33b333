"""URLs become files of this machine: once, whole, or with one clear error."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tertulia.errors import MissingExtraError, RecipeError
from tertulia.recipe.download import cache_folder, downloaded

BODY = b'{"text": "auga"}\n' * 1000


class _Site(http.server.BaseHTTPRequestHandler):
    """`/short` promises more than it gives; `/gone` is not there; the rest is `BODY`."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(404 if self.path == "/gone" else 200)
        promised = len(BODY) + (7 if self.path == "/short" else 0)
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[http.server.ThreadingHTTPServer]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        server.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def _left_over() -> list[Path]:
    return list(cache_folder().iterdir()) if cache_folder().is_dir() else []


def _refusal(url: str) -> RecipeError:
    with pytest.raises(RecipeError) as caught:
        downloaded(url, where="sources.toml, line 3")
    assert _left_over() == []
    return caught.value


@pytest.mark.loopback
def test_a_file_is_fetched_once(site: http.server.ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{site.server_port}/data/a%20b.jsonl?x=1"
    path = downloaded(url, where="here")
    assert (path.name, path.read_bytes()) == ("a b.jsonl", BODY)
    assert downloaded(url, where="here") == path
    assert len(site.asked) == 1  # type: ignore[attr-defined]


@pytest.mark.loopback
@pytest.mark.parametrize("name", ["short", "gone"])
def test_half_a_file_is_none(site: http.server.ThreadingHTTPServer, name: str) -> None:
    error = _refusal(f"http://user:segredo@127.0.0.1:{site.server_port}/{name}")
    assert error.code == "recipe.not-downloaded"
    assert "segredo" not in str(error)
    assert (f"of {len(BODY) + 7}" in str(error)) == (name == "short")
    assert ("HTTP status 404" in str(error)) == (name == "gone")


def test_no_network_is_one_clear_error() -> None:
    error = _refusal("https://example.org/a.jsonl")
    assert error.code == "recipe.not-downloaded"
    assert "https://example.org/a.jsonl" in error.what
    assert error.where == "sources.toml, line 3"
    assert "`path`" in str(error.remedy)


@pytest.mark.loopback
def test_a_server_that_is_not_there_is_one_too() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert _refusal(f"http://127.0.0.1:{port}/a.jsonl").code == "recipe.not-downloaded"


@pytest.mark.parametrize("url", ["nonsense://x/y", "s3://bucket/a.jsonl"])
def test_a_protocol_that_nobody_speaks_here_is_told(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises((RecipeError, MissingExtraError)) as caught:
        downloaded(url, where="here")
    assert caught.value.code in ("recipe.missing-protocol", "recipe.not-downloaded")
    assert _left_over() == []


def test_a_file_url_is_a_copy_and_a_folder_one_too(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    (folder / "b").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "b" / "c.txt").write_text("c")
    assert downloaded((folder / "a.txt").as_uri(), where="here").read_text() == "a"
    copied = downloaded(folder.as_uri(), where="here")
    found = sorted(path.relative_to(copied).as_posix() for path in copied.rglob("*.txt"))
    assert found == ["a.txt", "b/c.txt"]
    assert _refusal_of_nothing(tmp_path).code == "recipe.not-downloaded"


def _refusal_of_nothing(folder: Path) -> RecipeError:
    with pytest.raises(RecipeError) as caught:
        downloaded((folder / "nowhere").as_uri(), where="here")
    return caught.value


@pytest.mark.loopback
def test_a_name_in_a_url_leads_nowhere_else(site: http.server.ThreadingHTTPServer) -> None:
    for name in ("..%2f..%2fout.txt", "..", "%00", ".."):
        path = downloaded(f"http://127.0.0.1:{site.server_port}/{name}", where="here")
        assert path.resolve().is_relative_to(cache_folder().resolve())
        assert path.parent.parent == cache_folder()
