"""A long context is served as far as the memory reaches, and no answer is promised more."""

from __future__ import annotations

import asyncio
import dataclasses
from importlib import import_module
from pathlib import Path

import pytest

from tertulia.errors import ModelError
from tertulia.inference.context_room import SHARE, served_context
from tertulia.inference.open_text_engine import open_text_engine
from tertulia.inference.text_engine import EngineSettings, Message
from tertulia.model.config import ModelConfig
from tests.inference.tiny_engines import listen, write_gguf

GIB = 2**30
LONG = ModelConfig(
    vocabulary=128_256, width=3072, depth=28, heads=24, kv_heads=8, head_width=128,
    hidden=8192, context=131_072,
)  # fmt: skip
"""The shape of a common model of 3 billion parameters: 112 KiB of cache a token."""


def test_a_context_of_a_hundred_thousand_tokens_fits_the_memory() -> None:
    served = served_context(LONG, 8, 24 * GIB)
    a_token = 2 * 28 * 8 * 128 * 2
    assert served * 8 * a_token <= SHARE * 24 * GIB
    assert (served + 256) * 8 * a_token > SHARE * 24 * GIB
    assert served_context(LONG, 1, 24 * GIB) > served


def test_what_fits_is_served_whole_and_nobody_gets_nothing() -> None:
    short = dataclasses.replace(LONG, context=4096)
    assert served_context(short, 8, 64 * GIB) == 4096
    assert served_context(LONG, 8, None) == LONG.context
    assert served_context(LONG, 64, 1 * GIB) == 2048


@pytest.mark.parametrize("engine", ["torch", "openvino", "llama_cpp"])
def test_the_engine_keeps_to_it_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    opening = import_module("tertulia.inference.open_text_engine")
    monkeypatch.setattr(opening, "served_context", lambda config, rows, memory: 32)
    opened = open_text_engine(write_gguf(tmp_path), engine, EngineSettings(threads=1))
    assert opened.context == 32
    assert "32 of the model's" in capsys.readouterr().err

    async def ask() -> None:
        try:
            assert await listen(opened, "Bon", max_tokens=4)
            with pytest.raises(ModelError) as caught:
                await listen(opened, [Message(role="user", content="Bon dia " * 40)])
            assert caught.value.code == "inference.too-long"
        finally:
            await opened.close()

    asyncio.run(ask())
