"""Two words as one token, and everything else as before."""

from __future__ import annotations

import polars as pl
import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.tokenizer.superwords import with_superwords, word_pairs
from tertulia.tokenizer.tokenizer import Tokenizer
from tertulia.tokenizer.train import train_bpe

_TEXT = "la casa de la platja i la platja de la casa , l'avi de la casa"


@pytest.fixture(scope="module")
def base() -> tokenizers.Tokenizer:
    return train_bpe([_TEXT] * 9, 512)


@pytest.fixture(scope="module")
def ours(base: tokenizers.Tokenizer) -> Tokenizer:
    return Tokenizer(with_superwords(base, [(" de", " la"), (" la", " casa")], 512))


def test_a_pair_becomes_one_token(ours: Tokenizer) -> None:
    assert [ours.token_bytes[i] for i in ours.encode(" de la")] == [b" de la"]


def test_the_stronger_pair_wins(ours: Tokenizer) -> None:
    pieces = [ours.token_bytes[i] for i in ours.encode("i de la casa")]
    assert pieces[-2:] == [b" de la", b" casa"]


def test_a_word_alone_is_divided_as_before(base: tokenizers.Tokenizer, ours: Tokenizer) -> None:
    for word in ("casa", " platges", "l'avi", " 1234", "...", "\n\n"):
        assert ours.encode(word) == base.encode(word, add_special_tokens=False).ids


def test_pairs_do_not_cross_signs_digits_or_lines(ours: Tokenizer) -> None:
    for text in (" de, la", " de\nla", " de 1 la", " de  la"):
        assert b" de la" not in [ours.token_bytes[i] for i in ours.encode(text)]


@settings(max_examples=300, deadline=None)
@given(text=st.text("adels 1,.'·\n\tñ😀", max_size=40))
def test_every_text_comes_back(ours: Tokenizer, text: str) -> None:
    assert ours.decode(ours.encode(text)) == text


def test_a_pair_whose_words_are_no_tokens_is_passed_over(base: tokenizers.Tokenizer) -> None:
    made = with_superwords(base, [(" zebra", " la"), (" de", " la"), (" de", " la")], 512)
    assert len([name for name in made.get_vocab() if name.count("Ġ") > 1]) == 1


def test_the_vocabulary_is_padded_and_bounded(base: tokenizers.Tokenizer) -> None:
    made = Tokenizer(with_superwords(base, [(" de", " la")], 512))
    assert made.vocabulary % 128 == 0
    assert made.vocabulary <= 512
    assert made.encode("<|filler_383|>") != [383]


def test_pairs_are_counted_with_one_blank_between_them() -> None:
    pairs = word_pairs(pl.Series(["la casa, la casa  la\nla casa 2 la", "l'avi ve", "", "casa"]))
    found = {(left, right): count for left, right, count in pairs.iter_rows()}
    assert found == {("la", " casa"): 2, (" la", " casa"): 1, ("'avi", " ve"): 1}
