"""Ring strain: rings that nobody has kept in a bottle are forbidden, real cages are not."""

from __future__ import annotations

import pytest

from tertulia.discover.constraints.ring_strain import judge_ring_strain
from tertulia.discover.molecules.acid import read_smiles


def _codes(smiles: str, ring_size: int = 8) -> list[str | None]:
    return [one.code for one in judge_ring_strain(read_smiles(smiles), ring_size=ring_size)]


@pytest.mark.parametrize(
    ("smiles", "code"),
    [
        ("C1#CCCCCC1", "ring-alkyne"),
        ("C1#CC=CC=C1", "ring-alkyne"),
        ("C1=C=CCCCC1", "ring-allene"),
        ("C1=C2CCC(C1)C2", "ring-anti-bredt"),
        ("C1CC2=CCC(C1)CC2", "ring-anti-bredt"),
        ("C1c2ccc(cc2)C1", "ring-anti-bredt"),
        ("C1=CC=C1", "ring-cyclobutadiene"),
        ("C1=CC1", "ring-cyclopropene"),
        ("C1C2C1C2", "ring-fused-small"),
        ("C12C3C4C1C5C2C3C45", "ring-fused-small"),
        ("C12(C3)CC13C2", "ring-propellane"),
        ("C1CCCCCCCCCCC1", "ring-too-large"),
    ],
)
def test_rings_that_do_not_keep(smiles: str, code: str) -> None:
    assert code in _codes(smiles)


@pytest.mark.parametrize(
    "smiles",
    [
        "C1#CCCCCCC1",
        "C1=CC2CCC1C2",
        "C1C2CC3CC1CC(C2)C3",
        "CC1(C)C2CCC1(CS(=O)(=O)O)C(=O)C2",
        "C1=CC2C=CC1C=C2",
        "c1ccc2c(c1)C1c3ccccc3C2c2ccccc21",
        "c1cc2ccc3cccc4ccc(c1)c2c34",
        "N#CC1=C(C#N)C(C#N)C(C#N)=C1C#N",
        "O=S1(=O)C=CC=C1",
        "C1=NSN=C1",
        "C1CC12CC2",
        "CCO",
    ],
)
def test_rings_that_do_keep(smiles: str) -> None:
    assert _codes(smiles) == [None]


def test_the_brief_sets_the_largest_ring() -> None:
    assert _codes("C1CCCCCCCC1", ring_size=9) == [None]
    assert _codes("C1CCCCCCCC1", ring_size=8) == ["ring-too-large"]
