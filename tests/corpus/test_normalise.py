"""Normalising: what changes, what stays, and that twice is once."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.corpus.normalise import normalise


def _normalised(*texts: str) -> pl.DataFrame:
    return normalise().apply(pl.DataFrame({"text": list(texts)}, schema={"text": pl.String}))


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("cafe\u0301", "café"),
        ("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("\ufeffso\u00adbre\u200b", "sobre"),
        ("e\u00ad\u0301", "é"),
        ("a  \nb\t\n\u00a0\nc", "a\nb\n\nc"),
        ("\n\n  un  \n", "un"),
        ("a  b\tc", "a  b\tc"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("col·lecció l·l l'avi", "col·lecció l·l l'avi"),
    ],
)
def test_what_becomes_of_a_text(text: str, becomes: str) -> None:
    assert _normalised(text)["text"].to_list() == [becomes]


@pytest.mark.parametrize("text", ["", "  \n\t", "\ufeff", "\x00\x01"])
def test_a_text_of_which_nothing_is_left_is_dropped_as_empty(text: str) -> None:
    assert _normalised(text, "x")["dropped"].to_list() == ["empty", None]


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=40))
def test_normalising_twice_changes_nothing_more_and_gives_nfc(text: str) -> None:
    once = _normalised(text)["text"][0]
    assert _normalised(once)["text"][0] == once
    assert unicodedata.is_normalized("NFC", once)
