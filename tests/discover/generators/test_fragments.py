"""Fragment assembly makes acids of many families, each once, none of them a PFAS."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from tertulia.discover.generators.acid_head import has_one_head
from tertulia.discover.generators.fragments import (
    Fragments,
    enumerate_acids,
    heavy_atoms,
    scaffolds,
)
from tertulia.discover.generators.plausibility import implausible
from tertulia.discover.molecules.acid import acid_of, read_smiles
from tertulia.discover.molecules.families import pattern


def test_every_scaffold_is_an_acid_as_it_stands() -> None:
    for scaffold in scaffolds():
        acid = acid_of(scaffold.filled([""] * scaffold.slots))
        assert has_one_head(acid), scaffold


def test_enumeration_gives_each_anion_once_within_the_size_asked_for() -> None:
    acids = list(enumerate_acids(8))
    assert len(acids) > 1000
    assert len({acid.anion for acid in acids}) == len(acids)
    assert max(read_smiles(acid.smiles).GetNumHeavyAtoms() for acid in acids) == 8
    families = Counter(acid.family for acid in acids)
    assert len(families) >= 14 and max(families.values()) < 0.35 * len(acids)


def test_enumeration_has_one_order() -> None:
    def first() -> list[str]:
        return [acid.anion for acid in itertools.islice(enumerate_acids(10), 300)]

    assert first() == first()


def test_a_larger_enumeration_holds_the_smaller() -> None:
    small = {acid.anion for acid in enumerate_acids(7)}
    assert small < {acid.anion for acid in enumerate_acids(8)}


def test_no_proposal_is_a_pfas_a_polynitro_compound_or_implausible() -> None:
    for proposal in Fragments().propose([], 1000, seed=11):
        molecule = read_smiles(proposal.smiles)
        assert not molecule.HasSubstructMatch(pattern("[#6;H0](F)F")), proposal
        assert len(molecule.GetSubstructMatches(pattern("[N+](=O)[O-]"))) <= 1, proposal
        assert proposal.smiles == "C=NO" or implausible(molecule) is None, proposal


def test_a_seed_gives_the_same_proposals_and_another_seed_others() -> None:
    first = Fragments().propose([], 100, seed=1)
    assert first == Fragments().propose([], 100, seed=1)
    assert first != Fragments().propose([], 100, seed=2)
    assert len({acid_of(one.smiles).anion for one in first}) == len(first) == 100
    assert {one.generator for one in first} == {"fragments"}


def test_a_proposal_says_what_it_was_built_from() -> None:
    named = {
        scaffold.head + (f" on {scaffold.core}" if scaffold.core else ""): scaffold
        for scaffold in scaffolds()
    }
    for proposal in Fragments().propose([], 300, seed=0):
        built, _, carried = proposal.how.partition(" with ")
        assert set(filter(None, carried.split(", "))) <= set(named[built].groups)
        assert acid_of(named[built].filled([""] * named[built].slots))


def test_what_was_made_and_not_proposed_is_counted() -> None:
    generator = Fragments(max_heavy_atoms=9)
    proposals = generator.propose([], 200, seed=5)
    assert all(read_smiles(one.smiles).GetNumHeavyAtoms() <= 9 for one in proposals)
    assert generator.dropped["too-large"] > 0 and generator.dropped["repeated"] > 0


def test_it_ends_where_there_is_no_more_to_propose() -> None:
    generator = Fragments(max_heavy_atoms=5)
    proposals = generator.propose([], 500, seed=5)
    assert 0 < len(proposals) < 500
    assert len(proposals) + generator.dropped.total() == 30 * 500


@pytest.mark.parametrize("smiles", ["OS(=O)(=O)c1c[nH]cc1Cl", "FC(F)c1cc([N+](=O)[O-])ccc1Br"])
def test_heavy_atoms_are_counted_as_rdkit_does(smiles: str) -> None:
    assert heavy_atoms(smiles) == read_smiles(smiles).GetNumHeavyAtoms()
