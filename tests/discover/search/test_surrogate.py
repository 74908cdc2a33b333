"""Means and covariances as search takes them from a model."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.discover.search.choose import LEARNING, Evidence, choose
from tertulia.discover.search.question import best_first
from tertulia.discover.search.scalarise import random_directions
from tertulia.discover.search.surrogate import (
    believed,
    cholesky,
    conditioned,
    gaussian_processes,
    marginals,
)
from tests.discover.search.line import Line, chain

KNOWN = tuple(map(chain, [2, 9, 14]))
VALUES = np.array([1.0, 3.0, 2.0])
ASKED = tuple(map(chain, [4, 7, 8, 12]))


def test_belief_is_what_a_model_says_that_was_told_the_pending_came_out_as_predicted() -> None:
    model, pending = Line(KNOWN, VALUES), (chain(7), chain(11))
    predicted, _ = model.joint(pending)
    told = Line((*KNOWN, *pending), np.append(VALUES, predicted))
    scale = VALUES.std() / np.append(VALUES, predicted).std()
    mean, covariance = believed(model, pending, ASKED)
    assert mean == pytest.approx(model.joint(ASKED)[0])
    assert covariance == pytest.approx(told.joint(ASKED)[1] * scale**2, abs=1e-4)


def test_without_anything_pending_belief_is_the_model() -> None:
    mean, covariance = believed(Line(KNOWN, VALUES), (), ASKED)
    told = Line(KNOWN, VALUES).joint(ASKED)
    assert mean == pytest.approx(told[0])
    assert covariance == pytest.approx(told[1])


def test_what_becomes_known_has_no_variance_left_and_takes_from_its_neighbours() -> None:
    _, before = Line(KNOWN, VALUES).joint(ASKED)
    after = conditioned(before, 1)
    assert after[1] == pytest.approx(np.zeros(len(ASKED)))
    assert 0 <= after[2, 2] < before[2, 2] / 2
    assert conditioned(after, 1) == pytest.approx(after), "known once is known"


def test_a_covariance_of_twins_has_a_root() -> None:
    twins = np.ones((3, 3))
    root = cholesky(twins)
    assert root @ root.T == pytest.approx(twins, abs=1e-6)


def test_what_is_no_covariance_has_none() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        cholesky(np.array([[1.0, 2.0], [2.0, 1.0]]))


def test_scores_that_differ_in_their_last_bits_are_equal() -> None:
    scores = np.array([0.1 + 0.2, 0.3, 1.0, 0.0])
    assert best_first(scores).tolist() == [2, 0, 1, 3]
    assert best_first(scores[[1, 0, 2, 3]]).tolist() == [2, 0, 1, 3]
    assert best_first(np.zeros(3)).tolist() == [0, 1, 2]


def test_with_one_objective_a_direction_is_its_value() -> None:
    evidence = Evidence(KNOWN, VALUES[:, None])
    (direction,) = random_directions(evidence, 1, np.random.default_rng(0))
    assert direction(evidence.values).tolist() == VALUES.tolist()


def test_in_no_direction_a_point_is_better_than_one_that_surpasses_it() -> None:
    evidence = Evidence(KNOWN, np.array([[1.0, 9.0], [5.0, 5.0], [9.0, 1.0]]))
    pairs = np.array([[3.0, 4.0], [3.5, 4.5]])
    directions = random_directions(evidence, 50, np.random.default_rng(0))
    assert all(low < high for low, high in (direction(pairs) for direction in directions))
    best = {int(np.argmax(direction(evidence.values))) for direction in directions}
    assert best == {0, 1, 2}, "every part of the front is the best of some direction"


ACIDS = [
    "C" * length + tail for length in range(1, 9) for tail in ("C(=O)O", "S(=O)(=O)O", "OS(=O)O")
]


@pytest.mark.parametrize("strategy", sorted(LEARNING))
def test_the_property_models_serve_as_surrogates(strategy: str) -> None:
    """Sulfonic acids are the strongest of those measured: the next ones are sulfonic."""
    known = ACIDS[3:15]
    strength = [10.0 if "S(=O)(=O)O" in acid else 0.0 for acid in known]
    evidence = Evidence(tuple(known), np.array(strength)[:, None])
    (model,) = gaussian_processes(evidence)
    mean, deviation = marginals([model], ACIDS)
    assert mean.shape == deviation.shape == (len(ACIDS), 1)
    assert (deviation > 0).all()
    places = choose(strategy, ACIDS, evidence, [], 2, seed=1)
    assert all("S(=O)(=O)O" in ACIDS[place] for place in places)
