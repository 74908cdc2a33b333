"""Each mutation changes what it says, outside the acid head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tertulia.discover.generators import mutation
from tertulia.discover.generators.acid_graph import AcidGraph, read_graph
from tertulia.discover.generators.seeds import seeds
from tertulia.discover.molecules.families import pattern

TOSYLIC = "Cc1ccc(S(=O)(=O)O)cc1"
EACH: dict[str, Callable[[AcidGraph, np.random.Generator], Any]] = {
    "append": mutation.append_atom,
    "insert": mutation.insert_atom,
    "delete": mutation.delete_atom,
    "change atom": mutation.change_atom,
    "change bond": mutation.change_bond,
    "close ring": mutation.close_ring,
    "open ring": mutation.open_ring,
    "add group": mutation.add_group,
    "swap group": mutation.swap_group,
}
HEADS = {
    "sulfonic": "[OX2H1]S(=O)=O",
    "sulfuric-ester": "[OX2H1]S(=O)=O",
    "phosphonic": "[OX2H1]P(=O)",
    "carboxylic": "[OX2H1]C(=O)",
    "cyanocarbon": "[CX4;H1,H2](C#N)C#N",
}
ATOMS = {"append": {1}, "insert": {1}, "delete": {-1}, "change atom": {0}, "change bond": {0}}


def _made(name: str, smiles: str, seeds: int = 60) -> list[Any]:
    graph = read_graph(smiles)
    every = (EACH[name](graph, np.random.Generator(np.random.PCG64(seed))) for seed in range(seeds))
    return [one for one in every if one is not None]


@pytest.mark.parametrize("name", sorted(ATOMS))
def test_it_changes_the_count_of_atoms_as_it_says(name: str) -> None:
    before = read_graph(TOSYLIC).molecule.GetNumAtoms()
    made = _made(name, TOSYLIC)
    assert made and {one.GetNumAtoms() - before for one in made} == ATOMS[name]


def test_rings_open_and_close() -> None:
    from rdkit import Chem

    opened = _made("open ring", TOSYLIC)
    assert opened and {len(Chem.GetSSSR(one)) for one in opened} == {0}
    chain = "CCCCCCS(=O)(=O)O"
    closed = _made("close ring", chain)
    assert closed and {len(Chem.GetSSSR(one)) for one in closed} == {1}


def test_a_group_is_swapped_for_one_of_the_list() -> None:
    from rdkit import Chem

    made = set()
    for one in _made("swap group", "N#Cc1ccc(S(=O)(=O)O)cc1", seeds=200):
        Chem.SanitizeMol(one)
        made.add(Chem.MolToSmiles(one))
    assert "O=S(=O)(O)c1ccc(F)cc1" in made and "CS(=O)(=O)c1ccc(S(=O)(=O)O)cc1" in made
    assert all("S(=O)(=O)O" in one or "O=S(=O)(O)" in one for one in made)


@pytest.mark.parametrize("name", sorted(EACH))
def test_the_acid_head_outlives_every_mutation(name: str) -> None:
    from rdkit import Chem

    tried = 0
    for seed in seeds():
        # Of other families the frame, which may turn aromatic or not, is a part of the head.
        for made in _made(name, seed.smiles, seeds=5) if seed.family in HEADS else ():
            try:
                Chem.SanitizeMol(made)
            except ValueError:
                continue
            tried += 1
            assert made.HasSubstructMatch(pattern(HEADS[seed.family])), Chem.MolToSmiles(made)
    assert tried > 10


def test_where_there_is_no_place_nothing_is_made() -> None:
    assert _made("open ring", "CS(=O)(=O)O") == []
    assert _made("close ring", "CS(=O)(=O)O") == []
    assert _made("delete", "N#CC(C#N)C#N") != []


def test_all_mutations_are_drawn() -> None:
    graph = read_graph(TOSYLIC)
    names = {
        mutation.mutate(graph, np.random.Generator(np.random.PCG64(seed)))[0] for seed in range(300)
    }
    assert len(names) == len(EACH)
