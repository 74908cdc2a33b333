"""SELFIES as text that our tokenizer reads symbol by symbol: one word of letters for each symbol.

The pre-tokeniser never merges letters with brackets, digits or signs, so that `[=Branch1]` would
be five tokens or more. Written as `dBranchA` it is one. Nothing is lost: `selfies_of(text_of(s))`
is `s` for every SELFIES that can be written. SELFIES: Krenn et al. 2020 (self-referencing embedded
strings), of which every sequence of symbols is a molecule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SYMBOL = re.compile(
    r"\[(?P<bond>[=#]?)(?:(?P<turn>Branch|Ring)(?P<digits>[123])"
    r"|(?P<element>Br|Cl|Si|Se|[BCFINOPS])(?:H(?P<hydrogens>[1-4]))?(?P<charge>[+-]1)?)\]"
)
_WORD = re.compile(
    r"(?P<bond>[dt]?)(?:(?P<turn>Branch|Ring)(?P<digits>[ABC])"
    r"|(?P<element>Br|Cl|Si|Se|[BCFINOPS])(?P<hydrogens>H{0,4})(?P<charge>plus|minus|))"
)
_BONDS = {"": "", "=": "d", "#": "t"}
_DIGITS = {"1": "A", "2": "B", "3": "C"}
_CHARGES = {"+1": "plus", "-1": "minus"}
_BONDS_BACK = {word: sign for sign, word in _BONDS.items()}
_DIGITS_BACK = {word: digit for digit, word in _DIGITS.items()}
_CHARGES_BACK = {word: sign for sign, word in _CHARGES.items()}


def text_of(selfies: str) -> str | None:
    """Words with a blank between them; None where a symbol has no word.

    Without a word are stereochemistry, isotopes, charges beyond one and rare elements.
    """
    words: list[str] = []
    for symbol in re.findall(r"\[[^\]]*\]|[^\[]+", selfies):
        word = _word(symbol)
        if word is None:
            return None
        words.append(word)
    return " ".join(words)


def selfies_of(text: str) -> str | None:
    """The SELFIES that words write; None where a word is none."""
    symbols: list[str] = []
    for word in text.split():
        symbol = _symbol(word)
        if symbol is None:
            return None
        symbols.append(symbol)
    return "".join(symbols)


def molecule_of(text: str) -> str | None:
    """SMILES, not canonical, of the molecule that words write; None where they write none."""
    import selfies

    written = selfies_of(text)
    if not written:
        return None
    try:
        return str(selfies.decoder(written)) or None
    except selfies.DecoderError:
        return None


def writings(smiles: str, count: int, *, seed: int) -> Sequence[str]:
    """Up to `count` different texts of one molecule, each begun at another atom.

    Raises ValueError where RDKit cannot read `smiles`; a writing that SELFIES or our words cannot
    give is left out.
    """
    import selfies
    from rdkit import Chem

    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        raise ValueError(smiles)
    texts: dict[str, None] = {}
    # Random writings repeat; of a small molecule there are few.
    for written in Chem.MolToRandomSmilesVect(molecule, 4 * count, randomSeed=seed % 2**31):
        try:
            text = text_of(selfies.encoder(written))
        except selfies.EncoderError:
            continue
        if text is not None:
            texts[text] = None
        if len(texts) == count:
            break
    return list(texts)


def _word(symbol: str) -> str | None:
    found = _SYMBOL.fullmatch(symbol)
    if found is None:
        return None
    bond = _BONDS[found["bond"]]
    if found["turn"]:
        return bond + found["turn"] + _DIGITS[found["digits"]]
    hydrogens = "H" * int(found["hydrogens"] or 0)
    return bond + found["element"] + hydrogens + _CHARGES.get(found["charge"] or "", "")


def _symbol(word: str) -> str | None:
    found = _WORD.fullmatch(word)
    if found is None:
        return None
    bond = _BONDS_BACK[found["bond"]]
    if found["turn"]:
        return f"[{bond}{found['turn']}{_DIGITS_BACK[found['digits']]}]"
    hydrogens = f"H{len(found['hydrogens'])}" if found["hydrogens"] else ""
    return f"[{bond}{found['element']}{hydrogens}{_CHARGES_BACK.get(found['charge'], '')}]"
