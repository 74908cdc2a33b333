"""Whole documents are set aside by a draw of their ids alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tertulia.corpus.document import SPLITS
from tertulia.corpus.held_out import draw, held_out

_DRAWN = 0.14751623290393923
"""Another value would move documents from one side to the other in every corpus."""

TRAIN, HELD_OUT = SPLITS.index("train"), SPLITS.index("held_out")


def _chosen(names: list[str], fraction: float, own: int = 0) -> list[str]:
    """Names of one language that are set aside; the last `own` of them are so already."""
    split = np.array([TRAIN] * (len(names) - own) + [HELD_OUT] * own, dtype=np.uint8)
    draws = np.array([draw(name) for name in names])
    result = held_out(np.zeros(len(names), np.uint8), split, draws, fraction)
    return [name for name, place in zip(names, result, strict=True) if place == HELD_OUT]


def _names(count: int) -> list[str]:
    return [f"gl/train/{number}" for number in range(count)]


def test_about_the_asked_fraction_is_set_aside() -> None:
    assert len(_chosen(_names(5000), 0.1)) == pytest.approx(500, abs=70)


def test_a_corpus_that_grows_moves_no_document() -> None:
    small, large = _chosen(_names(500), 0.1), _chosen(_names(5000), 0.1)
    assert small == [name for name in large if int(name.rsplit("/", 1)[1]) < 500]


def test_a_language_that_brings_its_own_is_left_alone() -> None:
    assert _chosen(_names(203), 0.1, own=3) == _names(203)[-3:]


def test_languages_are_looked_at_one_by_one() -> None:
    base = np.array([0] * 200 + [1] * 200, dtype=np.uint8)
    split = np.array([TRAIN] * 399 + [HELD_OUT], dtype=np.uint8)
    draws = np.array([draw(name) for name in _names(400)])
    result: NDArray[np.uint8] = held_out(base, split, draws, 0.1)
    assert HELD_OUT in result[:200] and (result[200:] == split[200:]).all()


def test_of_few_documents_one_is_set_aside_all_the_same() -> None:
    assert len(_chosen(_names(3), 0.001)) == 1
    assert _chosen(_names(1), 0.001) == []


def test_nothing_is_set_aside_where_the_recipe_wants_nothing() -> None:
    assert _chosen(_names(50), 0.0) == []


def test_a_draw_is_fixed_for_ever() -> None:
    assert draw("kde-docs/0123456789abcdef01234567") == _DRAWN
