"""Whole acids of fragment assembly: frames whose anion is held by the frame itself."""

from __future__ import annotations

from tertulia.discover.generators.building_blocks import (
    ON_AROMATIC,
    ON_AZOLE,
    ON_CARBANION,
    ON_DIENE,
    ON_NITROGEN_RICH,
    ON_VINYL,
    WholeAcid,
)

_ON_CARBONYL = ("C#N", "S(C)(=O)=O", "C(=O)OC", "C=O", "C(C)=O")

FRAMES = (
    WholeAcid(name="cyclopentadiene", smiles="C1{}C{}=C{}C{}=C1{}", groups=ON_DIENE, limit=5),
    WholeAcid(name="cyanocyclopentadiene", smiles="C1C{}=C(C#N)C(C#N)=C1{}", groups=ON_DIENE),
    WholeAcid(name="pyrrole", smiles="[nH]1c{}c{}c{}c1{}", groups=ON_AZOLE, limit=4),
    WholeAcid(name="imidazole", smiles="[nH]1c{}nc{}c1{}", groups=ON_AZOLE, limit=3),
    WholeAcid(name="pyrazole", smiles="[nH]1nc{}c{}c1{}", groups=ON_AZOLE, limit=3),
    WholeAcid(name="1,2,4-triazole", smiles="[nH]1nc{}nc1{}", groups=ON_NITROGEN_RICH),
    WholeAcid(name="1,2,3-triazole", smiles="[nH]1nnc{}c1{}", groups=ON_NITROGEN_RICH),
    WholeAcid(name="benzimidazole", smiles="[nH]1c{}nc2c{}c{}c{}c{}c12", groups=ON_AZOLE),
    WholeAcid(name="indole", smiles="[nH]1c{}c{}c2c{}c{}c{}c{}c12", groups=ON_AZOLE),
    WholeAcid(name="malononitrile", smiles="C{}(C#N)C#N", groups=ON_CARBANION, limit=1),
    WholeAcid(
        name="tetracyanopropene", smiles="C(C#N)(C#N)C{}=C(C#N)C#N", groups=ON_VINYL, limit=1
    ),
    WholeAcid(name="dicyanopropene", smiles="C(C#N)(C#N)C{}=C{}{}", groups=ON_VINYL, limit=3),
    WholeAcid(
        name="dicyanopentadiene",
        smiles="C(C#N)(C#N)C{}=C{}C{}=C(C#N){}",
        groups=ON_VINYL,
    ),
    WholeAcid(name="disulfonylmethane", smiles="C{}(S(C)(=O)=O)S(C)(=O)=O", groups=ON_CARBANION),
    WholeAcid(name="sulfonylacetonitrile", smiles="C{}(S(C)(=O)=O)C#N", groups=ON_CARBANION),
    WholeAcid(name="dithiolane tetroxide", smiles="C1{}S(=O)(=O)CCS1(=O)=O", groups=ON_CARBANION),
    WholeAcid(name="dithiane tetroxide", smiles="C1{}S(=O)(=O)CCCS1(=O)=O", groups=ON_CARBANION),
    WholeAcid(name="dithiole tetroxide", smiles="C1{}S(=O)(=O)C{}=C{}S1(=O)=O", groups=ON_VINYL),
    WholeAcid(name="cyclic disulfonimide", smiles="N1S(=O)(=O)C{}C{}S1(=O)=O", groups=_ON_CARBONYL),
    WholeAcid(
        name="cyclic vinyl disulfonimide", smiles="N1S(=O)(=O)C{}=C{}S1(=O)=O", groups=ON_VINYL
    ),
    WholeAcid(
        name="benzenedisulfonimide",
        smiles="N1S(=O)(=O)c2c{}c{}c{}c{}c2S1(=O)=O",
        groups=ON_AROMATIC,
    ),
    WholeAcid(name="saccharin", smiles="N1C(=O)c2c{}c{}c{}c{}c2S1(=O)=O", groups=ON_AROMATIC),
    WholeAcid(name="isothiazolone dioxide", smiles="N1C(=O)C{}=C{}S1(=O)=O", groups=ON_VINYL),
    WholeAcid(name="oxathiazinone dioxide", smiles="N1C(=O)C{}=C{}OS1(=O)=O", groups=ON_VINYL),
    WholeAcid(name="maleimide", smiles="N1C(=O)C{}=C{}C1=O", groups=ON_VINYL),
    WholeAcid(name="oxime", smiles="ON=C{}{}", groups=_ON_CARBONYL),
    WholeAcid(name="squaric acid", smiles="OC1=C{}C(=O)C1=O", groups=(*ON_VINYL, "OC", "c3ccccc3")),
    WholeAcid(name="hydroxymaleimide", smiles="OC1=C{}C(=O)N(C)C1=O", groups=ON_VINYL),
    WholeAcid(name="hydroxyquinone", smiles="OC1=C{}C(=O)C{}=C{}C1=O", groups=ON_VINYL, limit=3),
    WholeAcid(name="tetronic acid", smiles="OC1=C{}C(=O)OC1", groups=ON_VINYL),
    WholeAcid(name="Meldrum's acid", smiles="C1{}C(=O)OC(C)(C)OC1=O", groups=_ON_CARBONYL, limit=1),
    WholeAcid(
        name="dimethylbarbituric acid",
        smiles="C1{}C(=O)N(C)C(=O)N(C)C1=O",
        groups=_ON_CARBONYL,
        limit=1,
    ),
    WholeAcid(
        name="indanedione", smiles="C1{}C(=O)c2c{}c{}c{}c{}c2C1=O", groups=ON_AZOLE[:3], limit=2
    ),
    WholeAcid(name="cyclopentanedione", smiles="C1{}C(=O)CCC1=O", groups=_ON_CARBONYL, limit=1),
)
