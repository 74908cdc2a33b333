"""One acid head is one number; several are none that can be told apart."""

from __future__ import annotations

import pytest

from tertulia.discover.generators.acid_head import has_one_head, read_one_headed
from tertulia.discover.molecules.acid import Acid, acid_of


@pytest.mark.parametrize(
    "smiles",
    [
        "Cc1ccc(S(=O)(=O)O)cc1",
        "CP(=O)(O)O",
        "O=C(O)c1ccccc1O",
        "CS(=O)(=O)CS(=O)(=O)O",
        "N#CC1C(C#N)=C(C#N)C(C#N)=C1C#N",
        "O=c1c(O)c(O)c1=O",
    ],
)
def test_one_head(smiles: str) -> None:
    assert has_one_head(acid_of(smiles))


@pytest.mark.parametrize(
    "smiles",
    [
        "O=S(=O)(O)c1ccc(S(=O)(=O)O)cc1",
        "O=C(O)CS(=O)(=O)O",
        "N#CC(C#N)S(=O)(=O)O",
        "OP(=O)(O)CP(=O)(O)O",
        "CS(=O)(=O)CS(=O)(=O)CC(=O)O",
    ],
)
def test_several_heads(smiles: str) -> None:
    assert read_one_headed(smiles) == "several-acid-heads"


def test_what_is_no_such_acid_has_a_reason() -> None:
    assert read_one_headed("c1ccccc1") == "not-an-acid"
    assert read_one_headed("C(") == "smiles-unreadable"
    assert read_one_headed("O=[N+]([O-])c1ccc([N+](=O)[O-])cc1O") == "polynitro"
    assert isinstance(read_one_headed("CC(=O)O"), Acid)
