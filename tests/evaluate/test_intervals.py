"""Intervals hold the truth about as often as they claim."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.evaluate.intervals import bootstrap_difference, bootstrap_ratio


def draw_documents(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Documents of many sizes that cost 2 bits a byte on average, some more and some less."""
    sizes = rng.integers(200, 4000, size=count)
    return sizes * rng.normal(2.0, 0.4, size=count), sizes


def test_the_interval_covers_the_truth_about_95_times_in_100() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(300):
        estimate = bootstrap_ratio(*draw_documents(rng, 60), samples=300, seed=trial)
        covered += estimate.low <= 2.0 <= estimate.high
    assert 0.90 <= covered / 300 <= 0.985


def test_the_value_is_the_ratio_of_sums_not_the_mean_of_ratios() -> None:
    assert bootstrap_ratio([1.0, 300.0], [1, 100], samples=100, seed=0).value == 301 / 101


def test_the_same_seed_gives_the_same_interval() -> None:
    bits, sizes = draw_documents(np.random.default_rng(5), 40)
    first = bootstrap_ratio(bits, sizes, samples=200, seed=9)
    assert first == bootstrap_ratio(bits, sizes, samples=200, seed=9)
    assert first != bootstrap_ratio(bits, sizes, samples=200, seed=10)


def test_one_document_has_an_interval_of_no_width() -> None:
    estimate = bootstrap_ratio([6.0], [3], samples=100, seed=0)
    assert (estimate.low, estimate.value, estimate.high) == (2.0, 2.0, 2.0)


def test_pairing_sees_a_small_difference_that_separate_intervals_hide() -> None:
    bits, sizes = draw_documents(np.random.default_rng(1), 80)
    better = bits - 0.02 * sizes
    apart = bootstrap_ratio(bits, sizes, samples=400, seed=0)
    other = bootstrap_ratio(better, sizes, samples=400, seed=0)
    assert other.high > apart.low
    difference = bootstrap_difference(better, bits, sizes, samples=400, seed=0)
    assert difference.value == pytest.approx(-0.02)
    assert difference.high < 0


def test_many_documents_are_drawn_in_bounded_blocks() -> None:
    sizes = np.full(50_000, 100)
    estimate = bootstrap_ratio(sizes * 1.5, sizes, samples=120, seed=0)
    assert estimate.low == pytest.approx(1.5) and estimate.high == pytest.approx(1.5)
