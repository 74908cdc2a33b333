"""Class-aware random choice: the yardstick that learns families and nothing else."""

from __future__ import annotations

from collections import Counter

import numpy as np

from tertulia.discover.search.by_class import NO_FAMILY, family_of
from tertulia.discover.search.choose import Evidence, choose

CARBOXYLIC = ["C" * length + "C(=O)O" for length in range(1, 60)]
SULFONIC = ["C" * length + "S(=O)(=O)O" for length in range(1, 10)]
PHENOLS = ["C" * length + "c1ccccc1O" for length in range(1, 30)]
ACIDS = [*CARBOXYLIC, *SULFONIC, *PHENOLS]


def families(evidence: Evidence, count: int, seed: int) -> Counter[str]:
    places = choose("class-random", ACIDS, evidence, [], count, seed=seed)
    return Counter(family_of(ACIDS[place]) for place in places)


def test_without_evidence_families_are_drawn_alike_however_large() -> None:
    nothing = Evidence((), np.empty((0, 1)))
    drawn: Counter[str] = Counter()
    for seed in range(300):
        drawn += families(nothing, 1, seed)
    assert set(drawn) == {"carboxylic", "sulfonic", "phenol"}
    assert all(70 <= count <= 130 for count in drawn.values())


def test_the_best_family_gets_most_draws_and_the_worst_few() -> None:
    known = [*CARBOXYLIC[:5], *SULFONIC[:5], *PHENOLS[:5]]
    values = np.repeat([0.0, 10.0, -10.0], 5)[:, None]
    drawn: Counter[str] = Counter()
    for seed in range(50):
        drawn += families(Evidence(tuple(known), values), 2, seed)
    assert drawn["sulfonic"] > 90
    assert drawn["phenol"] <= 2


def test_when_the_best_family_is_used_up_the_next_best_is_drawn() -> None:
    known = [*CARBOXYLIC[:5], *SULFONIC[:5], *PHENOLS[:5]]
    values = np.repeat([0.0, 10.0, -10.0], 5)[:, None]
    drawn = families(Evidence(tuple(known), values), 20, seed=1)
    assert drawn["sulfonic"] == len(SULFONIC) - 5
    assert drawn["carboxylic"] > drawn["phenol"]


def test_with_two_objectives_the_best_of_either_are_drawn() -> None:
    known = [*CARBOXYLIC[:5], *SULFONIC[:5], *PHENOLS[:5]]
    values = np.stack([np.repeat([0.0, 10.0, -1.0], 5), np.repeat([10.0, 0.0, -1.0], 5)], axis=1)
    drawn: Counter[str] = Counter()
    for seed in range(50):
        drawn += families(Evidence(tuple(known), values), 2, seed)
    assert min(drawn["carboxylic"], drawn["sulfonic"]) > drawn["phenol"]


def test_what_is_no_acid_is_a_class_of_its_own() -> None:
    assert family_of("CC") == NO_FAMILY
    assert family_of("CS(=O)(=O)[O-]") == "sulfonic"
