"""Toxic motifs: structural alerts, each forbidden or to be checked.

An alert says what kin of a molecule have done, not what this one does: only motifs whose kin are
regulated as carcinogens, mutagens or acute poisons forbid (after Ashby and Tennant, Mutat. Res.
1991, and the classes of the CLP regulation); all others are left to a chemist. RDKit's BRENK and
NIH catalogues are heard as a second opinion that never forbids, and of them only the alerts named
here: the others bar sulfonic acids, cyano groups and charges, which is the chemistry sought, or
are about medicines. PAINS are about assays, not poisons, and are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from tertulia.discover.constraints.motif import (
    HYDROGEN_CYANIDE,
    MUTAGEN,
    PERSISTENT,
    POISON,
    SENSITISER,
    motif,
    motif_finding,
    motif_findings,
)
from tertulia.discover.constraints.verdict import Verdict, found, verdicts
from tertulia.discover.molecules.families import pattern
from tertulia.messages import mark

NAME = "toxic-motifs"

_AMINE = "[NX3+0;!$(N[C,S,P]=[O,S]);!$(N-[#7]);!$(NC#N)]"

FORBIDDEN_MOTIFS = (
    motif("toxic-alkyl-sulfonate", mark("alkyl ester of a sulfonic or sulfuric acid"), MUTAGEN,
          "[CX4][OX2][SX4](=O)(=O)[#6]", "[CX4][OX2][SX4](=O)(=O)[OX2][#6]"),
    motif("toxic-benzidine", mark("benzidine or 2-naphthylamine"), MUTAGEN,
          "[NX3;H2]c1ccc(cc1)-c1ccc([NX3;H2])cc1", "[NX3;H2]c1ccc2ccccc2c1"),
    motif("toxic-dioxin", mark("halogenated dibenzodioxin or dibenzofuran"), PERSISTENT,
          "[Cl,Br]c1ccc2c(c1)Oc1ccccc1O2", "[Cl,Br]c1cccc2c1Oc1ccccc1O2",
          "[Cl,Br]c1ccc2c(c1)oc1ccccc12", "[Cl,Br]c1ccc2c(c1)c1ccccc1o2",
          "[Cl,Br]c1cccc2c1oc1ccccc12", "[Cl,Br]c1cccc2c1c1ccccc1o2"),
    motif("toxic-fluoroacetate", mark("fluoroacetate"), POISON, "[FX1][CX4;H2][CX3](=O)[O,N,S]"),
    motif("toxic-haloether", mark("halogen beside oxygen, sulfur or nitrogen"), MUTAGEN,
          "[OX2,SX2,NX3][CX4;H1,H2][Cl,Br,I]"),
    motif("toxic-heavy-element", mark("element that is poisonous in every form"), POISON,
          "[As,Be,Cd,Cr,Hg,Ni,Os,Pb,Sb,Se,Sn,Te,Tl]"),
    motif("toxic-hydrazine", mark("hydrazine"), MUTAGEN,
          "[NX3;!$(N[C,S,P]=[O,S]);!$(N=*)][NX3;!$(N[C,S,P]=[O,S]);!$([N+]);!$(N=*)]"),
    motif("toxic-mustard", mark("sulfur or nitrogen mustard"), MUTAGEN,
          "[$([SX2]),$([NX3;!$(N[C,S,P]=[O,S])])][CX4][CX4][Cl,Br,I]"),
    motif("toxic-n-nitroso", mark("N-nitroso group"), MUTAGEN, "[#7][NX2]=[OX1]"),
    motif("toxic-polychlorobiphenyl", mark("polyhalogenated biphenyl"), PERSISTENT,
          "[Cl,Br]c1c([Cl,Br])cccc1-c1ccccc1", "[Cl,Br]c1cc([Cl,Br])ccc1-c1ccccc1",
          "[Cl,Br]c1ccc(cc1)-c1ccc([Cl,Br])cc1"),
    motif("toxic-polyhalophenol", mark("phenol with three halogens or more"), PERSISTENT,
          "[OX2H1]c1c([Cl,Br,I])cc([Cl,Br,I])cc1[Cl,Br,I]",
          "[OX2H1]c1c([Cl,Br,I])c([Cl,Br,I])c([Cl,Br,I])cc1",
          "[OX2H1]c1c([Cl,Br,I])c([Cl,Br,I])cc([Cl,Br,I])c1",
          "[OX2H1]c1c([Cl,Br,I])cc([Cl,Br,I])c([Cl,Br,I])c1",
          "[OX2H1]c1c([Cl,Br,I])c([Cl,Br,I])ccc1[Cl,Br,I]",
          "[OX2H1]c1cc([Cl,Br,I])c([Cl,Br,I])c([Cl,Br,I])c1"),
    motif("toxic-three-ring", mark("epoxide, aziridine or thiirane"), MUTAGEN,
          "[#6;X4]1[O,N,S;X2,X3][#6;X4]1"),
)  # fmt: skip

TO_CHECK_MOTIFS = (
    motif("toxic-acylhydrazine", mark("acyl hydrazine"), MUTAGEN,
          "[NX3][NX3][C,S,P]=[O,S]", forbids=False),
    motif("toxic-aldehyde", mark("aldehyde"), SENSITISER, "[CX3H1](=O)[#6]", forbids=False),
    motif("toxic-alkyl-halide", mark("alkyl halide"), MUTAGEN,
          "[CX4;H1,H2][Cl,Br,I]", "[CX3](=O)[CX4][Cl,Br,I]", forbids=False),
    motif("toxic-aromatic-amine", mark("aromatic amine"), MUTAGEN, f"c{_AMINE}", forbids=False),
    motif("toxic-aromatic-azo", mark("aromatic azo group"), MUTAGEN, "cN=Nc", forbids=False),
    motif("toxic-dicyanovinyl", mark("dicyanovinyl group"), SENSITISER,
          "[CX3;!R;H1,H2]=[CX3](C#N)C#N", forbids=False),
    motif("toxic-michael-acceptor", mark("vinyl group that takes up nucleophiles"), SENSITISER,
          "[CX3;H2]=[CX3][$(C=O),$(C#N),$(S(=O)=O),$([NX3+](=O)[O-])]",
          "C=C[NX3+](=O)[O-]", forbids=False),
    motif("toxic-nitroaromatic", mark("aromatic nitro group"), MUTAGEN,
          "[c,n][NX3+](=O)[O-]", forbids=False),
    motif("toxic-polycyclic", mark("polycyclic aromatic hydrocarbon"), MUTAGEN,
          "c1ccc2c(c1)ccc1ccccc12", "c1ccc2cc3ccccc3cc2c1", forbids=False),
    motif("toxic-quinone", mark("quinone"), SENSITISER,
          "O=[#6]1[#6]=,:[#6][#6](=O)[#6]=,:[#6]1", "O=[#6]1[#6](=O)[#6]=,:[#6][#6]=,:[#6]1",
          forbids=False),
    motif("toxic-phosphate-ester", mark("ester of phosphoric acid"), POISON,
          "[PX4](=[O,S])([OX2,SX2][#6])[OX2,SX2][#6]", forbids=False),
    motif("toxic-sulfonyl-fluoride", mark("sulfonyl fluoride"), POISON, "[SX4](=O)(=O)F",
          forbids=False),
    motif("toxic-thiocarbonyl", mark("thiocarbonyl group"), POISON, "[#6X3]=[SX1]", forbids=False),
    motif("toxic-thiocyanate", mark("thiocyanate"), HYDROGEN_CYANIDE, "[#6][SX2]C#N",
          forbids=False),
)  # fmt: skip

MANY_CYANO = motif(
    "toxic-many-cyano", mark("three cyano groups or more, in a fire"), HYDROGEN_CYANIDE,
    forbids=False,
)  # fmt: skip
MANY_HALOGENS = motif(
    "toxic-many-halogens", mark("four chlorine, bromine or iodine atoms or more"), PERSISTENT,
    forbids=False,
)  # fmt: skip

HEARD: dict[str, frozenset[str]] = {
    "BRENK": frozenset({
        "aldehyde", "aniline", "Azo_group", "benzidine", "catechol", "chinone_1", "chinone_2",
        "diaminobenzene_1", "diaminobenzene_2", "diaminobenzene_3", "disulphide", "hydrazine",
        "hydroquinone", "hydroxamic_acid", "nitro_group", "Polycyclic_aromatic_hydrocarbon_1",
        "Polycyclic_aromatic_hydrocarbon_2", "Polycyclic_aromatic_hydrocarbon_3", "stilbene",
        "Thiocarbonyl_group", "thiol_1", "thiol_2",
    }),
    "NIH": frozenset({
        "acrylate", "activated_acetylene", "aldehyde", "alpha_halo_carbonyl", "azo_amino",
        "azo_aryl", "benzidine_like", "halo_acrylate", "hydrazine", "maleimide_etc",
        "ortho_hydroquinone", "ortho_quinone", "para_hydroquinone", "para_quinone",
        "pentafluorophenylester", "perchloro_cp", "perhalo_phenyl", "polyhalo_phenol_a",
        "polyhalo_phenol_b", "polyhalo_phenol_c", "polyhalo_phenol_d", "polyhalo_phenol_e",
        "quinone_methide", "thio_xanthate", "thiopyrylium", "trihalovinyl_heteroatom",
    }),
}  # fmt: skip
"""By catalogue, the alerts that are passed on, under RDKit's names."""

