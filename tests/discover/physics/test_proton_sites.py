"""Where a proton sits best: every site that bears the charge is tried, the most stable counts."""

from __future__ import annotations

import json

from tertulia.discover.molecules.acid import acid_of
from tertulia.discover.physics.acidity import compute_acidity
from tertulia.discover.physics.proton_sites import compute_proton_sites, protonated


def test_an_anion_with_one_kind_of_site_makes_one_acid() -> None:
    assert protonated("CC(=O)[O-]") == ("CC(=O)O",)
    assert protonated("O=S(=O)([O-])C(F)(F)F") == ("O=S(=O)(O)C(F)(F)F",)


def test_keto_and_enol_are_both_acids_of_their_anion() -> None:
    assert protonated("CC(=O)[CH-]C(C)=O") == ("CC(=O)C=C(C)O", "CC(=O)CC(C)=O")


def test_the_minus_of_a_nitro_group_is_no_site_of_its_own_and_no_lone_plus_is_left() -> None:
    found = protonated("N#C[C-](C#N)[N+](=O)[O-]")
    assert "N#CC(C#N)[N+](=O)[O-]" in found
    assert not any("[NH2+]" in acid for acid in found)


def test_a_cyanocarbon_may_bear_its_proton_on_nitrogen() -> None:
    assert set(protonated("N#C[C-](C#N)C#N")) == {"N#CC(C#N)C#N", "N#CC(=C=N)C#N"}


def test_the_most_stable_acid_counts_and_is_never_stronger_than_the_one_written() -> None:
    acid = acid_of("N#CC(C#N)C=O")
    inputs = {"anion": acid.anion, "solvent": "acetonitrile", "seed": 0}
    found = compute_proton_sites(inputs)
    written = compute_acidity({**inputs, "acid": acid.smiles})
    energies = [site["deprotonation"] for site in found["sites"]]
    assert energies == sorted(energies, reverse=True)
    assert found["deprotonation"] == energies[0] >= written["deprotonation"] - 0.1
    assert acid.smiles in {site["acid"] for site in found["sites"]}
    assert json.loads(json.dumps(found)) == found
