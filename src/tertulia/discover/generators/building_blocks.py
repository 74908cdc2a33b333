"""What fragment assembly builds with: acid heads, cores, whole acids, and the groups on them.

Everything is SMILES with slots `{}`, each empty or filled with a group in parentheses. A head ends
with a free valence and a core begins with one. No block brings a carbon with two fluorine atoms
and no hydrogen (PFAS), and nitro groups go on rings alone that are aromatic, in the anion at least.
"""

from __future__ import annotations

from dataclasses import dataclass

_CYANO, _MESYL, _NITRO, _FORMYL, _ESTER = (
    "C#N",
    "S(C)(=O)=O",
    "[N+](=O)[O-]",
    "C=O",
    "C(=O)OC",
)
_ACETYL, _DIFLUOROMETHYL = "C(C)=O", "C(F)F"

ON_AROMATIC = (_CYANO, "F", "Cl", _NITRO, _MESYL, _FORMYL, _ESTER, _DIFLUOROMETHYL, "C", "OC")
ON_VINYL = (_CYANO, "F", "Cl", _MESYL, _FORMYL, _ESTER, "C")
ON_ALKYL = (_CYANO, _MESYL, _ESTER, _DIFLUOROMETHYL, "C", "COC")
ON_CARBANION = (_CYANO, _MESYL, _ESTER, _FORMYL, _ACETYL, "Cl", "F", _DIFLUOROMETHYL, "C")
ON_DIENE = (_CYANO, _MESYL, _FORMYL, _ESTER, _ACETYL, _NITRO, "Cl", "C")
ON_AZOLE = (_CYANO, _NITRO, _MESYL, _FORMYL, _ESTER, "Cl", "F", _DIFLUOROMETHYL, "C")
ON_NITROGEN_RICH = (_CYANO, _MESYL, _FORMYL, _ESTER, "Cl", _DIFLUOROMETHYL, "C")
"""Without a nitro group: nitrotriazoles and nitrotetrazoles are explosives."""


@dataclass(frozen=True, kw_only=True)
class Core:
    """What an acid head stands on; `limit` is how many slots may be filled at once."""

    name: str
    smiles: str
    groups: tuple[str, ...]
    limit: int = 2


@dataclass(frozen=True, kw_only=True)
class Head:
    """A group that gives a proton, and the kinds of core that it is put on."""

    name: str
    smiles: str
    on: str = "aromatic vinyl alkyl"


@dataclass(frozen=True, kw_only=True)
class WholeAcid:
    """An acid whose acidity needs its whole frame, as a ring that an anion makes aromatic."""

    name: str
    smiles: str
    groups: tuple[str, ...]
    limit: int = 2


HEADS = (
    Head(name="sulfonic acid", smiles="OS(=O)(=O)"),
    Head(name="sulfuric ester", smiles="OS(=O)(=O)O", on="aromatic alkyl"),
    Head(name="sulfamic acid", smiles="OS(=O)(=O)N(C)", on="aromatic alkyl"),
    Head(name="mesyl imide", smiles="CS(=O)(=O)NS(=O)(=O)"),
    Head(name="fluorosulfonyl imide", smiles="FS(=O)(=O)NS(=O)(=O)", on="aromatic alkyl"),
    Head(name="sulfonylcyanamide", smiles="N#CNS(=O)(=O)"),
    Head(name="sulfonylmalononitrile", smiles="N#CC(C#N)S(=O)(=O)"),
    Head(name="sulfonylacetonitrile", smiles="N#CCS(=O)(=O)"),
    Head(name="disulfonylmethane", smiles="CS(=O)(=O)CS(=O)(=O)"),
    Head(name="disulfonylacetonitrile", smiles="CS(=O)(=O)C(C#N)S(=O)(=O)"),
    Head(name="sulfonylacetate", smiles="COC(=O)CS(=O)(=O)"),
    Head(name="malononitrile", smiles="N#CC(C#N)"),
    Head(name="acylmalononitrile", smiles="N#CC(C#N)C(=O)"),
    Head(name="tricyanoallyl", smiles="N#CC(C#N)C(C#N)=C(C#N)", on="aromatic vinyl"),
    Head(name="mesylacetonitrile", smiles="CS(=O)(=O)C(C#N)"),
    Head(name="phosphonic acid", smiles="OP(O)(=O)"),
    Head(name="phosphonic ester", smiles="OP(=O)(OC)"),
    Head(name="phosphinic acid", smiles="OP(C)(=O)"),
    Head(name="phosphoric ester", smiles="OP(=O)(OC)O", on="aromatic alkyl"),
    Head(name="carboxylic acid", smiles="OC(=O)"),
    Head(name="glyoxylic acid", smiles="OC(=O)C(=O)", on="aromatic alkyl"),
    Head(name="sulfonamide", smiles="NS(=O)(=O)"),
    Head(name="acyl sulfonamide", smiles="CC(=O)NS(=O)(=O)"),
    Head(name="sulfonyl carbamate", smiles="COC(=O)NS(=O)(=O)"),
    Head(name="cyanamide", smiles="N#CN", on="aromatic"),
    Head(name="acylcyanamide", smiles="N#CNC(=O)"),
    Head(name="tetrazole", smiles="n1n[nH]nc1"),
    Head(name="cyanotriazole", smiles="N#Cc1n[nH]nc1"),
    Head(name="cyanoxime", smiles="ON=C(C#N)"),
    Head(name="hydroxamic acid", smiles="ONC(=O)"),
    Head(name="imide", smiles="CC(=O)NC(=O)"),
    Head(name="hydroxyl", smiles="O", on="aromatic"),
)

