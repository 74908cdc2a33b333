"""Samples continue the beginnings of held-out documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tertulia.evaluate.samples import beginning, continue_texts
from tertulia.tokenizer.special import BOS

if TYPE_CHECKING:
    from tests.evaluate.conftest import ByteTokenizer

LONG = "Ací tenim una frase prou llarga que es pot tallar en dos parts sense cap problema. " * 4


def test_a_beginning_ends_with_a_word_and_is_at_most_half() -> None:
    prompt = beginning("  " + LONG)
    assert LONG.startswith(prompt) and len(prompt) <= 120
    assert LONG[len(prompt)] == " "
    half = beginning("Frase de poc més de quaranta lletres en total, ja.")
    assert 0 < len(half) <= 25


def test_a_short_text_has_no_beginning() -> None:
    assert beginning("Bon dia a tothom") == ""


def test_prompts_begin_with_bos_and_each_has_its_seed(tokenizer: ByteTokenizer) -> None:
    calls = []

    def generate(ids: Sequence[int], most: int, seed: int) -> list[int]:
        calls.append((ids[0], most, seed))
        return tokenizer.encode(" i tal")

    samples = continue_texts(
        generate,
        tokenizer,
        ["curt", LONG, LONG[4:], LONG],
        language="ca-valencia",
        model="base",
        count=2,
        max_tokens=7,
        seed=40,
    )
    assert calls == [(BOS, 7, 40), (BOS, 7, 41)]
    assert [s.continuation for s in samples] == [" i tal", " i tal"]
    assert samples[1].prompt == beginning(LONG[4:])
    assert samples[0].as_dict()["language"] == "ca-valencia"
