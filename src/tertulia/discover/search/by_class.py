"""Class-aware random choice: learns which families are good, and nothing about molecules.

What a chemist reaches who knows the families of acids and has no model. It is the stronger of the
two random yardsticks: it moves its draws to the best families instead of spreading them evenly.

A draw is defined so. Values are one number each (several objectives: a random direction for each
draw). Every family present has a belief about its mean: normal, as after one imagined molecule at
the mean of all evidence beside the n real ones, so with mean (all's mean + sum) / (n + 1) and
variance s^2 / (n + 1), s the standard deviation of all evidence. A mean is drawn from each belief
(Thompson, Biometrika 25, 285, 1933); of the family with the highest a candidate is drawn, all
alike. Without evidence every family is drawn alike.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.molecules.acid import acid_of
from tertulia.discover.search.question import Question
from tertulia.discover.search.scalarise import random_directions
from tertulia.errors import DataError

NO_FAMILY = "none"
"""The class of what is no acid that we know of."""


def choose_by_class(question: Question) -> list[int]:
    """Draws as the module says; pending molecules count for nothing, since nothing is known."""
    generator = question.generator()
    left: dict[str, list[int]] = defaultdict(list)
    for place, smiles in enumerate(question.candidates):
        left[family_of(smiles)].append(place)
    known = [family_of(smiles) for smiles in question.evidence.smiles]
    chosen: list[int] = []
    for direction in random_directions(question.evidence, question.count, generator):
        values = direction(question.evidence.values)
        families = sorted(family for family, places in left.items() if places)
        drawn = _drawn_means(families, known, values, generator)
        places = left[families[int(np.argmax(drawn))]]
        chosen.append(places.pop(int(generator.integers(len(places)))))
    return chosen


@lru_cache(maxsize=65_536)
def family_of(smiles: str) -> str:
    """The family of an acid or anion; `NO_FAMILY` of what has no acidic group that we know of."""
    try:
        return acid_of(smiles).family
    except DataError:
        return NO_FAMILY


def _drawn_means(
    families: list[str],
    known: list[str],
    values: NDArray[np.float64],
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    """A mean of each family, drawn from the belief about it."""
    overall = float(values.mean()) if len(values) else 0.0
    spread = float(values.std()) if len(values) else 1.0
    members = np.array([[one == family for one in known] for family in families], dtype=bool)
    members = members.reshape(len(families), len(known))
    weight = members.sum(axis=1) + 1.0
    mean = (overall + np.where(members, values, 0.0).sum(axis=1)) / weight
    return np.asarray(mean + spread / np.sqrt(weight) * generator.standard_normal(len(families)))
