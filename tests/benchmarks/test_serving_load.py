"""The figures of the load benchmark: fairness between 1/N and 1, percentiles that were heard."""

from __future__ import annotations

import pytest

from benchmarks.serving_load import _percentile, jain


def test_equal_shares_are_fair_and_one_that_got_all_is_not() -> None:
    assert jain([5] * 10) == pytest.approx(1.0)
    assert jain([0] * 9 + [5]) == pytest.approx(0.1)
    assert jain([1, 3]) == pytest.approx(16 / 20)
    assert jain([0, 0]) == 0.0


def test_a_percentile_is_a_value_that_was_heard() -> None:
    values = [float(n) for n in range(1, 201)]
    assert [_percentile(values, p) for p in (50, 95, 99, 100)] == [100, 190, 198, 200]
    assert _percentile([7.0], 50) == 7.0
