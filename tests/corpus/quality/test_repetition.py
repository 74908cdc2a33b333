"""Repetition against the published definitions in plain Python."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.quality.published_rules import copies, duplicate_gram_characters, top_gram_characters
from tertulia.corpus.quality.repetition import WINDOW
from tests.corpus.quality.measuring import STORIES, signals

WORDS = st.lists(st.sampled_from(["a", "be", "cel", "día", "ull"]), min_size=1, max_size=120)


@settings(max_examples=80, deadline=None)
@given(WORDS)
def test_gram_shares_are_those_of_the_definition(words: list[str]) -> None:
    found = signals(" ".join(words))
    total = len("".join(words))
    for length in (5, 10):
        expected = duplicate_gram_characters(words, length) / total
        assert found[f"duplicate_{length}gram_share"] == pytest.approx(expected, abs=1e-6)
    for length in (2, 3, 4):
        expected = min(1, top_gram_characters(words, length) / total)
        assert found[f"top_{length}gram_share"] == pytest.approx(expected, abs=1e-6)


def test_on_real_sentences_too() -> None:
    text = STORIES["es"] + "\n" + STORIES["gl"] + "\n" + STORIES["es"]
    words = re.findall(r"\w+", text.lower())
    expected = duplicate_gram_characters(words, 5) / len("".join(words))
    assert signals(text)["duplicate_5gram_share"] == pytest.approx(expected, rel=1e-6)
    assert expected > 0.3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["uno", "dos y más", "tres", ""]), max_size=30))
def test_lines_are_copies_from_the_second_on(lines: list[str]) -> None:
    full = [line for line in lines if line]
    number, characters = copies(full)
    found = signals("\n".join(lines))
    assert found["duplicate_line_share"] == pytest.approx(number / max(len(full), 1))
    total = max(len("".join(full)), 1)
    assert found["duplicate_line_character_share"] == pytest.approx(characters / total)


def test_a_repeat_at_more_than_a_window_is_not_counted_as_grams_but_as_paragraph() -> None:
    filler = " ".join(f"w{number}" for number in range(WINDOW))
    text = f"{STORIES['eu']}\n\n{filler}\n\n{STORIES['eu']}"
    found = signals(text)
    assert found["duplicate_5gram_share"] == 0
    assert found["duplicate_paragraph_share"] == pytest.approx(1 / 3)


def test_a_loop_is_told_from_a_refrain() -> None:
    stuck = STORIES["ca"] + " i aleshores va dir que no" * 12
    refrain = "\n".join(f"{line}\nai, amor, com plou" for line in STORIES["ca"].split("\n"))
    assert signals(stuck)["loop_share"] > 0.3
    assert signals(refrain)["loop_share"] == 0