CODES = (
    *(one.code for one in (*FORBIDDEN_MOTIFS, *TO_CHECK_MOTIFS, MANY_CYANO, MANY_HALOGENS)),
    *(f"toxic-alert-{name.lower()}" for name in HEARD),
)

_ALERTS = mark("To be checked by a chemist: alerts of the {catalogue} catalogue: {alerts}.")


def judge_toxic_motifs(molecule: Any) -> tuple[Verdict, ...]:
    """Findings that forbid, then those to be checked, then the catalogues' remarks."""
    findings = [
        *motif_findings(NAME, molecule, FORBIDDEN_MOTIFS),
        *motif_findings(NAME, molecule, TO_CHECK_MOTIFS),
        *_counted(molecule),
        *_catalogued(molecule),
    ]
    return verdicts(NAME, findings)


def _counted(molecule: Any) -> Iterator[Verdict]:
    if len(molecule.GetSubstructMatches(pattern("[CX2]#[NX1]"))) > 2:
        yield motif_finding(NAME, MANY_CYANO)
    if len(molecule.GetSubstructMatches(pattern("[Cl,Br,I]"))) > 3:
        yield motif_finding(NAME, MANY_HALOGENS)


def _catalogued(molecule: Any) -> Iterator[Verdict]:
    for name in HEARD:
        if alerts := sorted({hit.GetDescription() for hit in _heard(name).GetMatches(molecule)}):
            yield found(
                NAME,
                f"toxic-alert-{name.lower()}",
                _ALERTS,
                forbids=False,
                catalogue=name,
                alerts=", ".join(alert.replace("_", " ") for alert in alerts),
            )


@cache
def _heard(name: str) -> Any:
    """The alerts of RDKit's catalogue of this name that are passed on."""
    from rdkit.Chem.FilterCatalog import FilterCatalog

    whole, some = catalogue(name), FilterCatalog()
    for index in range(whole.GetNumEntries()):
        entry = whole.GetEntryWithIdx(index)
        if entry.GetDescription() in HEARD[name]:
            some.AddEntry(entry)
    return some


@cache
def catalogue(name: str) -> Any:
    """RDKit's filter catalogue of this name, whole."""
    from rdkit.Chem.FilterCatalog import FilterCatalog, FilterCatalogParams

    parameters = FilterCatalogParams()
    parameters.AddCatalog(getattr(FilterCatalogParams.FilterCatalogs, name))
    return FilterCatalog(parameters)
