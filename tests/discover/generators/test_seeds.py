"""The shipped seeds are known acids of many families that may stand in a PFAS-free campaign."""

from __future__ import annotations

from collections import Counter

import pytest

from tertulia.discover.generators.acid_head import has_one_head
from tertulia.discover.generators.seeds import SeedAcid, seeds
from tertulia.discover.molecules.acid import acid_of, read_smiles
from tertulia.discover.molecules.families import pattern


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.name)
def test_a_seed_is_what_its_line_says(seed: SeedAcid) -> None:
    acid = acid_of(seed.smiles)
    assert (acid.smiles, acid.family) == (seed.smiles, seed.family)
    assert has_one_head(acid)
    assert not read_smiles(seed.smiles).HasSubstructMatch(pattern("[#6;H0](F)F"))
    assert seed.smiles.count("[N+]") <= 1 and seed.note


def test_seeds_are_distinct_and_of_many_families() -> None:
    families = Counter(seed.family for seed in seeds())
    assert len({acid_of(seed.smiles).anion for seed in seeds()}) == len(seeds()) >= 60
    assert len(families) >= 12 and max(families.values()) <= 0.35 * len(seeds())


def test_textbook_acids_are_among_them() -> None:
    names = {seed.name for seed in seeds()}
    assert {
        "methanesulfonic acid",
        "4-toluenesulfonic acid",
        "tricyanomethane",
        "saccharin",
    } <= names
