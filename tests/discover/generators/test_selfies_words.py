"""SELFIES as words: nothing is lost, and the tokenizer has one token for each symbol."""

from __future__ import annotations

import pytest
import selfies

from tertulia.discover.generators.selfies_words import (
    molecule_of,
    selfies_of,
    text_of,
    writings,
)
from tertulia.discover.molecules.acid import canonical_smiles
from tertulia.recipe.shipped import shipped_folder
from tertulia.tokenizer.tokenizer import load_tokenizer

ACIDS = (
    "Cc1ccc(S(=O)(=O)O)cc1",
    "N#CC1=C(C#N)C(C#N)C(C#N)=C1C#N",
    "N#CNS(=O)(=O)c1ccccc1[N+](=O)[O-]",
    "CS(=O)(=O)NS(=O)(=O)F",
    "O=P(O)(O)CCl",
    "c1nn[nH]n1",
    "C[Si](C)(C)CS(=O)(=O)O",
)


@pytest.mark.parametrize("smiles", ACIDS)
def test_a_molecule_survives_its_words(smiles: str) -> None:
    symbols = selfies.encoder(smiles)
    text = text_of(symbols)
    assert text is not None and text.replace(" ", "").isalpha()
    assert len(text.split()) == selfies.len_selfies(symbols)
    assert selfies_of(text) == symbols
    assert canonical_smiles(str(molecule_of(text))) == canonical_smiles(smiles)


def test_every_word_is_told_from_every_other() -> None:
    bonds = ("", "=", "#")
    atoms = [
        f"{element}{hydrogens}{charge}"
        for element in ("B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I", "Se")
        for hydrogens in ("", "H1", "H2", "H3")
        for charge in ("", "+1", "-1")
    ]
    turns = [f"{turn}{digit}" for turn in ("Branch", "Ring") for digit in "123"]
    symbols = [f"[{bond}{rest}]" for bond in bonds for rest in (*atoms, *turns)]
    words = [text_of(symbol) for symbol in symbols]
    assert None not in words
    assert len(set(words)) == len(symbols)
    assert [selfies_of(str(word)) for word in words] == symbols


@pytest.mark.parametrize("symbol", ["[C@@H1]", "[13C]", "[Fe]", "[/C]", "[N+2]", "C", "[C"])
def test_what_has_no_word_is_not_written(symbol: str) -> None:
    assert text_of(f"[C]{symbol}") is None


@pytest.mark.parametrize("text", ["C house", "dBranchD", "", "C C1", "<|eos|>"])
def test_what_is_no_molecule_is_none(text: str) -> None:
    assert molecule_of(text) is None


def test_writings_differ_and_mean_the_same_molecule() -> None:
    texts = writings(ACIDS[0], 6, seed=3)
    assert len(set(texts)) == len(texts) == 6
    assert {canonical_smiles(str(molecule_of(text))) for text in texts} == {ACIDS[0]}
    assert writings(ACIDS[0], 6, seed=3) == texts
    assert writings(ACIDS[0], 6, seed=4) != texts


def test_of_a_small_molecule_there_are_few_writings() -> None:
    assert 1 <= len(writings("CS(=O)(=O)O", 50, seed=0)) < 50


def test_the_shipped_tokenizer_has_a_token_for_each_symbol() -> None:
    tokenizer = load_tokenizer(shipped_folder("selfies_model"))
    for smiles in ACIDS[:-1]:
        text = str(text_of(selfies.encoder(smiles)))
        # The first word has no blank before it, and may be taken apart.
        assert len(tokenizer.encode(text)) <= len(text.split()) + 1
        assert tokenizer.decode(tokenizer.encode(text)) == text
