"""A child has the acid head of the first parent and a part of each."""

from __future__ import annotations

import numpy as np

from tertulia.discover.generators.acid_graph import read_graph
from tertulia.discover.generators.crossover import cross
from tertulia.discover.molecules.acid import read_smiles
from tertulia.discover.molecules.families import pattern

NITRILE_SULFONIC, CHLORO_CARBOXYLIC = "N#Cc1ccc(S(=O)(=O)O)cc1", "O=C(O)c1ccc(Cl)cc1OC"


def _children(first: str, second: str, number: int = 200) -> dict[str, set[str]]:
    from rdkit import Chem, rdBase

    found: dict[str, set[str]] = {}
    for seed in range(number):
        generator = np.random.Generator(np.random.PCG64(seed))
        how, made = cross(read_graph(first), read_graph(second), generator)
        if made is None:
            continue
        try:
            with rdBase.BlockLogs():
                Chem.SanitizeMol(made)
        except ValueError:
            continue
        found.setdefault(how, set()).add(Chem.MolToSmiles(made))
    return found


def test_the_head_is_of_the_first_parent() -> None:
    children = _children(NITRILE_SULFONIC, CHLORO_CARBOXYLIC)
    assert set(children) == {"chain crossover", "ring crossover"}
    for child in set().union(*children.values()):
        molecule = read_smiles(child)
        assert molecule.HasSubstructMatch(pattern("[OX2H]S(=O)(=O)")), child
        assert not molecule.HasSubstructMatch(pattern("[OX2H]C=O")), child


def test_a_chain_crossover_joins_a_part_of_each() -> None:
    children = _children(NITRILE_SULFONIC, CHLORO_CARBOXYLIC)["chain crossover"]
    assert "COc1ccc(S(=O)(=O)O)cc1" in children


def test_a_ring_crossover_mixes_the_rings() -> None:
    children = _children("Cc1ccc(S(=O)(=O)O)cc1", "O=C(O)c1ccncc1")["ring crossover"]
    assert "O=S(=O)(O)c1cccnc1" in children


def test_what_cannot_be_cut_has_no_child() -> None:
    generator = np.random.Generator(np.random.PCG64(0))
    how, made = cross(read_graph("CS(=O)(=O)O"), read_graph("N#CCC#N"), generator)
    assert (how, made) == ("chain crossover", None)
