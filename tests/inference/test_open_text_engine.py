"""From a name to an engine: what is chosen, and what is refused in one line."""

from __future__ import annotations

import asyncio
import importlib.util
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tertulia.errors import ModelError
from tertulia.inference.open_text_engine import gguf_of, is_base, open_text_engine
from tertulia.inference.text_engine import EngineSettings, Message, TextEngine
from tests.inference.tiny_engines import listen, local_engine, open_batch, text_of, write_gguf

SETTINGS = EngineSettings(threads=1)
OPENING = "tertulia.inference.open_text_engine"
"""The room exports its function under the module's own name."""


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("opening"))


def opened_kinds(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Which files would be opened by which engine."""
    opened: list[tuple[str, str]] = []

    def note(path: Path, engine: str, settings: EngineSettings) -> None:
        opened.append((path.name, engine))

    monkeypatch.setattr(import_module(OPENING), "_open_local", note)
    return opened


def test_a_folder_with_a_gguf_file_beside_it_is_for_openvino(
    gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = opened_kinds(monkeypatch)
    open_text_engine(gguf.with_suffix(""))
    open_text_engine(gguf)
    open_text_engine(gguf.with_suffix(""), "llama_cpp")
    open_text_engine(gguf.with_suffix(""), "torch")
    open_text_engine(gguf, "torch")
    assert opened == [
        ("tiny.gguf", "openvino"),
        ("tiny.gguf", "openvino"),
        ("tiny.gguf", "llama_cpp"),
        ("tiny", "torch"),
        ("tiny.gguf", "torch"),
    ]


def test_without_openvino_or_without_a_gguf_file_it_is_for_torch(
    gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = opened_kinds(monkeypatch)
    open_text_engine(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    open_text_engine(gguf)
    assert opened == [(tmp_path.name, "torch"), ("tiny.gguf", "torch")]


def test_a_file_that_openvino_does_not_read_is_for_torch(
    gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def refuse(path: Path, engine: str, settings: EngineSettings) -> Any:
        tried.append(engine)
        if engine == "openvino":
            raise ModelError("inference.openvino-refuses", "it is BF16")

    monkeypatch.setattr(import_module(OPENING), "_open_local", refuse)
    open_text_engine(gguf)
    assert tried == ["openvino", "torch"]


@pytest.mark.parametrize(
    ("model", "engine", "code"),
    [
        ("nowhere", None, "model.not-found"),
        ("nowhere", "magic", "inference.engine"),
        ("nowhere", "remote", "inference.engine"),
        ("http://127.0.0.1:9/v1", "torch", "inference.engine"),
        (".", "openvino", "inference.no-gguf"),
        (".", "llama_cpp", "inference.no-gguf"),
        (".", None, "model.file-unreadable"),
    ],
)
def test_what_cannot_be_opened_is_refused(
    tmp_path: Path, model: str, engine: str | None, code: str
) -> None:
    name = model if "://" in model else str(tmp_path / model)
    with pytest.raises(ModelError) as caught:
        open_text_engine(name, engine)
    assert caught.value.code == code


def test_the_one_gguf_file_in_a_folder_is_found(tmp_path: Path) -> None:
    assert gguf_of(tmp_path) is None
    (tmp_path / "a.gguf").touch()
    assert gguf_of(tmp_path) == tmp_path / "a.gguf"
    (tmp_path / "b.gguf").touch()
    assert gguf_of(tmp_path) is None


@pytest.mark.parametrize("engine", ["openvino", "llama_cpp"])
def test_it_answers_once_opened(gguf: Path, engine: str) -> None:
    async def work(opened: TextEngine) -> str:
        try:
            return text_of(await listen(opened, "La casa", max_tokens=8, temperature=0.0))
        finally:
            await opened.close()

    with_it = asyncio.run(work(open_text_engine(gguf, engine, SETTINGS)))
    assert with_it == asyncio.run(work(local_engine(open_batch("torch", gguf), gguf)))


def test_a_base_model_continues_texts_and_does_not_chat(tmp_path: Path) -> None:
    gguf = write_gguf(tmp_path, kind="base")
    assert is_base(gguf)
    (gguf.with_suffix("") / "tertulia.json").write_text('{"stage": "base"}')
    assert is_base(gguf.with_suffix(""))

    async def work() -> None:
        engine = local_engine(open_batch("torch", gguf), gguf, chats=False)
        assert text_of(await listen(engine, "La casa", max_tokens=3))
        with pytest.raises(ModelError) as caught:
            await listen(engine, [Message(role="user", content="Bon dia")])
        assert caught.value.code == "inference.no-chat"
        with pytest.raises(ModelError):
            engine.count_tokens([])
        await engine.close()

    asyncio.run(work())


def test_an_instruct_model_is_no_base_model(gguf: Path) -> None:
    assert not is_base(gguf)
    assert not is_base(gguf.with_suffix(""))
