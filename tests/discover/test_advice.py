"""Advice on finalists: of the neutral acid, of nobody else, unknown where nothing is alike."""

from __future__ import annotations

from tertulia.discover.advice import advised
from tertulia.discover.molecules.acid import acid_of
from tertulia.discover.outcome import Candidate
from tertulia.discover.properties.surrogates import SOLUBILITY, foretell

BENZOIC = "O=C(O)c1ccccc1"
CYANOFORM = "N#CC(C#N)C#N"


def candidate(smiles: str) -> Candidate:
    acid = acid_of(smiles)
    return Candidate(
        smiles=acid.smiles, anion=acid.anion, family=acid.family, batch=0, generator="graph-ga"
    )


def test_finalists_alone_are_advised_and_the_order_is_kept() -> None:
    found = [candidate(one) for one in ("CS(=O)(=O)O", BENZOIC, CYANOFORM)]
    told = advised(found, (found[2].anion, found[1].anion))
    assert [one.anion for one in told] == [one.anion for one in found]
    assert [sorted(one.advisory) for one in told] == [[], ["solubility"], ["solubility"]]
    assert told[0] == found[0]


def test_the_advice_is_what_the_model_says_of_the_neutral_acid() -> None:
    found = candidate(BENZOIC)
    (told,) = advised([found], {found.anion})
    said, advice = foretell(SOLUBILITY, [found.smiles]), told.advisory["solubility"]
    assert (advice.value, advice.low, advice.high) == (said.mean[0], said.low[0], said.high[0])
    assert advice.low < advice.value < advice.high
    assert foretell(SOLUBILITY, [found.anion]).reasons == ("charge",)


def test_a_familiar_acid_is_known_and_a_stranger_is_not() -> None:
    found = [candidate(BENZOIC), candidate(CYANOFORM)]
    told = advised(found, [one.anion for one in found])
    assert [one.advisory["solubility"].known for one in told] == [True, False]


def test_without_finalists_nothing_is_asked() -> None:
    found = [candidate(BENZOIC)]
    assert advised(found, ()) == found
