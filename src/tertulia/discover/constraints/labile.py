"""Labile motifs: groups that water, warmth or the acid's own proton takes apart.

After Bretherick's Handbook of Reactive Chemical Hazards, and the textbook chemistry of acyl groups
and cyanides. The acid is looked at and not its anion: what a photoacid generator releases must
outlive the bake.
"""

from __future__ import annotations

from typing import Any

from tertulia.discover.constraints.motif import (
    HYDROGEN_CYANIDE,
    HYDROLYSES,
    POISON,
    UNSTABLE,
    motif,
    motif_findings,
)
from tertulia.discover.constraints.verdict import Verdict, verdicts
from tertulia.messages import mark

NAME = "labile"

_DRAWING = "$(C#N),$([NX3+](=O)[O-]),$([SX4](=O)=O)"
_ACYL = "$([CX3]=[O,S]),$([SX4](=O)=O),$([PX4]=O)"

MOTIFS = (
    motif("labile-acyl-cyanide", mark("cyanide on an acyl, sulfonyl, phosphorus or silicon group"),
          HYDROGEN_CYANIDE, "[CX3](=O)C#N", "[#16]([!#6])C#N", "[SX4](=O)(=O)C#N", "[P,Si]C#N"),
    motif("labile-acyl-halide", mark("acyl halide"), HYDROLYSES,
          "[CX3](=[O,S,N])[F,Cl,Br,I]"),
    motif("labile-aminonitrile", mark("aminonitrile"), HYDROGEN_CYANIDE,
          f"[CX4]([NX3;!$(N[{_ACYL}]);!$(N[CX2]#N)])C#N"),
    motif("labile-anhydride", mark("anhydride"), HYDROLYSES, f"[{_ACYL}][OX2][{_ACYL}]"),
    motif("labile-beta-lactam", mark("beta-lactam"), HYDROLYSES, "[NX3]1[#6](=O)[#6][#6]1"),
    motif("labile-beta-lactone", mark("beta-lactone or sultone"), HYDROLYSES,
          "[OX2]1[#6](=O)[#6][#6]1", "[OX2]1S(=O)(=O)[#6][#6]1"),
    motif("labile-boron-halide", mark("halide of boron or silicon"), HYDROLYSES,
          "[BX3][F,Cl,Br,I]", "[Si][F,Cl,Br,I]"),
    motif("labile-carbodiimide", mark("carbodiimide"), HYDROLYSES, "[NX2]=C=[NX2]"),
    motif("labile-carbonic", mark("carbonic or carbamic acid"), UNSTABLE,
          "[OX2,NX3][CX3](=O)[OX2H1]"),
    motif("labile-cumulene", mark("cumulene"), UNSTABLE, "C=C=C=C"),
    motif("labile-cyanate", mark("cyanate"), HYDROLYSES, "[OX2]C#N"),
    motif("labile-cyanogen-halide", mark("cyanogen halide"), POISON, "[F,Cl,Br,I]C#N"),
    motif("labile-cyanohydrin", mark("cyanohydrin"), HYDROGEN_CYANIDE, "[CX4]([OX2H1])C#N"),
    motif("labile-decarboxylates", mark("carboxylic acid that loses carbon dioxide"), UNSTABLE,
          f"[#6;X3,X4]([{_DRAWING}])([{_DRAWING}])[CX3](=O)[OX2H1]",
          "[#6][CX3](=O)[CX4][CX3](=O)[OX2H1]"),
    motif("labile-hemiacetal", mark("hemiacetal or its kin"), UNSTABLE,
          "[CX4]([OX2H1])[OX2,SX2,F,Cl,Br,I]",
          "[CX4]([OX2H1])[NX3]", "[CX4]([OX2H1])[SX4](=O)(=O)[OX2H1]"),
    motif("labile-isocyanate", mark("isocyanate or isothiocyanate"), HYDROLYSES, "N=C=[O,S]"),
    motif("labile-isocyanide", mark("isocyanide"), UNSTABLE, "[C-]#[N+]"),
    motif("labile-ketene", mark("ketene or ketenimine"), HYDROLYSES, "C=C=[O,S]", "C=C=[NX2]"),
    motif("labile-n-o-sulfonyl", mark("sulfonate on hydroxylamine"), UNSTABLE,
          "[NX3][OX2][SX4](=O)=O"),
    motif("labile-phosphorus-halide", mark("halide of phosphorus"), POISON, "[P][F,Cl,Br,I]"),
    motif("labile-polysulfide", mark("polysulfide"), UNSTABLE, "[SX2][SX2][SX2]"),
    motif("labile-sulfenic", mark("sulfenic acid"), UNSTABLE, "[SX2][OX2H1]"),
    motif("labile-sulfene", mark("sulfene or sulfinylamine"), HYDROLYSES,
          "[C,N;X2,X3]=[SX3](=O)=O", "[#6,#7]=[SX2]=O"),
    motif("labile-sulfur-halide", mark("halide of sulfur"), HYDROLYSES,
          "[SX4](=O)(=O)[Cl,Br,I]", "[SX3](=O)[F,Cl,Br,I]", "[SX2][F,Cl,Br,I]"),
)  # fmt: skip
"""Sulfonyl fluorides and pentafluorosulfanyl keep in water; the former are a toxic motif to be
checked. Cyano groups on carbon, nitrogen or boron are no motif at all."""

CODES = tuple(one.code for one in MOTIFS)


def judge_labile(molecule: Any) -> tuple[Verdict, ...]:
    """A finding for each of the motifs that the acid holds."""
    return verdicts(NAME, list(motif_findings(NAME, molecule, MOTIFS)))
