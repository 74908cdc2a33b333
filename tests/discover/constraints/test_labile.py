"""Labile motifs: what falls apart or gives off hydrogen cyanide, and what only looks like it."""

from __future__ import annotations

import pytest

from tertulia.discover.constraints.labile import judge_labile
from tertulia.discover.molecules.acid import read_smiles


def _codes(smiles: str) -> list[str | None]:
    return [verdict.code for verdict in judge_labile(read_smiles(smiles))]


@pytest.mark.parametrize(
    ("smiles", "code"),
    [
        ("CC(=O)C#N", "labile-acyl-cyanide"),
        ("Cc1ccc(S(=O)(=O)C#N)cc1", "labile-acyl-cyanide"),
        ("CC(=O)F", "labile-acyl-halide"),
        ("CC(Cl)=NC", "labile-acyl-halide"),
        ("N#CC(N)C", "labile-aminonitrile"),
        ("O=C1OC(=O)c2ccccc21", "labile-anhydride"),
        ("CC(=O)OS(C)(=O)=O", "labile-anhydride"),
        ("O=C1CCN1", "labile-beta-lactam"),
        ("O=C1CCO1", "labile-beta-lactone"),
        ("FB(F)c1ccccc1", "labile-boron-halide"),
        ("C1CCCCC1N=C=NC1CCCCC1", "labile-carbodiimide"),
        ("CNC(=O)O", "labile-carbonic"),
        ("C=C=C=C", "labile-cumulene"),
        ("N#COc1ccccc1", "labile-cyanate"),
        ("N#CBr", "labile-cyanogen-halide"),
        ("N#CC(O)c1ccccc1", "labile-cyanohydrin"),
        ("OC(=O)C([N+](=O)[O-])[N+](=O)[O-]", "labile-decarboxylates"),
        ("N#CC(C#N)C(=O)O", "labile-decarboxylates"),
        ("CC(=O)CC(=O)O", "labile-decarboxylates"),
        ("OC(O)C(Cl)(Cl)Cl", "labile-hemiacetal"),
        ("CC(O)S(=O)(=O)O", "labile-hemiacetal"),
        ("S=C=Nc1ccccc1", "labile-isocyanate"),
        ("C[N+]#[C-]", "labile-isocyanide"),
        ("C=C=O", "labile-ketene"),
        ("O=C1CCC(=O)N1OS(C)(=O)=O", "labile-n-o-sulfonyl"),
        ("CC(C)OP(C)(=O)F", "labile-phosphorus-halide"),
        ("CSSSC", "labile-polysulfide"),
        ("CSO", "labile-sulfenic"),
        ("O=S=Nc1ccccc1", "labile-sulfene"),
        ("Cc1ccc(S(=O)(=O)Cl)cc1", "labile-sulfur-halide"),
    ],
)
def test_what_does_not_keep_is_forbidden_by_its_code(smiles: str, code: str) -> None:
    assert _codes(smiles) == [code]
    assert not judge_labile(read_smiles(smiles))[0].passed


@pytest.mark.parametrize(
    "smiles",
    [
        "N#CC1=C(C#N)C(C#N)C(C#N)=C1C#N",
        "N#CC(C#N)C#N",
        "N#CNC#N",
        "N#CNS(=O)(=O)c1ccccc1",
        "N#CC(C#N)S(=O)(=O)c1ccccc1",
        "N#C[B-](C#N)(C#N)C#N",
        "O=S(=O)(F)NS(=O)(=O)F",
        "FS(F)(F)(F)(F)c1ccc(S(=O)(=O)O)cc1",
        "OC(=O)CC(=O)O",
        "N#CCC(=O)O",
        "O=C1NS(=O)(=O)c2ccccc21",
        "CCOC(C)=O",
        "CCS(=O)O",
    ],
)
def test_the_chemistry_sought_and_what_chemists_keep_on_the_shelf_pass(smiles: str) -> None:
    assert _codes(smiles) == [None]