AROMATIC = (
    Core(name="phenyl", smiles="c1c{}c{}c{}c{}c1{}", groups=ON_AROMATIC),
    Core(name="2-pyridyl", smiles="c1nc{}c{}c{}c1{}", groups=ON_AROMATIC),
    Core(name="3-pyridyl", smiles="c1c{}nc{}c{}c1{}", groups=ON_AROMATIC),
    Core(name="4-pyridyl", smiles="c1c{}c{}nc{}c1{}", groups=ON_AROMATIC),
    Core(name="2-pyrimidyl", smiles="c1nc{}c{}c{}n1", groups=ON_AROMATIC),
    Core(name="5-pyrimidyl", smiles="c1c{}nc{}nc1{}", groups=ON_AROMATIC),
    Core(name="pyrazinyl", smiles="c1nc{}c{}nc1{}", groups=ON_AROMATIC),
    Core(name="2-thienyl", smiles="c1sc{}c{}c1{}", groups=ON_AROMATIC),
    Core(name="3-thienyl", smiles="c1c{}sc{}c1{}", groups=ON_AROMATIC),
    Core(name="2-furyl", smiles="c1oc{}c{}c1{}", groups=ON_AROMATIC),
    Core(name="2-thiazolyl", smiles="c1nc{}c{}s1", groups=ON_AROMATIC),
    Core(name="5-thiazolyl", smiles="c1sc{}nc1{}", groups=ON_AROMATIC),
    Core(name="isothiazolyl", smiles="c1nsc{}c1{}", groups=ON_AROMATIC),
    Core(name="2-oxazolyl", smiles="c1nc{}c{}o1", groups=ON_AROMATIC),
    Core(name="thiadiazolyl", smiles="c1nnc{}s1", groups=ON_NITROGEN_RICH),
    Core(name="methylimidazolyl", smiles="c1nc{}c{}n1C", groups=ON_AROMATIC),
    Core(name="methylpyrazolyl", smiles="c1nn(C)c{}c1{}", groups=ON_AROMATIC),
)
VINYL = (
    Core(name="vinyl", smiles="C{}=C{}{}", groups=ON_VINYL, limit=3),
    Core(name="cyclopentenyl", smiles="C1=C{}CCC1", groups=ON_VINYL),
    Core(name="cyclopentenonyl", smiles="C1=C{}CCC1=O", groups=ON_VINYL),
    Core(name="maleimidyl", smiles="C1=C{}C(=O)N(C)C1=O", groups=ON_VINYL),
    Core(name="quinonyl", smiles="C1=C{}C(=O)C{}=C{}C1=O", groups=ON_VINYL),
)
ALKYL = (
    Core(name="methyl", smiles="C{}{}{}", groups=ON_ALKYL, limit=3),
    Core(name="ethyl", smiles="CC{}{}", groups=ON_ALKYL),
    Core(name="cyclopropyl", smiles="C1{}C{}C1", groups=ON_ALKYL),
    Core(name="cyclopentyl", smiles="C1{}CCCC1", groups=ON_ALKYL, limit=1),
    Core(name="tetrahydrofuranyl", smiles="C1{}CCOC1", groups=ON_ALKYL, limit=1),
    Core(name="bicycloheptyl", smiles="C1{}CC2CCC1C2", groups=ON_ALKYL, limit=1),
)
CORES = {"aromatic": AROMATIC, "vinyl": VINYL, "alkyl": ALKYL}
