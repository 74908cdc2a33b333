"""`chat` and `generate` around an engine that says what it heard."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tertulia.cli import main
from tertulia.tokenizer.special import SpecialIds


class _Letters:
    """A tokenizer whose ids are code points, 64 up."""

    special = SpecialIds()

    def encode(self, text: str) -> list[int]:
        return [64 + ord(letter) for letter in text]

    def encode_chat(
        self, messages: Sequence[Mapping[str, str]], generation_prompt: bool = False
    ) -> tuple[list[int], list[bool]]:
        ids = self.encode("".join(f"{m['role'][0]}:{m['content']};" for m in messages))
        return ids, [False] * len(ids)

    def stream_decoder(self) -> _Letters:
        return self

    def push(self, index: int) -> str:
        return chr(index - 64)

    def finish(self) -> str:
        return ""


class _Echo:
    """An engine that answers with its prompt in capitals, at most `max_tokens` letters of it."""

    context = 4096

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def generate(
        self, ids: Sequence[int], *, max_tokens: int, stop_ids: Collection[int], **settings: Any
    ) -> Iterator[int]:
        self.asked.append({"max_tokens": max_tokens, **settings})
        text = "".join(chr(index - 64) for index in ids if index >= 64)
        yield from (64 + ord(letter) for letter in text.upper()[:max_tokens])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> _Echo:
    echo = _Echo()
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tertulia.inference.torch_engine.TorchEngine.open", lambda folder: echo)
    monkeypatch.setattr("tertulia.tokenizer.tokenizer.load_tokenizer", lambda folder: _Letters())
    return echo


def _type(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_generate_continues_a_prompt(engine: _Echo, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--max-tokens", "4", "--temperature", "0", "--top-p", "0.5", "--seed", "7"]
    assert main(["generate", "model", "--prompt", "egun on", *options]) == 0
    assert capsys.readouterr().out == "EGUN\n"
    assert engine.asked == [{"max_tokens": 4, "temperature": 0.0, "top_p": 0.5, "seed": 7}]


def test_generate_reads_standard_input_without_a_prompt(
    engine: _Echo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _type(monkeypatch, "bon dia")
    assert main(["generate", "model"]) == 0
    assert capsys.readouterr().out == "BON DIA\n"


def test_generate_at_a_terminal_asks_for_a_prompt(
    engine: _Echo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert main(["generate", "model"]) == 2
    assert "error[cli.no-prompt]" in capsys.readouterr().err


def test_chat_answers_line_by_line_and_remembers(
    engine: _Echo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _type(monkeypatch, "ola\n\nadeus\n")
    assert main(["chat", "model", "--system", "fala galego"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "S:FALA GALEGO;U:OLA;"
    assert second == f"S:FALA GALEGO;U:OLA;A:{first};U:ADEUS;"


def test_chat_draws_each_answer_from_a_seed_of_its_own(
    engine: _Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    _type(monkeypatch, "a\nb\nc\n")
    assert main(["chat", "model", "--seed", "5"]) == 0
    assert [asked["seed"] for asked in engine.asked] == [5, 6, 7]


@pytest.mark.parametrize("verb", ["chat", "generate"])
def test_a_model_that_is_not_there_is_the_users_mistake(
    verb: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([verb, "nowhere"]) == 2
    assert "error[model.not-found]" in capsys.readouterr().err
