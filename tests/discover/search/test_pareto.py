"""Pareto front, reference point and hypervolume."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tertulia.discover.search.botorch_library import load_botorch
from tertulia.discover.search.pareto import (
    hypervolume,
    hypervolume_gains,
    pareto_front,
    reference_point,
)

FloatArray = NDArray[np.float64]


def small_tables(objectives: int) -> st.SearchStrategy[FloatArray]:
    """Up to six rows of small whole numbers: many equal ones, many on a line."""
    row = st.lists(st.integers(0, 5), min_size=objectives, max_size=objectives)
    return st.lists(row, min_size=1, max_size=6).map(lambda rows: np.array(rows, dtype=float))


def union_of_boxes(values: FloatArray, reference: FloatArray) -> float:
    """The hypervolume by inclusion and exclusion of all boxes."""
    volume = 0.0
    for many in range(1, len(values) + 1):
        for rows in itertools.combinations(values, many):
            sides = np.maximum(np.min(rows, axis=0) - reference, 0.0)
            volume -= (-1) ** many * float(np.prod(sides))
    return volume


def test_the_front_is_what_nothing_surpasses() -> None:
    values = np.array([[1.0, 5.0], [3.0, 3.0], [2.0, 2.0], [5.0, 1.0], [1.0, 4.0]])
    assert pareto_front(values).tolist() == [0, 1, 3]


def test_equal_rows_are_both_on_the_front() -> None:
    assert pareto_front(np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]])).tolist() == [0, 1]


def test_with_one_objective_the_front_is_the_best() -> None:
    assert pareto_front(np.array([[1.0], [4.0], [2.0]])).tolist() == [1]


def test_nothing_has_an_empty_front() -> None:
    assert pareto_front(np.empty((0, 2))).tolist() == []


@settings(max_examples=60)
@given(small_tables(3))
def test_a_row_is_on_the_front_or_surpassed_by_one_that_is(values: FloatArray) -> None:
    front = set(pareto_front(values).tolist())
    for row, value in enumerate(values):
        surpassed = any(
            (values[other] >= value).all() and (values[other] > value).any() for other in front
        )
        assert surpassed != (row in front)


@pytest.mark.parametrize("objectives", [1, 2, 3, 4])
@settings(max_examples=40)
@given(data=st.data())
def test_the_hypervolume_is_that_of_all_boxes_together(
    objectives: int, data: st.DataObject
) -> None:
    values = data.draw(small_tables(objectives))
    reference = np.ones(objectives)
    assert hypervolume(values, reference) == pytest.approx(union_of_boxes(values, reference))


@pytest.mark.parametrize("objectives", [1, 2, 3])
def test_a_gain_is_the_hypervolume_with_the_point_less_that_without(objectives: int) -> None:
    generator = np.random.default_rng(objectives)
    values = generator.normal(size=(12, objectives))
    points = 2 * generator.normal(size=(60, objectives))
    reference = reference_point(values)
    before = hypervolume(values, reference)
    gains = hypervolume_gains(points, values, reference)
    assert (gains > 0).any() and (gains == 0).any()
    for point, gain in zip(points, gains, strict=True):
        after = hypervolume(np.vstack([values, point]), reference)
        assert after - before == pytest.approx(gain, abs=1e-9)


def test_without_a_front_yet_a_point_gains_its_own_box() -> None:
    gains = hypervolume_gains(np.array([[2.0, 3.0]]), np.empty((0, 2)), np.zeros(2))
    assert gains.tolist() == [6.0]


def test_the_reference_lies_a_tenth_of_the_fronts_range_below_its_worst() -> None:
    values = np.array([[0.0, 10.0], [5.0, 0.0], [-100.0, -100.0]])
    assert reference_point(values).tolist() == [-0.5, -1.0]


def test_a_front_of_one_takes_the_range_of_all_values() -> None:
    values = np.array([[10.0, 10.0], [0.0, 5.0]])
    assert reference_point(values).tolist() == [9.0, 9.5]


def test_the_reference_is_botorchs() -> None:
    load_botorch()
    import torch
    from botorch.utils.multi_objective.hypervolume import infer_reference_point

    values = np.random.default_rng(5).normal(size=(40, 3))
    front = torch.tensor(values[pareto_front(values)])
    theirs = infer_reference_point(front, scale=0.1)
    assert reference_point(values) == pytest.approx(theirs.numpy())


def test_without_values_there_is_no_reference() -> None:
    with pytest.raises(ValueError, match="no values"):
        reference_point(np.empty((0, 2)))
