"""What every engine promises, asked of each of them over the same tiny random model."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tertulia.errors import ModelError
from tertulia.inference.text_engine import Message, Piece, TextEngine, TextRequest
from tests.inference.tiny_engines import CONTEXT, Tiny, listen, text_of, write_gguf

PROMPT = "La tertulia comenzó"
GREEDY: dict[str, Any] = {"temperature": 0.0}
SAMPLED: dict[str, Any] = {"temperature": 1.0, "top_p": 0.9}
RECORD = json.dumps(
    {
        "type": "object",
        "properties": {"open": {"type": "boolean"}},
        "required": ["open"],
        "additionalProperties": False,
    }
)


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("engines"))


@pytest.fixture(
    scope="module",
    params=["torch", "openvino", "llama_cpp", pytest.param("remote", marks=pytest.mark.loopback)],
)
def tiny(request: pytest.FixtureRequest, gguf: Path) -> Iterator[Tiny]:
    tiny = Tiny(request.param, gguf)
    yield tiny
    tiny.close()


@pytest.fixture(scope="module")
def torch(gguf: Path) -> Iterator[Tiny]:
    tiny = Tiny("torch", gguf)
    yield tiny
    tiny.close()


def asked(tiny: Tiny, prompt: str | list[Message] = PROMPT, **settings: Any) -> list[Piece]:
    return tiny.run(lambda engine: listen(engine, prompt, **settings))  # type: ignore[no-any-return]


def refused(tiny: Tiny, prompt: str | list[Message] = PROMPT, **settings: Any) -> str:
    with pytest.raises(ModelError) as caught:
        asked(tiny, prompt, **settings)
    return caught.value.code


def test_the_last_piece_alone_says_why_it_ended_and_how_much_it_was(tiny: Tiny) -> None:
    pieces = asked(tiny, max_tokens=10, **GREEDY)
    assert [piece.finish for piece in pieces] == [None] * (len(pieces) - 1) + ["length"]
    assert all(piece.usage is None for piece in pieces[:-1])
    usage = pieces[-1].usage
    assert usage is not None
    assert usage.completion_tokens == 10
    assert usage.prompt_tokens > 1


def test_engines_write_the_same_likeliest_text(tiny: Tiny, torch: Tiny) -> None:
    """llama.cpp leaves out a character that is not finished at the end."""
    ours, theirs = asked(torch, max_tokens=12, **GREEDY), asked(tiny, max_tokens=12, **GREEDY)
    assert text_of(theirs).rstrip("\ufffd") == text_of(ours).rstrip("\ufffd")
    assert theirs[-1].usage is not None
    assert ours[-1].usage is not None
    assert theirs[-1].usage.prompt_tokens == ours[-1].usage.prompt_tokens


def test_what_ends_an_answer_is_not_counted(tiny: Tiny, torch: Tiny) -> None:
    ours = asked(torch, max_tokens=60, **GREEDY)[-1]
    theirs = asked(tiny, max_tokens=60, **GREEDY)[-1]
    assert (ours.finish, theirs.finish) == ("stop", "stop")
    assert ours.usage is not None
    assert theirs.usage is not None
    # What a server counts is told as it is: llama.cpp's counts the last token.
    more = tiny.kind == "remote"
    assert theirs.usage.completion_tokens == ours.usage.completion_tokens + more


def test_a_conversation_takes_the_tokens_that_were_counted(tiny: Tiny, torch: Tiny) -> None:
    turns = [Message(role="system", content="Parla poc."), Message(role="user", content="Bon dia")]
    pieces = asked(tiny, turns, max_tokens=5, **GREEDY)
    assert text_of(pieces) == text_of(asked(torch, turns, max_tokens=5, **GREEDY))

    async def count(engine: TextEngine) -> int:
        return engine.count_tokens(turns)

    counted, usage = tiny.run(count), pieces[-1].usage
    assert usage is not None
    if tiny.kind == "remote":
        # It can only estimate.
        assert 0 < counted <= 2 * usage.prompt_tokens
    else:
        assert counted == usage.prompt_tokens


def test_a_seed_is_a_text_alone_and_among_others(tiny: Tiny) -> None:
    async def work(engine: TextEngine) -> tuple[str, list[str]]:
        alone = text_of(await listen(engine, PROMPT, max_tokens=10, seed=5, **SAMPLED))
        others = [listen(engine, "O mar", max_tokens=20, seed=n, **SAMPLED) for n in range(3)]
        again = listen(engine, PROMPT, max_tokens=10, seed=5, **SAMPLED)
        return alone, [text_of(pieces) for pieces in await asyncio.gather(*others, again)]

    alone, together = tiny.run(work)
    assert together[-1] == alone
    assert len(set(together[:3])) == 3


@pytest.mark.parametrize("temperature", [1e-60, 1e-42, 1e-7])
def test_nearly_no_temperature_is_none(tiny: Tiny, temperature: float) -> None:
    if tiny.kind == "remote":
        pytest.skip("another server's own affair")
    coldest = text_of(asked(tiny, max_tokens=8, **GREEDY))
    assert text_of(asked(tiny, max_tokens=8, temperature=temperature)) == coldest


def test_likeliest_texts_are_the_same_alone_and_among_others(tiny: Tiny) -> None:
    prompts = ["La casa", "O mar da Coruña estaba", "Zenbat ordu", "Non sei", "Què", "La casa"]

    async def work(engine: TextEngine) -> tuple[list[str], list[str]]:
        alone = [text_of(await listen(engine, p, max_tokens=12, **GREEDY)) for p in prompts]
        asking = (listen(engine, p, max_tokens=12, **GREEDY) for p in prompts)
        return alone, [text_of(pieces) for pieces in await asyncio.gather(*asking)]

    alone, together = tiny.run(work)
    assert together == alone


def test_no_stop_string_is_ever_sent(tiny: Tiny) -> None:
    """Whatever tokens it is made of: it may begin in one and end in another."""
    whole = text_of(asked(tiny, "Els", max_tokens=20, **GREEDY))
    for start in range(1, len(whole) - 4, 3):
        for length in (1, 2, 4):
            stop = whole[start : start + length]
            if "\ufffd" in stop:
                continue
            pieces = asked(tiny, "Els", max_tokens=20, stop=(stop, "#nothing#"), **GREEDY)
            assert text_of(pieces) == whole[: whole.index(stop)]
            assert pieces[-1].finish == "stop"


def test_what_looks_like_a_stop_string_and_is_none_is_sent(tiny: Tiny) -> None:
    plain = asked(tiny, max_tokens=20, **GREEDY)
    whole = text_of(plain)
    almost = tuple(whole[n : n + 3] + "#" for n in range(10))
    pieces = asked(tiny, max_tokens=20, stop=almost[:4], **GREEDY)
    assert text_of(pieces) == whole
    assert pieces[-1].finish == plain[-1].finish


def test_an_answer_ends_where_the_context_does(tiny: Tiny) -> None:
    pieces = asked(tiny, max_tokens=1000, **GREEDY)
    usage = pieces[-1].usage
    assert usage is not None
    assert usage.prompt_tokens + usage.completion_tokens <= CONTEXT
    assert pieces[-1].finish == "stop" or usage.completion_tokens > CONTEXT / 2


def test_a_prompt_beyond_the_context_is_refused(tiny: Tiny) -> None:
    assert refused(tiny, PROMPT * 50) == "inference.too-long"
    turns = [Message(role="user", content=PROMPT * 50)]
    assert refused(tiny, turns) == "inference.too-long"


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": -1.0},
        {"top_p": 0.0},
        {"max_tokens": 0},
        {"log_probabilities": -1},
        {"json_schema": '{"type": "nonsense"}'},
        {"json_schema": "no JSON"},
    ],
    ids=str,
)
def test_impossible_settings_are_refused(tiny: Tiny, settings: dict[str, Any]) -> None:
    turns = [Message(role="user", content="Bon dia")]
    assert refused(tiny, turns, **settings) == "inference.setting"


@pytest.mark.parametrize("seed", range(3))
def test_a_schema_is_obeyed_by_a_model_that_knows_nothing(tiny: Tiny, seed: int) -> None:
    turns = [Message(role="user", content="Obert?")]
    settings = {"json_schema": '{"type": "boolean"}', "seed": seed, "max_tokens": 20}
    pieces = asked(tiny, turns, **settings, **SAMPLED)
    assert text_of(pieces) in ("true", "false")
    assert pieces[-1].finish == "stop"


@pytest.mark.parametrize("seed", range(3))
def test_a_record_is_a_record_as_far_as_it_got(tiny: Tiny, seed: int) -> None:
    """Only openvino and other servers leave the model free to write blanks between words."""
    turns = [Message(role="user", content="Obert?")]
    pieces = asked(tiny, turns, json_schema=RECORD, seed=seed, max_tokens=60, **SAMPLED)
    text = text_of(pieces)
    if pieces[-1].finish == "stop":
        assert json.loads(text) in ({"open": True}, {"open": False})
    else:
        assert tiny.kind in ("openvino", "remote")
        written = "".join(text.split())
        assert any(r.startswith(written) for r in ('{"open":true}', '{"open":false}'))


def test_log_probabilities_are_those_of_the_chosen_tokens(tiny: Tiny) -> None:
    pieces = asked(tiny, max_tokens=8, log_probabilities=0, **GREEDY)
    told = [one for piece in pieces for one in piece.likelihoods]
    assert 0 < len(told) <= 8
    assert all(math.isfinite(one.log_probability) and one.log_probability <= 0 for one in told)
    if tiny.kind in ("torch", "openvino"):
        # llama.cpp tells nothing of a token that ends within a character.
        assert b"".join(one.utf8 for one in told).decode(errors="replace") == text_of(pieces)


def test_log_probabilities_agree_with_torch(tiny: Tiny, torch: Tiny) -> None:
    prompt = "Correu"
    both = [
        {one.text: one.log_probability for piece in pieces for one in piece.likelihoods}
        for pieces in (
            asked(tiny, prompt, max_tokens=4, log_probabilities=0, **GREEDY),
            asked(torch, prompt, max_tokens=4, log_probabilities=0, **GREEDY),
        )
    ]
    shared = both[0].keys() & both[1].keys()
    assert shared
    for text in shared:
        assert both[0][text] == pytest.approx(both[1][text], abs=0.02)


def test_alternatives_are_the_likeliest_tokens(tiny: Tiny) -> None:
    if tiny.kind == "openvino":
        assert refused(tiny, max_tokens=4, log_probabilities=3) == "inference.not-supported"
        return
    pieces = asked(tiny, max_tokens=4, log_probabilities=3, **GREEDY)
    told = [one for piece in pieces for one in piece.likelihoods]
    assert told
    for one in told:
        costs = [cost for _, _, cost in one.alternatives]
        assert len(costs) == 3
        assert all(a >= b for a, b in pairwise(costs))
        assert costs[0] == pytest.approx(one.log_probability, abs=1e-6)
        assert sum(math.exp(cost) for cost in costs) < 1 + 1e-6


def test_who_leaves_stops_the_work(tiny: Tiny) -> None:
    async def work(engine: TextEngine) -> None:
        pieces = engine.complete(PROMPT, TextRequest(max_tokens=60, temperature=0.0))
        async with contextlib.aclosing(pieces):  # type: ignore[type-var]
            await anext(pieces)
        for _ in range(200):
            if engine.load().running == 0:
                break
            await asyncio.sleep(0.01)
        assert engine.load().running == 0
        # The place is free again.
        assert text_of(await listen(engine, PROMPT, max_tokens=3, **GREEDY))

    tiny.run(work)


def test_time_over_before_the_end_is_an_error(tiny: Tiny) -> None:
    assert refused(tiny, timeout=0.0) == "inference.timeout"


def test_what_was_read_before_is_not_read_again_and_changes_no_text(tiny: Tiny) -> None:
    long = "La il·lusió col·lectiva de l'Alzina era arribar d'hora a l'escola"
    first = asked(tiny, long, max_tokens=8, **GREEDY)
    again = asked(tiny, long, max_tokens=8, **GREEDY)
    assert text_of(again) == text_of(first)
    usage = again[-1].usage
    assert usage is not None
    if tiny.kind == "openvino":
        # It shares pages of 32 tokens, and does not tell.
        assert usage.cached_tokens == 0
    else:
        assert usage.cached_tokens == usage.prompt_tokens - 1
