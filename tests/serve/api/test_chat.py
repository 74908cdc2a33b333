"""Chats and completions in the shapes of the OpenAI API; what would change meaning is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tertulia.errors import ModelError
from tests.serve.api.scripted_engine import ScriptedEngine

HOLA = [{"role": "user", "content": "hola"}]


def _chat(client: TestClient, **parameters: Any) -> Any:
    return client.post(
        "/v1/chat/completions", json={"model": "scripted", "messages": HOLA, **parameters}
    )


def _events(text: str) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


def test_an_answer_has_text_reason_and_counts(client: TestClient) -> None:
    answer = _chat(client).json()
    [choice] = answer["choices"]
    assert choice["message"] == {"role": "assistant", "content": "Bon dia.", "refusal": None}
    assert (choice["finish_reason"], choice["logprobs"]) == ("stop", None)
    assert answer["usage"]["total_tokens"] == 10
    assert answer["object"] == "chat.completion" and answer["model"] == "scripted"


def test_the_fingerprint_stays_and_the_id_changes(client: TestClient) -> None:
    first, second = _chat(client).json(), _chat(client).json()
    assert first["system_fingerprint"] == second["system_fingerprint"]
    assert first["id"] != second["id"]


def test_a_stream_begins_with_the_role_and_ends_with_done(client: TestClient) -> None:
    *events, done = _events(_chat(client, stream=True).text)
    deltas = [event["choices"][0]["delta"] for event in events]
    assert done == "[DONE]" and deltas[0]["role"] == "assistant"
    assert "".join(delta.get("content", "") for delta in deltas) == "Bon dia."
    assert [event["choices"][0]["finish_reason"] for event in events][-1] == "stop"
    assert all("usage" not in event for event in events)


def test_a_stream_tells_counts_when_asked(client: TestClient) -> None:
    options = {"include_usage": True}
    *events, last, _ = _events(_chat(client, stream=True, stream_options=options).text)
    assert all(event["usage"] is None for event in events)
    assert last["choices"] == [] and last["usage"]["completion_tokens"] == 3


@pytest.mark.parametrize("stream", [False, True])
def test_several_choices_draw_from_seeds_of_their_own(
    client: TestClient, engine: ScriptedEngine, stream: bool
) -> None:
    answer = _chat(client, n=3, seed=5, stream=stream)
    assert sorted(request.seed or 0 for _, request, _ in engine.asked) == [5, 6, 7]
    if stream:
        texts = {0: "", 1: "", 2: ""}
        for event in _events(answer.text)[:-1]:
            [choice] = event["choices"]
            texts[choice["index"]] += choice["delta"].get("content", "")
        assert texts == {0: "Bon dia.", 1: "Bon dia.", 2: "Bon dia."}
    else:
        assert [choice["index"] for choice in answer.json()["choices"]] == [0, 1, 2]
        assert answer.json()["usage"]["prompt_tokens"] == 7
        assert answer.json()["usage"]["completion_tokens"] == 9


def test_log_probabilities_name_bytes_and_rivals(client: TestClient) -> None:
    answer = _chat(client, logprobs=True, top_logprobs=2).json()
    first = answer["choices"][0]["logprobs"]["content"][0]
    assert (first["token"], first["bytes"], first["logprob"]) == ("Bon", [66, 111, 110], -0.5)
    assert [rival["logprob"] for rival in first["top_logprobs"]] == [-0.5, -9999.0]


def test_parameters_reach_the_engine(client: TestClient, engine: ScriptedEngine) -> None:
    _chat(client, temperature=0, top_p=0.5, max_completion_tokens=9, max_tokens=5, stop=["x", "y"])
    [(heard, request, user)] = engine.asked
    assert heard == "user:hola;" and user == "default/local"
    assert (request.temperature, request.top_p, request.max_tokens) == (0, 0.5, 9)
    assert request.stop == ("x", "y")


def test_text_parts_are_one_text_and_developers_are_the_system(
    client: TestClient, engine: ScriptedEngine
) -> None:
    parts = [{"type": "text", "text": "bon "}, {"type": "text", "text": "dia"}]
    turns = [{"role": "developer", "content": "breu"}, {"role": "user", "content": parts}]
    assert _chat(client, messages=turns).status_code == 200
    assert engine.asked[0][0] == "system:breu;user:bon dia;"


@pytest.mark.parametrize(
    ("format", "schema"),
    [
        ({"type": "text"}, None),
        ({"type": "json_object"}, {"type": "object"}),
        ({"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "array"}}},
         {"type": "array"}),
    ],
)  # fmt: skip
def test_a_response_format_becomes_a_schema(
    client: TestClient, engine: ScriptedEngine, format: Any, schema: Any
) -> None:
    assert _chat(client, response_format=format).status_code == 200
    asked = engine.asked[0][1].json_schema
    assert (asked and json.loads(asked)) == schema


@pytest.mark.parametrize(
    ("parameters", "param"),
    [
        ({"tools": [{"type": "function"}]}, "tools"),
        ({"functions": [{}]}, "functions"),
        ({"audio": {"voice": "a"}}, "audio"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"logit_bias": {"5": 1}}, "logit_bias"),
        ({"top_k": 40}, "top_k"),
        ({"n": 9}, "n"),
        ({"n": 0}, "n"),
        ({"temperature": 3}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stop": ""}, "stop"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "king", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
         "messages[0].content[0].type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"tertulia": {"collections": ["a"]}}, "tertulia.collections"),
        ({"tertulia": {"collection": ["a"]}}, "tertulia.collections"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_by_name(
    client: TestClient, engine: ScriptedEngine, parameters: Any, param: str
) -> None:
    refused = _chat(client, **parameters)
    assert refused.status_code == 400
    error = refused.json()["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert param.rpartition(".")[2] in error["message"] and error["code"]
    assert engine.asked == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"user": "u", "metadata": {"a": "b"}, "store": True, "service_tier": "auto"},
        {"tools": [], "tool_choice": "auto", "parallel_tool_calls": False},
        {"frequency_penalty": 0, "presence_penalty": 0.0, "logit_bias": {}, "top_k": -1},
        {"tools": None, "audio": None, "stop": None, "n": None, "response_format": None},
    ],
)
def test_what_changes_nothing_is_accepted(client: TestClient, parameters: Any) -> None:
    assert _chat(client, **parameters).status_code == 200


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("inference.busy", 429, "server_busy"),
        ("inference.timeout", 504, "inference.timeout"),
        ("inference.too-long", 400, "context_length_exceeded"),
        ("inference.not-supported", 400, "inference.not-supported"),
        ("inference.setting", 400, "inference.setting"),
        ("inference.unreachable", 502, "inference.unreachable"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_an_engines_refusal_has_its_status(
    client: TestClient, engine: ScriptedEngine, code: str, status: int, told: str, stream: bool
) -> None:
    engine.fails_before = ModelError(code, "no", where="/secret/place", remedy="Try later")
    refused = _chat(client, stream=stream)
    assert refused.status_code == status
    assert refused.json()["error"]["code"] == told
    assert "secret" not in refused.text
    assert ("retry-after" in refused.headers) == (status == 429)


def test_a_crash_tells_nothing_of_the_inside(
    client: TestClient, engine: ScriptedEngine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.fails_after = RuntimeError("/secret/place")
    crashed = _chat(client)
    assert crashed.status_code == 500
    assert crashed.json()["error"]["type"] == "server_error"
    assert "secret" not in crashed.text and "Traceback" not in crashed.text
    assert "/secret/place" in caplog.text


def test_a_failure_within_a_stream_is_its_last_event(
    client: TestClient, engine: ScriptedEngine
) -> None:
    engine.fails_after = ModelError("inference.timeout", "too slow")
    *events, last = _events(_chat(client, stream=True).text)
    assert len(events) == 4
    assert last["error"]["code"] == "inference.timeout"
    assert engine.running == 0


def test_one_failing_choice_ends_the_others(client: TestClient, engine: ScriptedEngine) -> None:
    engine.fails_after = ModelError("inference.timeout", "too slow")
    assert _chat(client, n=4).status_code == 504
    assert (engine.running, engine.closed) == (0, 4)


def test_an_unknown_model_names_those_there_are(client: TestClient) -> None:
    refused = _chat(client, model="gpt-9")
    assert refused.status_code == 404
    assert refused.json()["error"]["code"] == "model_not_found"
    assert "scripted" in refused.json()["error"]["message"]


class TestCompletions:
    def _complete(self, client: TestClient, **parameters: Any) -> Any:
        body = {"model": "scripted", "prompt": "Era", **parameters}
        return client.post("/v1/completions", json=body)

    def test_prompts_and_choices_are_numbered_through(self, client: TestClient) -> None:
        answer = self._complete(client, prompt=["a", "b"], n=2).json()
        assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2, 3]
        assert answer["usage"]["prompt_tokens"] == 14

    def test_without_a_number_sixteen_tokens_are_written(
        self, client: TestClient, engine: ScriptedEngine
    ) -> None:
        self._complete(client)
        assert engine.asked[0][1].max_tokens == 16

    def test_offsets_go_on_through_a_stream(self, client: TestClient) -> None:
        events = _events(self._complete(client, stream=True, logprobs=1).text)[:-1]
        offsets = [event["choices"][0]["logprobs"]["text_offset"] for event in events]
        assert offsets == [[0], [3], [7], []]

    def test_no_rivals_are_told_where_none_are_asked(self, client: TestClient) -> None:
        told = self._complete(client, logprobs=0).json()["choices"][0]["logprobs"]
        assert told["token_logprobs"] == [-0.5, -0.5, -0.5] and told["top_logprobs"] is None

    @pytest.mark.parametrize(
        ("parameters", "param"),
        [
            ({"echo": True}, "echo"),
            ({"suffix": "end"}, "suffix"),
            ({"best_of": 3}, "best_of"),
            ({"prompt": [1, 2, 3]}, "prompt"),
            ({"prompt": [[1, 2], [3]]}, "prompt"),
            ({"prompt": ["a"] * 9}, "prompt"),
            ({"logprobs": 6}, "logprobs"),
            ({"prompt": {}}, "prompt"),
        ],
    )
    def test_what_cannot_be_done_is_refused_by_name(
        self, client: TestClient, parameters: Any, param: str
    ) -> None:
        refused = self._complete(client, **parameters)
        assert refused.status_code == 400
        assert refused.json()["error"]["param"] == param
