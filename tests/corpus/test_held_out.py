"""Whole documents are set aside by a draw of their ids alone."""

from __future__ import annotations

import polars as pl
import pytest

from tertulia.corpus.held_out import draw, with_held_out

_DRAWN = 0.14751623290393923
"""Another value would move documents from one side to the other in every corpus."""


def _index(count: int, base: str = "gl", split: str = "train") -> pl.DataFrame:
    ids = [f"{base}/{split}/{i}" for i in range(count)]
    return pl.DataFrame({"id": ids, "base": [base] * count, "split": [split] * count})


def _held_out(index: pl.DataFrame) -> set[str]:
    return set(index.filter(pl.col("split") == "held_out")["id"])


def test_about_the_asked_fraction_is_set_aside() -> None:
    assert len(_held_out(with_held_out(_index(5000), 0.1))) == pytest.approx(500, abs=70)


def test_a_corpus_that_grows_moves_no_document() -> None:
    small, large = (_held_out(with_held_out(_index(n), 0.1)) for n in (500, 5000))
    assert small == {name for name in large if int(name.rsplit("/", 1)[1]) < 500}


def test_a_language_that_brings_its_own_is_left_alone() -> None:
    index = pl.concat([_index(200), _index(3, split="held_out"), _index(200, base="eu")])
    result = with_held_out(index, 0.1)
    assert result.filter(pl.col("base") == "gl")["split"].to_list() == (
        ["train"] * 200 + ["held_out"] * 3
    )
    assert "held_out" in result.filter(pl.col("base") == "eu")["split"]


def test_of_few_documents_one_is_set_aside_all_the_same() -> None:
    assert len(_held_out(with_held_out(_index(3), 0.001))) == 1
    assert _held_out(with_held_out(_index(1), 0.001)) == set()


def test_nothing_is_set_aside_where_the_recipe_wants_nothing() -> None:
    assert _held_out(with_held_out(_index(50), 0.0)) == set()


def test_a_draw_is_fixed_for_ever() -> None:
    assert draw("kde-docs/0123456789abcdef01234567") == _DRAWN
