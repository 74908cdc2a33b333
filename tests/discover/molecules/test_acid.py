"""Acid and anion: whichever is given, the same pair comes out, or a reason why there is none."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.discover.molecules.acid import acid_of, canonical_smiles, identity, read_smiles
from tertulia.errors import DataError

PENTACYANO = "N#CC1=C(C#N)C(C#N)C(C#N)=C1C#N"
PAIRS = {
    "sulfonic": ("Cc1ccc(S(=O)(=O)O)cc1", "Cc1ccc(S(=O)(=O)[O-])cc1"),
    "triflic": ("O=S(=O)(O)C(F)(F)F", "O=S(=O)([O-])C(F)(F)F"),
    "triflimide": (
        "O=S(=O)(NS(=O)(=O)C(F)(F)F)C(F)(F)F",
        "O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F",
    ),
    "pentacyanocyclopentadiene": (PENTACYANO, "N#Cc1c(C#N)c(C#N)[c-](C#N)c1C#N"),
    "cyclopentadiene": ("C1=CCC=C1", "c1cc[cH-]c1"),
    "tricyanomethane": ("N#CC(C#N)C#N", "N#C[C-](C#N)C#N"),
    "bissulfonylacetonitrile": (
        "CS(=O)(=O)C(C#N)S(C)(=O)=O",
        "CS(=O)(=O)[C-](C#N)S(C)(=O)=O",
    ),
    "dicyanamide": ("N#CNC#N", "N#C[N-]C#N"),
    "triazole": ("c1c[nH]nn1", "c1c[n-]nn1"),
    "tetrazole": ("c1nnn[nH]1", "c1nnn[n-]1"),
    "dicyanotriazole": ("N#Cc1n[nH]nc1C#N", "N#Cc1n[n-]nc1C#N"),
    "saccharin": ("O=C1NS(=O)(=O)c2ccccc21", "O=C1[N-]S(=O)(=O)c2ccccc21"),
    "nitrobenzenesulfonic": (
        "O=[N+]([O-])c1ccc(S(=O)(=O)O)cc1",
        "O=[N+]([O-])c1ccc(S(=O)(=O)[O-])cc1",
    ),
    "nitrophenol": ("O=[N+]([O-])c1ccc(O)cc1", "O=[N+]([O-])c1ccc([O-])cc1"),
    "pyridine-oxide": ("O=S(=O)(O)c1cccc[n+]1[O-]", "O=S(=O)([O-])c1cccc[n+]1[O-]"),
    "acetic": ("CC(=O)O", "CC(=O)[O-]"),
}


@pytest.mark.parametrize(("acid", "anion"), PAIRS.values(), ids=list(PAIRS))
def test_acid_and_anion_are_one_pair(acid: str, anion: str) -> None:
    pair = acid_of(acid)
    assert (pair.smiles, pair.anion) == (canonical_smiles(acid), canonical_smiles(anion))
    assert acid_of(anion) == pair
    assert acid_of(pair.smiles) == pair
    assert acid_of(pair.anion) == pair


@pytest.mark.parametrize(("acid", "anion"), PAIRS.values(), ids=list(PAIRS))
def test_they_differ_by_one_proton_and_its_charge(acid: str, anion: str) -> None:
    from rdkit import Chem

    pair = acid_of(anion)
    with_proton, without = read_smiles(pair.smiles), read_smiles(pair.anion)
    assert (Chem.GetFormalCharge(with_proton), Chem.GetFormalCharge(without)) == (0, -1)
    assert _hydrogens(with_proton) - _hydrogens(without) == 1
    assert with_proton.GetNumHeavyAtoms() == without.GetNumHeavyAtoms()
    assert with_proton.GetAtomWithIdx(pair.site).GetTotalNumHs() > 0


def _hydrogens(molecule: Any) -> int:
    return sum(atom.GetTotalNumHs() for atom in molecule.GetAtoms())


def test_an_aromatic_anion_is_written_in_one_way_wherever_its_charge_was_put() -> None:
    ways = [
        "N#C[c-]1c(C#N)c(C#N)c(C#N)c1C#N",
        "N#CC1=C(C#N)[C-](C#N)C(C#N)=C1C#N",
        "[C-]1(C#N)C(C#N)=C(C#N)C(C#N)=C1C#N",
    ]
    assert {acid_of(way) for way in ways} == {acid_of(PENTACYANO)}


def test_of_several_groups_the_usually_strongest_gives_the_proton() -> None:
    assert acid_of("OC(=O)CS(=O)(=O)O").anion == "O=C(O)CS(=O)(=O)[O-]"
    assert acid_of("OC(=O)c1ccccc1O").anion == "O=C([O-])c1ccccc1O"


def test_of_an_anion_the_charged_atom_is_where_the_proton_goes() -> None:
    pair = acid_of("OC(=O)c1ccccc1[O-]")
    assert (pair.family, pair.smiles) == ("phenol", "O=C(O)c1ccccc1O")


@given(st.sampled_from(sorted(PAIRS)), st.integers(0, 1), st.integers(0, 10**6))
def test_the_order_of_atoms_does_not_matter(name: str, side: int, seed: int) -> None:
    from rdkit import Chem

    molecule = read_smiles(PAIRS[name][side])
    order = list(range(molecule.GetNumAtoms()))
    random.Random(seed).shuffle(order)
    written = Chem.MolToSmiles(Chem.RenumberAtoms(molecule, order), canonical=False)
    assert acid_of(written) == acid_of(PAIRS[name][0])


@pytest.mark.parametrize(
    "smiles", ["", "  ", "xyz", "C(", "c1cc2ccccc2c1", "CC(C)(C)(C)C", "[Xx]", "C" + "(C" * 9]
)
def test_what_cannot_be_read_is_refused(smiles: str) -> None:
    with pytest.raises(DataError) as caught:
        acid_of(smiles)
    assert caught.value.code == "discover.smiles-unreadable"


@pytest.mark.parametrize(
    ("smiles", "why"),
    [
        ("CCC", "no group"),
        ("c1ccccc1", "no group"),
        ("[Na+]", r"charge is \+1"),
        ("CC[NH3+]", r"charge is \+1"),
        ("[O-]S(=O)(=O)c1ccc(S(=O)(=O)[O-])cc1", "charge is -2"),
        ("F[P-](F)(F)(F)(F)F", "no place"),
        ("N#C[B-](C#N)(C#N)C#N", "no place"),
        ("[O-]Cl(=O)(=O)=O", "no atom"),
        ("[Cl-]", "no group"),
    ],
)
def test_what_is_no_acid_is_refused_with_the_reason(smiles: str, why: str) -> None:
    with pytest.raises(DataError, match=why) as caught:
        acid_of(smiles)
    assert caught.value.code == "discover.not-an-acid"


def test_a_long_text_is_not_repeated_whole() -> None:
    with pytest.raises(DataError) as caught:
        acid_of("C" * 5_000)
    assert len(str(caught.value)) < 400


def test_one_anion_written_with_its_charge_elsewhere_is_the_same() -> None:
    assert acid_of("c1nnn[n-]1").anion != acid_of("c1nn[n-]n1").anion
    assert identity("c1nnn[n-]1") == identity("c1nn[n-]n1") != identity("c1nc[n-]n1")


def test_of_two_sites_that_which_more_groups_draw_at_gives_the_proton() -> None:
    assert acid_of("O=C1CCC(=O)C1").anion == "O=C1[CH-]C(=O)CC1"
    assert acid_of("CC(=O)C1C(=O)CCC1=O").anion == "CC(=O)[C-]1C(=O)CCC1=O"


@pytest.mark.parametrize("smiles", ["[Na+].CS(=O)(=O)[O-]", "CS(=O)(=O)O.O"])
def test_a_salt_or_a_mixture_is_no_acid(smiles: str) -> None:
    with pytest.raises(DataError) as caught:
        acid_of(smiles)
    assert caught.value.code == "discover.not-an-acid"
    assert "more than one molecule" in caught.value.what


def test_a_carbanion_beside_a_nitro_group_is_read_back() -> None:
    pair = acid_of("CS(=O)(=O)C1=CC(=C([N+](=O)[O-])C1)C#N")
    assert acid_of(pair.anion).anion == pair.anion
    assert acid_of("CS(=O)(=O)c1cc[c-]([N+](=O)[O-])c1").family == "cyclopentadiene"
