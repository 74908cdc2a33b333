"""Chats out of collections: the answer carries what it cites, in OpenAI's shape and in ours."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from tertulia.inference.text_engine import Message, TextRequest
from tertulia.serve.answers.citation import AnswerPiece, Citation, Removed
from tertulia.serve.api.app import create_app
from tertulia.serve.api.services import Services
from tertulia.serve.database.records import Reader
from tests.serve.api.conftest import asking

FIRST = "La biblioteca abre a las nueve."
SECOND = " Cierra a las dos."


@dataclass
class ScriptedAnswers:
    """Cites one span for each of two statements, and says that it took a third one out."""

    asked: list[tuple[str, Sequence[str], Reader]] = field(default_factory=list)

    async def answer(
        self,
        messages: Sequence[Message],
        collections: Sequence[str],
        reader: Reader,
        request: TextRequest,
    ) -> AsyncIterator[AnswerPiece]:
        self.asked.append((messages[-1].content, collections, reader))
        for number, text in enumerate((FIRST, SECOND), 1):
            cited = Citation(
                number=number,
                statement=text.strip(),
                quote="de nueve a dos",
                document="doc-1",
                document_name="horario.pdf",
                page=3,
                start=10,
                end=24,
            )
            yield AnswerPiece(text=text, citations=(cited,))
        removed = Removed(statement="Es gratis.", reason="not-supported")
        yield AnswerPiece(text="", removed=(removed,))


@pytest.fixture
def answers() -> ScriptedAnswers:
    return ScriptedAnswers()


@pytest.fixture
def client(services: Services, answers: ScriptedAnswers) -> TestClient:
    answering = dataclasses.replace(services, answers={"scripted": answers})
    return asking(create_app(answering, open_here=True))


@pytest.fixture
def store(client: TestClient) -> str:
    return str(client.post("/v1/vector_stores", json={"name": "normas"}).json()["id"])


def _ask(client: TestClient, **parameters: Any) -> Any:
    body = {"model": "scripted", "messages": [{"role": "user", "content": "¿Cuándo?"}]}
    return client.post("/v1/chat/completions", json={**body, **parameters})


def test_an_answer_carries_its_citations(
    client: TestClient, answers: ScriptedAnswers, store: str
) -> None:
    answer = _ask(client, tertulia={"collections": [store]}).json()
    [choice] = answer["choices"]
    assert choice["message"]["content"] == FIRST + SECOND
    places = [note["index"] for note in choice["message"]["annotations"]]
    assert places == [len(FIRST), len(FIRST + SECOND)]
    assert choice["message"]["annotations"][0]["filename"] == "horario.pdf"
    told = answer["tertulia"]
    assert told["abstained"] is False
    assert told["citations"][0] == {
        "statement": FIRST,
        "quote": "de nueve a dos",
        "document": "doc-1",
        "document_name": "horario.pdf",
        "page": 3,
        "start": 10,
        "end": 24,
        "url": "/documents/doc-1?start=10&end=24",
    }
    assert told["removed"] == [{"statement": "Es gratis.", "reason": "not-supported"}]
    [(question, collections, reader)] = answers.asked
    assert (question, collections, reader.user) == ("¿Cuándo?", [store], "local")


@pytest.mark.parametrize("model", ["scripted+normas", "scripted+{store}"])
def test_a_model_can_be_asked_together_with_a_collection(
    client: TestClient, answers: ScriptedAnswers, store: str, model: str
) -> None:
    answer = _ask(client, model=model.format(store=store)).json()
    assert (
        answer["model"] == model.format(store=store) and len(answer["tertulia"]["citations"]) == 2
    )
    assert answers.asked[0][1] == [store]
    listed = [model["id"] for model in client.get("/v1/models").json()["data"]]
    assert listed == ["scripted", "scripted+normas"]
    assert client.get("/v1/models/scripted+normas").status_code == 200


def test_a_streams_citations_come_last(client: TestClient, store: str) -> None:
    text = _ask(client, tertulia={"collections": ["normas"]}, stream=True).text
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert lines.pop() == "[DONE]"
    events = [json.loads(line) for line in lines]
    deltas = [event["choices"][0]["delta"] for event in events]
    assert [delta.get("content") for delta in deltas] == ["", FIRST, SECOND, None]
    assert len(deltas[-1]["annotations"]) == 2 and len(events[-1]["tertulia"]["citations"]) == 2
    assert events[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    ("parameters", "status", "param"),
    [
        ({"n": 2}, 400, "n"),
        ({"logprobs": True}, 400, "logprobs"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format"),
        ({"tertulia": {"collections": ["nowhere"]}}, 404, None),
        ({"model": "scripted+nowhere"}, 404, None),
    ],
)
def test_what_does_not_go_with_citations_is_refused(
    client: TestClient, answers: ScriptedAnswers, store: str, parameters: Any, status: int,
    param: str | None,
) -> None:  # fmt: skip
    refused = _ask(client, **{"tertulia": {"collections": [store]}, **parameters})
    assert refused.status_code == status
    assert refused.json()["error"]["param"] == param
    assert answers.asked == []


def test_a_completion_is_not_asked_out_of_a_collection(client: TestClient, store: str) -> None:
    body = {"model": "scripted+normas", "prompt": "La"}
    assert client.post("/v1/completions", json=body).status_code == 404
