"""Words and shingles are those of a plain loop over each text."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.corpus.duplicates.shingles import jaccard, shingles
from tertulia.corpus.duplicates.words import words
from tests.corpus.duplicates.plainly import shingles_of, similarity, words_of

_TEXT = st.text(alphabet="abÀçñ ·«»¿¡’…—,.\n\t12ªl日本。ñ", max_size=80)


def _sets(texts: list[str], n: int) -> list[np.ndarray]:
    found = shingles(pl.Series(texts, dtype=pl.String), n)
    return np.split(found.hashes, np.cumsum(found.sizes)[:-1]) if texts else []


@given(st.lists(_TEXT, max_size=12))
def test_each_text_has_the_words_that_a_regular_expression_finds(texts: list[str]) -> None:
    found = words(pl.Series(texts, dtype=pl.String))
    expected = [words_of(text) for text in texts]
    assert np.diff(found.starts).tolist() == [len(each) for each in expected]
    flat = [word for each in expected for word in each]
    assert found.sizes.tolist() == [len(word.encode()) for word in flat]
    by_word = dict(zip(flat, found.hashes.tolist(), strict=True))
    assert [by_word[word] for word in flat] == found.hashes.tolist()
    assert len(set(by_word.values())) == len(by_word)


@given(st.lists(_TEXT, min_size=1, max_size=8), st.integers(1, 6))
def test_shingle_sets_are_as_large_and_as_similar_as_those_of_tuples(
    texts: list[str], n: int
) -> None:
    sets = _sets(texts, n)
    assert [len(each) for each in sets] == [len(shingles_of(text, n)) for text in texts]
    for text, found in zip(texts, sets, strict=True):
        assert jaccard(found, sets[0]) == similarity(text, texts[0], n)
        assert (np.diff(found.astype(np.int64)) > 0).all()


@given(st.lists(_TEXT, min_size=2, max_size=8), st.integers(1, 7))
def test_a_text_has_the_same_shingles_in_whatever_batch(texts: list[str], cut: int) -> None:
    cut = min(cut, len(texts))
    apart = _sets(texts[:cut], 3) + _sets(texts[cut:], 3)
    for together, alone in zip(_sets(texts, 3), apart, strict=True):
        assert np.array_equal(together, alone)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("El gos, que borda.", "EL GOS QUE BORDA"),
        ("«Què?», va dir l’home", "què va dir l home"),
        ("dos\n\npárrafos…", "dos párrafos"),
    ],
)
def test_case_punctuation_and_space_make_no_difference(one: str, other: str) -> None:
    first, second = _sets([one, other], 5)
    assert jaccard(first, second) == 1.0


@pytest.mark.parametrize(
    ("one", "other"), [("dona", "dóna"), ("a b", "b a"), ("ab c", "a bc"), ("a", "a a")]
)
def test_accents_order_and_borders_of_words_do(one: str, other: str) -> None:
    first, second = _sets([one, other], 2)
    assert jaccard(first, second) == 0.0


def test_a_text_without_a_word_is_like_no_other() -> None:
    first, second = _sets(["—", "—"], 5)
    assert len(first) == 0
    assert jaccard(first, second) == 0.0


def test_a_run_of_letters_without_end_is_many_words() -> None:
    found = words(pl.Series(["x" * 1000, "y"]))
    assert np.diff(found.starts).tolist() == [16, 1]
    assert found.sizes.tolist() == [64] * 15 + [40, 1]


def test_slices_and_nulls_of_a_column_are_read_right() -> None:
    column = pl.Series(["zero", None, "un dos", "tres"])
    assert np.diff(words(column).starts).tolist() == [1, 0, 2, 1]
    assert np.diff(words(column[2:]).starts).tolist() == [2, 1]
    assert words(column[2:]).hashes.tolist() == words(column).hashes[1:].tolist()
    assert len(words(pl.Series([], dtype=pl.String)).starts) == 1
