"""What random changes of a graph make that cannot be kept in a bottle is named and left out."""

from __future__ import annotations

import pytest

from tertulia.discover.generators.plausibility import implausible
from tertulia.discover.generators.seeds import SeedAcid, seeds
from tertulia.discover.molecules.acid import read_smiles


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("C[NH3+]", "charge"),
        ("[CH2]C", "radical"),
        ("O=C(O)C1CCCCCC1", "ring-size"),
        ("C1=CC1", "strained-ring"),
        ("C1=CC=C1", "strained-ring"),
        ("C=C=C", "cumulene"),
        ("COOC", "chain-of-heteroatoms"),
        ("CN=NC", "chain-of-heteroatoms"),
        ("CNCl", "halogen-on-heteroatom"),
        ("CC(=O)Cl", "acyl-halide"),
        ("CC(=O)S(C)(=O)=O", "acyl-sulfonyl"),
        ("CC(=O)C#N", "acyl-cyanide"),
        ("CC(=O)OC(C)=O", "anhydride"),
        ("COC#N", "cyanate"),
        ("NC(=O)O", "carbonic-acid"),
        ("OCO", "geminal-heteroatoms"),
        ("FC(F)(F)S(=O)(=O)O", "perfluorinated"),
        ("FC(F)=CC#N", "perfluorinated"),
        ("CP(C)C", "trivalent-phosphorus"),
        ("CC(=S)O", "low-valent-sulfur"),
        ("C[PH](=O)O", "hydride"),
        ("C=CO", "unstable-enol"),
        ("CC(C)=N", "unstable-imine"),
        ("C[N+](=O)[O-]", "nitro-off-ring"),
        ("CN(C)C", "basic-amine"),
        ("C1=CC2CCC1=CC2", "bent-bridge"),
    ],
)
def test_it_is_left_out_with_its_reason(smiles: str, reason: str) -> None:
    assert implausible(read_smiles(smiles)) == reason


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.name)
def test_known_acids_are_plausible(seed: SeedAcid) -> None:
    assert implausible(read_smiles(seed.smiles)) is None
