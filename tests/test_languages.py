"""The languages of the project and how tags roll up into them."""

from __future__ import annotations

import pytest

from tertulia.errors import DataError
from tertulia.languages import (
    LANGUAGES,
    autonym,
    base_language,
    canonical_tag,
    known_base,
    recipe_base,
)


def test_there_are_five_and_each_is_filed_under_its_own_tag() -> None:
    assert list(LANGUAGES) == ["es", "ca", "ca-valencia", "eu", "gl"]
    assert all(language.tag == tag for tag, language in LANGUAGES.items())


@pytest.mark.parametrize("tag", LANGUAGES)
def test_function_words_are_about_thirty_distinct_lower_case_words(tag: str) -> None:
    words = LANGUAGES[tag].function_words
    assert 28 <= len(words) <= 40
    assert len(set(words)) == len(words)
    assert all(word == word.lower() for word in words)


@pytest.mark.parametrize(
    ("tag", "base"),
    [
        ("es", "es"),
        ("es-AR", "es"),
        ("es_419", "es"),
        ("spa", "es"),
        ("ca-AD", "ca"),
        ("ca-valencia", "ca-valencia"),
        ("ca-ES-valencia", "ca-valencia"),
        ("ca_ES@valencia", "ca-valencia"),
        ("EU", "eu"),
        ("gl-ES", "gl"),
    ],
)
def test_a_tag_rolls_up_but_valencian_stays_itself(tag: str, base: str) -> None:
    assert base_language(tag) == base


@pytest.mark.parametrize("tag", ["en", "pt-BR", "mul", "est", "", None])
def test_other_languages_have_no_base(tag: str | None) -> None:
    assert known_base(tag) is None


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("valenciano", "ca-valencia"), ("Galicia", "gl"), ("euskera", "eu"), ("catalan", "ca")],
)
def test_an_unknown_tag_is_answered_with_the_nearest(wrong: str, nearest: str) -> None:
    with pytest.raises(DataError) as caught:
        base_language(wrong)
    assert caught.value.code == "languages.unknown"
    assert f"'{nearest}'" in str(caught.value)


def test_a_canonical_tag_keeps_the_region_of_a_source() -> None:
    assert canonical_tag("ES-ar") == "es-AR"
    assert canonical_tag("spa_PE") == "es-PE"
    assert canonical_tag("ca-ES-valencia") == "ca-valencia"
    assert canonical_tag("fr-CA") == "fr-CA"


@pytest.mark.parametrize(
    ("tag", "base"),
    [("en", "en"), ("en-GB", "en"), ("eng", "en"), ("ca-ES-valencia", "ca-valencia"), ("pt", None)],
)
def test_a_recipe_may_name_english_too(tag: str, base: str | None) -> None:
    assert recipe_base(tag) == base
    assert known_base("en") is None


def test_autonyms_are_known_of_what_a_recipe_may_name() -> None:
    assert [autonym(tag) for tag in ("eu", "es-AR", "en", "pt")] == [
        "euskara",
        "español",
        "English",
        "pt",
    ]
