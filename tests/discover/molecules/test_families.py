"""Families: each known acid belongs where a chemist would put it."""

from __future__ import annotations

import pytest

from tertulia.discover.molecules.acid import acid_of, read_smiles
from tertulia.discover.molecules.families import FAMILIES, Family, pattern

MEMBERS = {
    "sulfonic": "Cc1ccc(S(=O)(=O)O)cc1",
    "sulfuric-ester": "CCCCOS(=O)(=O)O",
    "sulfonimide": "O=S(=O)(NS(=O)(=O)c1ccccc1)c1ccccc1",
    "cyclopentadiene": "N#CC1=C(C#N)C(C#N)C(C#N)=C1C#N",
    "cyanocarbon": "N#CC(C#N)C#N",
    "sulfonylcyanamide": "N#CNS(=O)(=O)c1ccccc1",
    "sulfonylcarbon": "CS(=O)(=O)CS(C)(=O)=O",
    "phosphonic": "CP(=O)(O)O",
    "carboxylic": "CC(=O)O",
    "carbonic": "COC(=O)O",
    "sulfinic": "CS(=O)O",
    "azole": "N#Cc1c[nH]nn1",
    "sulfonamide": "CS(N)(=O)=O",
    "cyanamide": "N#CNC#N",
    "imide": "O=C1CCC(=O)N1",
    "hydroxamic": "CC(=O)NO",
    "oxime": "CC=NO",
    "thiol": "CS",
    "phenol": "Oc1ccccc1",
    "enol": "CC(O)=CC(C)=O",
    "amide": "CC(N)=O",
    "carbon": "CC(=O)CC(C)=O",
    "alcohol": "CCO",
    "amine": "CCN",
}


def test_each_family_has_a_member_here() -> None:
    assert list(MEMBERS) == [family.name for family in FAMILIES]


@pytest.mark.parametrize(("family", "smiles"), MEMBERS.items(), ids=list(MEMBERS))
def test_a_known_acid_is_of_its_family_and_so_is_its_anion(family: str, smiles: str) -> None:
    pair = acid_of(smiles)
    assert pair.family == family
    assert acid_of(pair.anion).family == family


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
def test_a_pattern_begins_with_the_atom_that_bears_the_proton(family: Family) -> None:
    molecule = read_smiles(MEMBERS[family.name])
    sites = [match[0] for match in molecule.GetSubstructMatches(pattern(family.smarts))]
    assert sites
    assert all(molecule.GetAtomWithIdx(site).GetTotalNumHs() > 0 for site in sites)


def test_a_query_is_read_once() -> None:
    assert pattern("[OX2H1]") is pattern("[OX2H1]")
