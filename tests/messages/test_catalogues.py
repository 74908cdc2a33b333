"""The five catalogues are whole: every message of the code, in its language, compiled.

When this fails: `make messages` lists what to translate; translate it, and run that again.
"""

from __future__ import annotations

import gettext
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.catalog import Message

from scripts.messages import (
    TRANSLATED,
    catalogue_path,
    compile_catalogue,
    extract,
    read_catalogue,
    untranslated,
)
from tests.messages.glossary import BORROWED, VALENCIAN, VALENCIAN_ONLY

EVERY_LANGUAGE = pytest.mark.parametrize("language", TRANSLATED)


@cache
def _template() -> Catalog:
    return extract()


@cache
def _catalogue(language: str) -> Catalog:
    return read_catalogue(language)


def _messages(language: str) -> list[Message]:
    return [message for message in _catalogue(language) if message.id]


def _ids(catalogue: Catalog) -> set[str]:
    return {_forms(message.id)[0] for message in catalogue if message.id}


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The forms that are there: a text that is missing is one test's to find, not of each."""
    forms = (text or "",) if text is None or isinstance(text, str) else tuple(text)
    return tuple(form for form in forms if form)


def test_the_five_languages_have_a_catalogue() -> None:
    assert set(TRANSLATED) == {"ca", "ca@valencia", "es", "eu", "gl"}


@EVERY_LANGUAGE
def test_no_message_is_missing(language: str) -> None:
    assert _ids(_template()) - _ids(_catalogue(language)) == set()
    assert untranslated(_catalogue(language)) == []


@EVERY_LANGUAGE
def test_no_message_is_obsolete(language: str) -> None:
    assert _ids(_catalogue(language)) - _ids(_template()) == set()
    assert list(_catalogue(language).obsolete) == []


@EVERY_LANGUAGE
def test_no_message_is_a_guess(language: str) -> None:
    assert [message.id for message in _messages(language) if message.fuzzy] == []


@EVERY_LANGUAGE
def test_no_message_is_left_in_english(language: str) -> None:
    same = {
        form
        for message in _messages(language)
        for form in _forms(message.string)
        if form in _forms(message.id) and _words(form)
    }
    assert same - BORROWED.get(language, set()) == set()


@EVERY_LANGUAGE
def test_placeholders_match(language: str) -> None:
    for message in _messages(language):
        wanted = _placeholders(_forms(message.id)[-1])
        for form in _forms(message.string):
            # A form for one may say "one" in words and leave the number out.
            plural = len(_forms(message.id)) > 1
            found = _placeholders(form)
            assert found == wanted or (plural and wanted - found <= {"{count}"}), message.id


@EVERY_LANGUAGE
def test_sentences_end_as_in_english(language: str) -> None:
    odd = [
        form
        for message in _messages(language)
        for form in _forms(message.string)
        if form.endswith(".") != _forms(message.id)[0].endswith(".")
    ]
    assert odd == []


@EVERY_LANGUAGE
def test_the_compiled_catalogue_is_fresh(language: str) -> None:
    path = catalogue_path(language).with_suffix(".mo")
    with path.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    fresh = gettext.GNUTranslations(BytesIO(compile_catalogue(language)))
    assert _entries(compiled) == _entries(fresh)


def test_valencian_says_what_valencian_says() -> None:
    """Where the glossary has two forms, `ca` holds one and `ca@valencia` the other."""
    valencian = " ".join(_words_of("ca@valencia"))
    central = " ".join(_words_of("ca"))
    for central_form, valencian_form in VALENCIAN.items():
        assert not re.search(rf"\b{central_form}\b", valencian), f"say {valencian_form}"
    for form in VALENCIAN_ONLY:
        assert not re.search(rf"\b{form}\b", central), f"{form} is Valencian"


def test_valencian_is_a_translation_of_its_own() -> None:
    pairs = [
        (message.string, _catalogue("ca@valencia").get(message.id).string)
        for message in _messages("ca")
    ]
    assert sum(central != valencian for central, valencian in pairs) >= len(pairs) // 20


def _entries(compiled: gettext.GNUTranslations) -> dict[object, str]:
    """Without the header, which holds the version of the compiler."""
    entries: dict[object, str] = vars(compiled)["_catalog"]
    return {key: text for key, text in entries.items() if key}


def _words_of(language: str) -> list[str]:
    return [form.lower() for message in _messages(language) for form in _forms(message.string)]


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{[^{}]*\}", text))


def _words(text: str) -> list[str]:
    """Words outside of placeholders: `{count} GB` has none that could be translated."""
    return re.findall(r"[^\W\d_]{3,}", re.sub(r"\{[^{}]*\}", "", text))


def test_catalogues_lie_in_the_package() -> None:
    for language in TRANSLATED:
        assert Path(catalogue_path(language)).is_relative_to(
            Path(__file__).parents[2] / "src" / "tertulia"
        )
