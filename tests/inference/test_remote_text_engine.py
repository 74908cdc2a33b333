"""What a server may do wrong, and what becomes of it; the API itself is tried on a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tertulia.errors import ModelError
from tertulia.inference.openai_client import KEY_VARIABLE
from tertulia.inference.remote_text_engine import RemoteTextEngine
from tertulia.inference.text_engine import Message, Piece
from tests.inference.listening import QuietHandler, listening
from tests.inference.tiny_engines import listen, text_of

pytestmark = pytest.mark.loopback

HELLO = [Message(role="user", content="Bon dia")]
Reply = tuple[int, dict[str, str], str]
"""Status, headers, body."""


def chunk(**choice: Any) -> str:
    return "data: " + json.dumps({"choices": [{"index": 0, **choice}]}) + "\n\n"


def says(*words: str) -> str:
    return "".join(chunk(delta={"content": word}) for word in words)


END = chunk(delta={}, finish_reason="stop")
USAGE = 'data: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}\n\n'
DONE = "data: [DONE]\n\n"
GREETS: Reply = (200, {}, ": a comment\n\n" + says("Bon", " dia") + END + USAGE + DONE)


class Scripted:
    """A server that gives the replies it was given, one a request, the last one for ever."""

    def __init__(self, *replies: Reply, models: Any = None) -> None:
        self._replies = list(replies)
        self._models = models or {"data": [{"id": "mine", "max_model_len": 512}]}
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    def reply(self, method: str, body: bytes, key: str | None) -> Reply:
        self.keys.append(key)
        if method == "GET":
            return 200, {}, json.dumps(self._models)
        self.asked.append(json.loads(body))
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


@contextmanager
def serving(script: Scripted) -> Iterator[str]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:
            self._answer("GET", b"")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, method: str, body: bytes) -> None:
            status, headers, text = script.reply(method, body, self.headers.get("Authorization"))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

    with listening(Handler) as url:
        yield url


def asked(script: Scripted, **settings: Any) -> tuple[list[Piece], list[float]]:
    """The pieces, and the pauses between tries."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def work(url: str) -> list[Piece]:
        engine = RemoteTextEngine(url, "mine", pause=pause)
        try:
            return await listen(engine, HELLO, **settings)
        finally:
            await engine.close()

    with serving(script) as url:
        return asyncio.run(work(url)), pauses


def refused(*replies: Reply, **settings: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        asked(Scripted(*replies), **settings)
    return caught.value


def error(status: int, message: str, **headers: str) -> Reply:
    return status, headers, json.dumps({"error": {"message": message}})


def test_text_usage_and_end_are_put_together() -> None:
    pieces, _ = asked(Scripted(GREETS))
    assert text_of(pieces) == "Bon dia"
    assert pieces[-1].finish == "stop"
    usage = pieces[-1].usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (7, 2, 0)


def test_a_server_that_counts_nothing_is_not_made_to_have_counted() -> None:
    pieces, _ = asked(Scripted((200, {}, says("Bon dia") + END + DONE)))
    assert pieces[-1].usage is None


def test_what_is_asked_for_reaches_the_server() -> None:
    script = Scripted(GREETS)
    stops = ("1", "2", "3", "4", "5")
    asked(script, max_tokens=9, temperature=0.5, top_p=0.8, seed=3, stop=stops, log_probabilities=2)
    body = script.asked[0]
    assert body["messages"] == [{"role": "user", "content": "Bon dia"}]
    wanted = {"model": "mine", "max_tokens": 9, "temperature": 0.5, "top_p": 0.8, "seed": 3}
    assert {name: body[name] for name in wanted} == wanted
    assert body["stop"] == ["1", "2", "3", "4"]
    assert (body["logprobs"], body["top_logprobs"]) == (True, 2)


def test_half_a_surrogate_pair_reaches_the_server_as_json_has_it() -> None:
    script = Scripted(GREETS)

    async def work(url: str) -> None:
        engine = RemoteTextEngine(url, "mine")
        try:
            await listen(engine, "a\ud800")
        finally:
            await engine.close()

    with serving(script) as url:
        asyncio.run(work(url))
    assert script.asked[0]["prompt"] == "a\ud800"


def test_a_stop_string_that_the_api_has_no_room_for_is_found_here() -> None:
    pieces, _ = asked(Scripted(GREETS), stop=("1", "2", "3", "4", "n d"))
    assert text_of(pieces) == "Bo"
    assert pieces[-1].finish == "stop"


def test_a_busy_server_is_asked_again_before_it_begins() -> None:
    busy = error(503, "loading")
    pieces, pauses = asked(Scripted(busy, error(429, "full", **{"Retry-After": "7"}), GREETS))
    assert text_of(pieces) == "Bon dia"
    assert pauses == [0.5, 7.0]


def test_a_server_that_stays_busy_is_told_to_be() -> None:
    assert refused(error(429, "full")).code == "inference.busy"


@pytest.mark.parametrize(
    ("reply", "code", "says_so"),
    [
        (error(401, "no"), "inference.server-refused", KEY_VARIABLE),
        (error(400, "max context length is 9"), "inference.too-long", "context length is 9"),
        (error(404, "no such model"), "inference.server-refused", "no such model"),
        (error(500, "oh"), "inference.server-refused", "oh"),
        ((500, {}, "not JSON"), "inference.server-refused", "not JSON"),
        ((200, {}, "data: {\n\n"), "inference.server-answer", "/v1"),
        ((200, {}, 'data: {"choices": 3}\n\n'), "inference.server-answer", "/v1"),
        ((200, {}, 'data: {"error": {"message": "lost"}}\n\n'), "inference.server-refused", "lost"),
        ((200, {}, says("Bon")), "inference.unreachable", "breaks off"),
    ],
)
def test_what_a_server_refuses_is_told(reply: Reply, code: str, says_so: str) -> None:
    told = refused(reply)
    assert told.code == code
    assert says_so in str(told)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with serving(Scripted(GREETS)) as url:
        pass

    async def work() -> None:
        async def pause(_: float) -> None:
            """No patience."""

        engine = RemoteTextEngine(url, "mine", pause=pause)
        try:
            await listen(engine, HELLO)
        finally:
            await engine.close()

    with pytest.raises(ModelError) as caught:
        asyncio.run(work())
    assert caught.value.code == "inference.unreachable"


def test_the_one_model_its_context_and_the_key_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    script = Scripted(GREETS)

    async def work(engine: RemoteTextEngine) -> str:
        try:
            return text_of(await listen(engine, HELLO))
        finally:
            await engine.close()

    with serving(script) as url:
        engine = RemoteTextEngine.open(url)
        assert (engine.name, engine.context) == ("mine", 512)
        assert asyncio.run(work(engine)) == "Bon dia"
        with pytest.raises(ModelError) as caught:
            RemoteTextEngine.open(f"{url}#another")
    assert caught.value.code == "inference.server-model"
    assert set(script.keys) == {"Bearer secret"}
