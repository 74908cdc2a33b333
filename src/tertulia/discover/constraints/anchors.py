"""Anchors: known anions beside which every candidate is shown.

The first two are PFAS that are to be replaced, tosylate is the PFAS-free anion of today, and
pentacyanocyclopentadienide the PFAS-free one whose acid GFN2-xTB calculates as the strongest of
the four.
"""

from __future__ import annotations

from functools import cache

ANCHORS: dict[str, str] = {
    "triflate": "O=S(=O)([O-])C(F)(F)F",
    "nonaflate": "O=S(=O)([O-])C(F)(F)C(F)(F)C(F)(F)C(F)(F)F",
    "tosylate": "Cc1ccc(S(=O)(=O)[O-])cc1",
    "pentacyanocyclopentadienide": "N#Cc1c(C#N)c(C#N)[c-](C#N)c1C#N",
}
"""SMILES of the anions by name, in the order in which they are shown."""


@cache
def anchor_anions() -> frozenset[str]:
    """The anions of all anchors, written as `Acid.anion` is."""
    from tertulia.discover.molecules.acid import acid_of

    return frozenset(acid_of(smiles).anion for smiles in ANCHORS.values())
