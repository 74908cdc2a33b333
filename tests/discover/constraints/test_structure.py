"""Structure: what cannot be an acid and its anion is told by one code each."""

from __future__ import annotations

import pytest

from tertulia.discover.constraints.structure import judge_structure
from tertulia.discover.constraints.verdict import Verdict
from tertulia.discover.molecules.acid import acid_of, read_smiles

ELEMENTS = ("C", "H", "N", "O", "S", "F")


def _judged(acid: str, anion: str) -> tuple[Verdict, ...]:
    return judge_structure(
        read_smiles(acid), read_smiles(anion), elements=ELEMENTS, heavy_atoms=(5, 20)
    )


def _codes(acid: str, anion: str) -> list[str | None]:
    return [verdict.code for verdict in _judged(acid, anion)]


@pytest.mark.parametrize(
    "smiles",
    ["Cc1ccc(S(=O)(=O)O)cc1", "O=[N+]([O-])c1ccc(S(=O)(=O)O)cc1", "[O-][n+]1ccccc1S(=O)(=O)O"],
)
def test_an_acid_with_its_anion_passes_and_paired_charges_are_none(smiles: str) -> None:
    acid = acid_of(smiles)
    (verdict,) = _judged(acid.smiles, acid.anion)
    assert (verdict.passed, verdict.code) == (True, None)


@pytest.mark.parametrize(
    ("acid", "anion", "code"),
    [
        ("CCCCS(=O)(=O)[O-]", "CCCCS(=O)(=O)[O-]", "structure-charge"),
        ("CCCCS(=O)(=O)O", "CCCCS(=O)(=O)O", "structure-charge"),
        ("[NH3+]CCS(=O)(=O)[O-]", "NCCS(=O)(=O)[O-]", "structure-zwitterion"),
        ("CCCC[CH]C(=O)O", "CCCC[CH]C(=O)[O-]", "structure-radical"),
        ("CCC[13CH2]C(=O)O", "CCC[13CH2]C(=O)[O-]", "structure-isotope"),
        ("[2H]CCCC(=O)O", "[2H]CCCC(=O)[O-]", "structure-isotope"),
        ("CCC(=O)O.O", "CCC(=O)[O-].O", "structure-fragments"),
        ("CCCP(=O)(O)O", "CCCP(=O)(O)[O-]", "structure-elements"),
        ("CC(=O)O", "CC(=O)[O-]", "structure-too-small"),
        ("C" * 20 + "(=O)O", "C" * 20 + "(=O)[O-]", "structure-too-large"),
    ],
)
def test_each_fault_has_its_code(acid: str, anion: str, code: str) -> None:
    assert code in _codes(acid, anion)
    assert not any(verdict.passed for verdict in _judged(acid, anion))


def test_all_faults_are_told() -> None:
    assert _codes("[13CH3][Si](C)(C)C.O", "[13CH3][Si](C)(C)C.O") == [
        "structure-charge",
        "structure-isotope",
        "structure-fragments",
        "structure-elements",
    ]


def test_elements_that_are_not_allowed_are_named() -> None:
    (verdict,) = _judged("BrCCCC(I)C(=O)O", "BrCCCC(I)C(=O)[O-]")
    assert verdict.text == "It holds elements that are not allowed: Br, I."


def test_a_valence_that_cannot_be_is_found_in_a_molecule_that_nobody_checked() -> None:
    from rdkit import Chem, rdBase

    acid = Chem.MolFromSmiles("CC(C)(C)(C)C(=O)O", sanitize=False)
    acid.UpdatePropertyCache(strict=False)
    with rdBase.BlockLogs():
        found = judge_structure(
            acid, read_smiles("CC(C)(C)C(=O)[O-]"), elements=ELEMENTS, heavy_atoms=(5, 20)
        )
    assert [verdict.code for verdict in found] == ["structure-valence"]
