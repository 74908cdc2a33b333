"""Figures in words, and the sections that benchmarks make of what they measured."""

from __future__ import annotations

import pytest

from benchmarks import bits_per_byte
from benchmarks.figures import mean_spread, spread, table
from benchmarks.timed_leg import LegSpec, LegTimes, ratios, times_of

SPEC = LegSpec(
    contender="tertulia",
    recipe="quickstart",
    runs_dir="runs",
    precision="float32",
    threads=1,
    compile=False,
    warm_up=2,
    steps=3,
)


def test_a_median_comes_with_its_range_and_a_lone_value_without() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2.00 (1.00 to 3.00)"
    assert spread([1234.5], ",.0f") == "1,234"
    assert mean_spread([1.0, 2.0, 6.0], ".1f") == "3.0 (1.0 to 6.0)"


def test_a_table_is_markdown() -> None:
    assert table(["a", "b"], [["1", "2"]]) == ["| a | b |", "| --- | ---: |", "| 1 | 2 |"]


def test_the_warm_up_is_not_timed_and_the_last_step_ends_where_the_next_begins() -> None:
    leg = times_of([0.0, 50.0, 52.0, 54.0, 56.0, 58.0], SPEC, 100, loss=1.0)
    assert leg.step_seconds == [2.0, 2.0, 2.0]
    assert leg.tokens_per_second == 50.0
    assert leg.warm_up_seconds == 52.0
    assert leg.compile_seconds(SPEC.warm_up) == 48.0


def test_a_ratio_is_of_one_round_and_not_of_medians() -> None:
    def leg(seconds: float) -> LegTimes:
        return LegTimes(
            tokens_per_step=1,
            step_seconds=[seconds],
            warm_up_seconds=0.0,
            mean_loss=0.0,
            peak_bytes=0,
        )

    # A machine that slows down by half in the second round slows both sides.
    assert ratios([leg(1), leg(2)], [leg(3), leg(6)]) == pytest.approx([3.0, 3.0])


def test_a_figure_that_is_not_known_is_not_made_up() -> None:
    unknown = {"bits_per_byte": None, "ci_low": None, "ci_high": None}
    assert bits_per_byte.figure(unknown) == "not comparable"
    assert bits_per_byte.figure(unknown | {"bits_per_byte": 8.0}) == "8.000"
    assert bits_per_byte.difference(None) == ""
