"""The genetic algorithm makes children that are acids, from any acids, the same for a seed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.discover.generators.acid_graph import read_graph
from tertulia.discover.generators.acid_head import has_one_head
from tertulia.discover.generators.graph_ga import GraphGa
from tertulia.discover.generators.plausibility import implausible
from tertulia.discover.generators.seeds import seeds
from tertulia.discover.molecules.acid import acid_of, read_smiles
from tertulia.errors import DataError

SEEDS = [seed.smiles for seed in seeds()]
TOSYLIC, CYANOFORM = "Cc1ccc(S(=O)(=O)O)cc1", "N#CC(C#N)C#N"


@settings(max_examples=25, deadline=None)
@given(
    parents=st.lists(st.sampled_from(SEEDS), min_size=1, max_size=8),
    seed=st.integers(0, 2**32 - 1),
)
def test_children_of_any_acids_are_new_acids_with_one_head(parents: list[str], seed: int) -> None:
    children = GraphGa(max_heavy_atoms=18).propose(parents, 10, seed=seed)
    anions = [acid_of(child.smiles).anion for child in children]
    assert len(set(anions)) == len(anions)
    assert not set(anions) & {acid_of(parent).anion for parent in parents}
    for child in children:
        acid, molecule = acid_of(child.smiles), read_smiles(child.smiles)
        assert acid.smiles == child.smiles
        assert has_one_head(acid), child
        assert implausible(molecule) is None, child
        assert molecule.GetNumHeavyAtoms() <= 18
        assert 1 <= len(child.parents) <= 2 and set(child.parents) <= set(parents)


def test_a_seed_gives_the_same_children_and_another_seed_others() -> None:
    first = GraphGa().propose(SEEDS, 60, seed=1)
    assert first == GraphGa().propose(SEEDS, 60, seed=1)
    assert first != GraphGa().propose(SEEDS, 60, seed=2)
    assert len(first) == 60


def test_better_parents_have_more_children() -> None:
    parents = SEEDS[:30]
    children = GraphGa().propose(parents, 150, seed=4)
    mentioned = [parent for child in children for parent in child.parents]
    better = sum(mentioned.count(parent) for parent in parents[:10])
    worse = sum(mentioned.count(parent) for parent in parents[-10:])
    assert better > 2 * worse


def test_one_parent_is_enough_and_none_has_no_children() -> None:
    assert len(GraphGa().propose([TOSYLIC], 20, seed=0)) == 20
    assert GraphGa().propose([], 20, seed=0) == []


def test_what_came_to_nothing_is_counted() -> None:
    generator = GraphGa(max_heavy_atoms=7)
    children = generator.propose([CYANOFORM], 20, seed=0)
    assert 0 < len(children) < 20
    assert len(children) + generator.dropped.total() == 60 * 20
    assert {"no-place", "repeated", "too-large"} <= set(generator.dropped)


def test_both_ways_of_making_children_are_used() -> None:
    ways = {child.how.split(",")[0] for child in GraphGa().propose(SEEDS, 400, seed=3)}
    assert {"chain crossover", "ring crossover", "swap a group", "change an atom"} <= ways


def test_a_parent_that_is_no_acid_is_refused() -> None:
    with pytest.raises(DataError, match=r"c1ccccc1"):
        GraphGa().propose(["c1ccccc1"], 1, seed=0)


def test_parents_are_not_changed_by_having_children() -> None:
    from rdkit import Chem

    before = [Chem.MolToSmiles(read_graph(parent).molecule) for parent in SEEDS]
    GraphGa().propose(SEEDS, 200, seed=6)
    assert [Chem.MolToSmiles(read_graph(parent).molecule) for parent in SEEDS] == before
