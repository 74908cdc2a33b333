"""Pieces are counted column-wise exactly as the tokenizer splits."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.tokenizer import pretokens
from tertulia.tokenizer.byte_level import SPLIT, byte_of_character, pre_tokenizer
from tertulia.tokenizer.pretokens import piece_counts

_ALPHABET = "aZñçÀ·l'’sStTdDrReElLmMvV 0 7٣½²  \t\n\r\u00a0\u2003\u3000.,;!?-—«»¿_<|>😀́ſ日"


def _split(texts: list[str]) -> Counter[str]:
    split, byte_of = pre_tokenizer(), byte_of_character()
    pieces = (piece for text in texts for piece, _ in split.pre_tokenize_str(text))
    return Counter(bytes(byte_of[c] for c in piece).decode() for piece in pieces)


def _counted(texts: list[str]) -> dict[str, int]:
    return dict(piece_counts(pl.Series(texts, dtype=pl.String)).iter_rows())


@settings(max_examples=500, deadline=None)
@given(texts=st.lists(st.text(_ALPHABET, max_size=30), max_size=4))
def test_the_pieces_are_those_of_the_pre_tokeniser(texts: list[str]) -> None:
    assert _counted(texts) == _split(texts)


@pytest.mark.parametrize(
    "text",
    [
        "La col·lecció de l'avi: 1.234,56 €\n\n  Ja  està. ",
        "a\n  b \t c\r\n\r\nd   ",
        "  def f(x):\n    return  x[0]",
        "l’ART n'hi DON'T we'LL 'ſ",
        "😀 👩‍👩‍👧 e\u0301 x\u00a0\u00a0y",
    ],
)
def test_apostrophes_blanks_and_digits_are_split_alike(text: str) -> None:
    assert _counted([text]) == _split([text])


def test_batches_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"un dos {n}" for n in range(50)] + ["", "tres " * 9]
    whole = _counted(texts)
    monkeypatch.setattr(pretokens, "_BATCH_BYTES", 40)
    assert _counted(texts) == whole
    assert whole[" dos"] == 50


def test_nothing_gives_no_rows() -> None:
    assert _counted([]) == {}
    assert piece_counts(pl.Series([None], dtype=pl.String)).is_empty()


def test_both_patterns_have_the_same_alternatives() -> None:
    # Only the one that looks ahead is missing: it is the break before the last blank of several.
    assert SPLIT.replace(r"|\s+(?!\S)", "") == pretokens._PIECE
