"""Which language a reader gets, and what a looked-up message is."""

from __future__ import annotations

import pytest

from tertulia.messages import language, mark, ntr, tr

VARIABLES = ("TERTULIA_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def _no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("ca_ES.UTF-8", "ca"),
        ("ca_AD", "ca"),
        ("ca_ES@valencia", "ca@valencia"),
        ("ca_ES.UTF-8@valencia", "ca@valencia"),
        ("ca-valencia", "ca@valencia"),
        ("es_AR.UTF-8", "es"),
        ("eu_ES", "eu"),
        ("gl", "gl"),
        ("en_GB.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("fr_FR.UTF-8", "en"),
    ],
)
def test_a_locale_names_a_language(
    locale: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", locale)
    assert language() == expected


def test_without_a_locale_messages_are_english() -> None:
    assert language() == "en"
    assert tr("Print the version.") == "Print the version."


def test_the_first_variable_that_is_set_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, locale in zip(reversed(VARIABLES), ("es", "ca", "eu", "gl"), strict=True):
        monkeypatch.setenv(variable, locale)
        assert language() == locale


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LANG", "gl")
    assert language() == "gl"


def test_a_message_is_translated_and_its_fields_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ca_ES.UTF-8")
    text = tr("What {name} needs", name="quickstart")
    assert "quickstart" in text
    assert text != "What quickstart needs"


def test_a_field_may_hold_braces(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tr("What {name} needs", name="{x}") == "What {x} needs"


def test_a_number_chooses_the_form() -> None:
    one, many = "{count} stage", "{count} stages"
    assert ntr(one, many, 1) == "1 stage"
    assert ntr(one, many, 0) == "0 stages"
    assert ntr(one, many, 2) == "2 stages"


def test_a_marked_message_stays_itself() -> None:
    assert mark("Print the version.") == "Print the version."
