"""Toxic motifs: kin of regulated poisons are forbidden, alerts are remarks, sulfonates neither."""

from __future__ import annotations

import pytest

from tertulia.discover.constraints.toxic_motifs import HEARD, catalogue, judge_toxic_motifs
from tertulia.discover.molecules.acid import read_smiles


def _codes(smiles: str, *, passed: bool) -> set[str | None]:
    verdicts = judge_toxic_motifs(read_smiles(smiles))
    return {verdict.code for verdict in verdicts if verdict.passed is passed}


@pytest.mark.parametrize(
    ("smiles", "code"),
    [
        ("COS(C)(=O)=O", "toxic-alkyl-sulfonate"),
        ("COS(=O)(=O)OC", "toxic-alkyl-sulfonate"),
        ("O=S1(=O)CCCO1", "toxic-alkyl-sulfonate"),
        ("Nc1ccc(cc1)-c1ccc(N)cc1", "toxic-benzidine"),
        ("Clc1cc2Oc3cc(Cl)c(Cl)cc3Oc2cc1Cl", "toxic-dioxin"),
        ("Clc1ccc2oc3ccccc3c2c1", "toxic-dioxin"),
        ("OC(=O)CF", "toxic-fluoroacetate"),
        ("ClCOCCl", "toxic-haloether"),
        ("CCCC[Sn](CCCC)(CCCC)O", "toxic-heavy-element"),
        ("CN(C)N", "toxic-hydrazine"),
        ("ClCCSCCCl", "toxic-mustard"),
        ("CN(C)N=O", "toxic-n-nitroso"),
        ("Clc1ccc(cc1)-c1ccc(Cl)cc1", "toxic-polychlorobiphenyl"),
        ("Oc1c(Cl)c(Cl)c(Cl)c(Cl)c1Cl", "toxic-polyhalophenol"),
        ("Oc1c(Cl)cc(Cl)cc1Cl", "toxic-polyhalophenol"),
        ("C1CO1", "toxic-three-ring"),
    ],
)
def test_kin_of_regulated_poisons_are_forbidden(smiles: str, code: str) -> None:
    assert code in _codes(smiles, passed=False)


@pytest.mark.parametrize(
    ("smiles", "code"),
    [
        ("CC(=O)NN", "toxic-acylhydrazine"),
        ("O=Cc1ccccc1", "toxic-aldehyde"),
        ("OS(=O)(=O)CCl", "toxic-alkyl-halide"),
        ("Nc1ccc(S(=O)(=O)O)cc1", "toxic-aromatic-amine"),
        ("c1ccccc1N=Nc1ccccc1", "toxic-aromatic-azo"),
        ("N#CC(C#N)=Cc1ccccc1Cl", "toxic-dicyanovinyl"),
        ("C=CS(=O)(=O)O", "toxic-michael-acceptor"),
        ("O=[N+]([O-])c1ccc(S(=O)(=O)O)cc1", "toxic-nitroaromatic"),
        ("CCOP(=O)(OCC)O", "toxic-phosphate-ester"),
        ("OS(=O)(=O)c1ccc2cc3ccccc3cc2c1", "toxic-polycyclic"),
        ("O=C1C=CC(=O)C=C1", "toxic-quinone"),
        ("O=S(=O)(F)NS(=O)(=O)F", "toxic-sulfonyl-fluoride"),
        ("NC(N)=S", "toxic-thiocarbonyl"),
        ("CSC#N", "toxic-thiocyanate"),
        ("N#CC(C#N)C#N", "toxic-many-cyano"),
        ("ClC(Cl)=C(Cl)Cl", "toxic-many-halogens"),
    ],
)
def test_alerts_are_remarks_that_forbid_nothing(smiles: str, code: str) -> None:
    assert code in _codes(smiles, passed=True)
    assert _codes(smiles, passed=False) == set()


@pytest.mark.parametrize(
    "smiles",
    [
        "Cc1ccc(S(=O)(=O)O)cc1",
        "CS(=O)(=O)O",
        "O=S(=O)(NS(=O)(=O)c1ccccc1)c1ccccc1",
        "N#CNS(=O)(=O)c1ccccc1",
        "N#CC(C#N)S(=O)(=O)c1ccccc1",
        "COC(=O)C1=C(C(=O)OC)C(C(=O)OC)C(C(=O)OC)=C1C(=O)OC",
        "OS(=O)(=O)c1ccc2oc3ccccc3c2c1",
        "CCCCCCOS(=O)(=O)O",
        "c1c[nH]nn1",
    ],
)
def test_sulfonic_acids_sulfonimides_and_cyclopentadienes_raise_no_alert(smiles: str) -> None:
    (verdict,) = judge_toxic_motifs(read_smiles(smiles))
    assert (verdict.passed, verdict.code) == (True, None)


@pytest.mark.parametrize("name", sorted(HEARD))
def test_alerts_that_are_heard_are_in_rdkits_catalogue_under_that_name(name: str) -> None:
    whole = catalogue(name)
    known = {whole.GetEntryWithIdx(at).GetDescription() for at in range(whole.GetNumEntries())}
    assert HEARD[name] - known == set()


def test_a_catalogues_remark_names_its_alerts() -> None:
    verdicts = judge_toxic_motifs(read_smiles("Oc1ccc(O)cc1"))
    texts = {verdict.code: verdict.text for verdict in verdicts}
    assert "BRENK catalogue: hydroquinone" in texts["toxic-alert-brenk"]
    assert "NIH catalogue: para hydroquinone" in texts["toxic-alert-nih"]
