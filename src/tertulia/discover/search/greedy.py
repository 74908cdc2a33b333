"""Greedy choice: what the model expects most of, and no regard for what it does not know."""

from __future__ import annotations

from tertulia.discover.search.question import Question, best_first
from tertulia.discover.search.scalarise import random_directions
from tertulia.discover.search.surrogate import marginals


def choose_greedily(question: Question) -> list[int]:
    """The highest means; with several objectives the highest in a random direction for each.

    Believing that the pending come out as predicted changes no mean: nothing more is to be done
    about them.
    """
    mean, _ = marginals(question.surrogates, question.candidates)
    directions = random_directions(question.evidence, question.count, question.generator())
    chosen: list[int] = []
    for direction in directions:
        order = best_first(direction(mean))
        chosen.append(next(int(place) for place in order if place not in chosen))
    return chosen
