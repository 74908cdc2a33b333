"""The official client, unchanged, against a running server with a real engine behind it."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests import no_sockets
from tests.serve.api.whole_server import whole_server

MODEL: Any = "tiny"
TEXTS = {
    "horario.md": "# Biblioteca\n\nLa biblioteca municipal abre de nueve a dos.\n\n"
    "# Piscina\n\nLa piscina cierra los lunes de enero.\n",
    "residuos.txt": "Los muebles viejos se recogen el primer jueves de cada mes.\n",
}
HOLA: Any = [{"role": "user", "content": "¿Quién eres?"}]

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    no_sockets.allow_loopback(True)
    with whole_server(tmp_path_factory.mktemp("data")) as (address, _):
        yield f"{address}/v1"
        no_sockets.allow_loopback(True)


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as opened:
        yield opened


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["tiny", "words"]
    assert client.models.retrieve("tiny").owned_by == "tertulia"
    with pytest.raises(openai.NotFoundError, match="gpt-9"):
        client.models.retrieve("gpt-9")


def test_the_same_seed_gives_the_same_answer(client: openai.OpenAI) -> None:
    answers = [
        client.chat.completions.create(model=MODEL, messages=HOLA, max_tokens=12, seed=seed)
        for seed in (3, 3, 4)
    ]
    texts = [answer.choices[0].message.content for answer in answers]
    assert texts[0] == texts[1] != texts[2]
    assert answers[0].system_fingerprint == answers[1].system_fingerprint
    usage = answers[0].usage
    assert usage is not None and 1 <= usage.completion_tokens <= 12
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert answers[0].choices[0].finish_reason in ("stop", "length")


def test_a_stream_says_the_same_as_the_whole(client: openai.OpenAI) -> None:
    settings: Any = {"model": MODEL, "messages": HOLA, "max_tokens": 20, "seed": 3}
    whole = client.chat.completions.create(**settings)
    stream = client.chat.completions.create(
        **settings, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    last, usage = chunks[-1].usage, whole.usage
    assert last is not None and usage is not None
    assert last.completion_tokens == usage.completion_tokens


def test_a_stop_text_ends_the_answer_and_is_not_in_it(client: openai.OpenAI) -> None:
    settings: Any = {"model": MODEL, "messages": HOLA, "max_tokens": 40, "seed": 3}
    text = client.chat.completions.create(**settings).choices[0].message.content
    assert text is not None and len(text) > 10
    stop = text[6:8]
    choice = client.chat.completions.create(**settings, stop=[stop]).choices[0]
    assert choice.message.content == text[: text.index(stop)]
    assert choice.finish_reason == "stop"


def test_log_probabilities_sum_to_less_than_one(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model=MODEL, messages=HOLA, max_tokens=5, seed=1, logprobs=True, top_logprobs=4
    )
    told = answer.choices[0].logprobs
    assert told is not None and told.content
    for token in told.content:
        assert len(token.top_logprobs) == 4
        assert sum(math.exp(rival.logprob) for rival in token.top_logprobs) <= 1 + 1e-4
        assert token.logprob <= token.top_logprobs[0].logprob + 1e-6


def test_a_schema_is_obeyed_even_by_a_random_model(client: openai.OpenAI) -> None:
    schema = {
        "type": "object",
        "properties": {"si": {"type": "boolean"}, "n": {"enum": [1, 2]}},
        "required": ["si", "n"],
        "additionalProperties": False,
    }
    format: Any = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    answer = client.chat.completions.create(
        model=MODEL, messages=HOLA, max_tokens=200, seed=1, response_format=format
    )
    assert answer.choices[0].finish_reason == "stop"
    told = json.loads(answer.choices[0].message.content or "")
    assert set(told) == {"si", "n"} and told["n"] in (1, 2) and isinstance(told["si"], bool)


def test_completions_continue_several_texts(client: openai.OpenAI) -> None:
    done = client.completions.create(
        model=MODEL, prompt=["La casa", "El mar"], max_tokens=6, n=2, seed=1, logprobs=2
    )
    assert [choice.index for choice in done.choices] == [0, 1, 2, 3]
    told = done.choices[0].logprobs
    assert told is not None and told.tokens and told.text_offset
    assert told.text_offset[0] == 0 and "".join(told.tokens).startswith(done.choices[0].text[:3])
    streamed = client.completions.create(
        model=MODEL, prompt="La casa", max_tokens=6, seed=1, stream=True
    )
    assert "".join(part.choices[0].text for part in streamed) == done.choices[0].text


def test_a_prompt_that_does_not_fit_is_told_apart(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.completions.create(model=MODEL, prompt="hola " * 2000, max_tokens=6)
    assert refused.value.code == "context_length_exceeded"


def test_tools_are_refused_by_name(client: openai.OpenAI) -> None:
    tools: Any = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=MODEL, messages=HOLA, tools=tools)
    assert refused.value.param == "tools"


def test_embeddings_as_numbers_and_as_bytes_are_the_same(client: openai.OpenAI) -> None:
    by_default = client.embeddings.create(model="words", input=["una casa", "el mar"])
    as_numbers = client.embeddings.create(
        model="words", input=["una casa", "el mar"], encoding_format="float"
    )
    assert [item.index for item in by_default.data] == [0, 1]
    for left, right in zip(by_default.data, as_numbers.data, strict=True):
        assert left.embedding == pytest.approx(right.embedding)
        assert math.hypot(*right.embedding) == pytest.approx(1)
    assert by_default.usage.prompt_tokens == 4
    one = client.embeddings.create(model="words", input="una casa", dimensions=64)
    assert one.data[0].embedding == pytest.approx(by_default.data[0].embedding)


@pytest.mark.parametrize(
    ("settings", "param"),
    [
        ({"input": [1, 2]}, "input"),
        ({"input": [[1], [2]]}, "input"),
        ({"input": [""]}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": "a", "dimensions": 32}, "dimensions"),
    ],
)
def test_embeddings_that_cannot_be_made(client: openai.OpenAI, settings: Any, param: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model="words", **settings)
    assert refused.value.param == param


def test_a_file_is_uploaded_searched_and_deleted(client: openai.OpenAI, tmp_path: Path) -> None:
    store = client.vector_stores.create(name="normas", metadata={"lengua": "es"})
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
        with (tmp_path / name).open("rb") as file:
            added = client.vector_stores.files.upload_and_poll(
                vector_store_id=store.id, file=file, poll_interval_ms=10
            )
        assert (added.status, added.last_error) == ("completed", None)
    assert client.vector_stores.retrieve(store.id).file_counts.completed == 2
    found = client.vector_stores.search(store.id, query="¿Cuándo abre la biblioteca?")
    [best, *_] = found.data
    assert best.filename == "horario.md" and "de nueve a dos" in best.content[0].text
    place: Any = best.model_dump()["tertulia"]
    whole = "".join(
        part.text or ""
        for part in client.vector_stores.files.content(
            file_id=best.file_id, vector_store_id=store.id
        )
    )
    assert whole[place["start"] : place["end"]] == best.content[0].text
    file = client.files.retrieve(best.file_id)
    assert client.files.content(file.id).text == TEXTS["horario.md"]
    assert {one.id for one in client.files.list()} >= {file.id}
    listed = client.vector_stores.files.list(store.id, filter="completed")
    assert len(list(listed)) == 2
    assert client.files.delete(file.id).deleted
    assert client.vector_stores.retrieve(store.id).file_counts.total == 1
    assert client.vector_stores.update(store.id, name="otras").name == "otras"
    more = [("reglas.md", f"Regla {number}.".encode()) for number in range(3)]
    batch = client.vector_stores.file_batches.upload_and_poll(store.id, files=more)
    assert (batch.status, batch.file_counts.completed) == ("completed", 3)
    assert (
        len(client.vector_stores.file_batches.list_files(batch.id, vector_store_id=store.id).data)
        == 3
    )
    assert store.id in [one.id for one in client.vector_stores.list()]
    assert client.vector_stores.delete(store.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.vector_stores.retrieve(store.id)


def test_many_at_once_from_one_loop(url: str) -> None:
    async def ask(client: openai.AsyncOpenAI, seed: int) -> str:
        stream = await client.chat.completions.create(
            model=MODEL, messages=HOLA, max_tokens=10, seed=seed, stream=True
        )
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def ask_all() -> list[str]:
        async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
            return list(await asyncio.gather(*(ask(client, seed % 4) for seed in range(16))))

    texts = asyncio.run(ask_all())
    assert texts[:4] == texts[4:8] == texts[8:12] == texts[12:]
    assert len(set(texts)) == 4


def test_a_file_that_is_too_large_is_told_so(client: openai.OpenAI, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(300 << 20)
    with (tmp_path / "large").open("rb") as file, pytest.raises(openai.APIStatusError) as refused:
        client.files.create(file=file, purpose="assistants")
    assert (refused.value.status_code, refused.value.code) == (413, "too_large")
