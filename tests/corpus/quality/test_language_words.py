"""Function words: each language's own, told from its neighbours'; fixed phrases."""

from __future__ import annotations

from itertools import permutations

import pytest

from scripts.quality.published_rules import gopher_quality
from tertulia.corpus.quality.word_lists import boilerplate, word_lists
from tertulia.languages import LANGUAGES
from tests.corpus.quality.measuring import NOTICES, STORIES, signals

ENGLISH = """The committee met again on Tuesday to discuss what should be done about the old bridge
that was built more than a hundred years ago and that can no longer carry all of the traffic."""


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_lists_hold_the_words_that_the_house_knows(tag: str) -> None:
    assert set(LANGUAGES[tag].function_words) <= word_lists()[tag].function_words


@pytest.mark.parametrize(("one", "other"), list(permutations(LANGUAGES, 2)))
def test_lists_of_neighbours_differ(one: str, other: str) -> None:
    kin = {one, other} == {"ca", "ca-valencia"}
    own = word_lists()[one].function_words - word_lists()[other].function_words
    assert len(own) >= (5 if kin else 40)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_word_is_both_its_own_and_a_neighbours(tag: str) -> None:
    lists = word_lists()[tag]
    assert not lists.function_words & (lists.neighbour_words | lists.english_words)
    assert len(lists.neighbour_words) > 150
    assert len(lists.english_words) > 30


def test_phrases_have_two_to_four_words() -> None:
    phrases = [*boilerplate(), *(p for lists in word_lists().values() for p in lists.calques)]
    assert {len(phrase.split()) for phrase in phrases} <= {2, 3, 4}
    assert phrases and all(phrase == phrase.lower() for phrase in phrases)


@pytest.mark.parametrize("texts", [STORIES, NOTICES])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_text_has_its_own_words_and_hardly_a_neighbours(tag: str, texts: dict[str, str]) -> None:
    found = signals(texts[tag], tag)
    assert found["function_word_share"] > 0.15
    assert found["neighbour_word_share"] < 0.02
    assert found["english_word_share"] == 0


_PAIRS = [pair for pair in permutations(LANGUAGES, 2) if set(pair) != {"ca", "ca-valencia"}]
"""The two are one language: identification tells its varieties."""


@pytest.mark.parametrize(("tag", "other"), _PAIRS)
def test_another_language_shows(tag: str, other: str) -> None:
    wrong = signals(STORIES[other], tag)
    assert wrong["neighbour_word_share"] > 0.04
    assert wrong["function_word_share"] < signals(STORIES[other], other)["function_word_share"]


def test_english_in_a_basque_text_shows() -> None:
    mixed = signals(f"{STORIES['eu']} {ENGLISH}", "eu")
    assert mixed["english_word_share"] > 0.1


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_english_function_word_rule_drops_good_text_that_ours_keeps(tag: str) -> None:
    text = f"{STORIES[tag]}\n{NOTICES[tag]}"
    assert not gopher_quality(text)
    assert signals(text, tag)["function_words"] >= 20


@pytest.mark.parametrize(
    ("text", "tag", "signal"),
    [
        ("Utilizamos cookies propias.", "es", "boilerplate_share"),
        ("Tots els drets reservats", "ca", "boilerplate_share"),
        ("ESKUBIDE GUZTIAK - ERRESERBATUTA", "eu", "boilerplate_share"),
        ("Lorem ipsum dolor", "gl", "boilerplate_share"),
        ("Please enable JavaScript!", None, "boilerplate_share"),
    ],
)
def test_phrases_are_found_whatever_their_case_and_punctuation(
    text: str, tag: str | None, signal: str
) -> None:
    assert signals(text, tag)[signal] > 0


def test_calques_count_in_their_language_only() -> None:
    text = f"{STORIES['ca']} Tenim que anar-hi, per lo tant."
    assert signals(text, "ca")["calque_share"] > 0
    assert signals(text, "gl")["calque_share"] == 0
    assert signals(STORIES["ca"], "ca")["calque_share"] == 0


def test_a_shuffled_text_doubles_its_function_words() -> None:
    text = f"de de {STORIES['es']} la la"
    terms = signals(text)["function_words"] / signals(text)["function_word_share"]
    assert signals(text)["doubled_function_word_share"] == pytest.approx(2 / terms)
    assert signals(STORIES["es"])["doubled_function_word_share"] == 0


@pytest.mark.parametrize("tag", ["de", None])
def test_other_languages_have_no_shares_of_words(tag: str | None) -> None:
    found = signals(STORIES["es"], tag)
    assert found["function_words"] == 0
    assert found["function_word_share"] is found["neighbour_word_share"] is None
