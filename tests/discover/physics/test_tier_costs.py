"""What the dear tiers are said to cost: more for more, of the right basis, of acids alone."""

from __future__ import annotations

import pytest

from tertulia.discover.physics.geometry import embedded
from tertulia.discover.physics.kohn_sham import molecule_of
from tertulia.discover.physics.tier_costs import basis_functions, costs
from tertulia.errors import DataError

MESYLATE, TOSYLATE = "CS(=O)(=O)[O-]", "Cc1ccc(S(=O)(=O)[O-])cc1"


@pytest.mark.parametrize("smiles", [MESYLATE, TOSYLATE, "FC(F)(F)C(=O)[O-]", "[O-]P(=O)(O)CCl"])
def test_basis_functions_are_pyscfs(smiles: str) -> None:
    geometry = embedded(smiles, seed=1).conformers[0]
    assert basis_functions(smiles) == molecule_of(geometry, basis="def2-svpd").nao


def test_every_tier_costs_more_for_a_larger_anion_and_the_exact_states_most() -> None:
    small, large = costs(MESYLATE), costs(TOSYLATE)
    assert all(0 < small[tier] < large[tier] for tier in small)
    assert large["excitations_tda"] == max(large.values())
    assert costs(TOSYLATE, states=20)["excitations_tda"] > large["excitations_tda"]


def test_an_acid_costs_what_its_anion_costs() -> None:
    assert costs("CS(=O)(=O)O") == costs(MESYLATE)


def test_what_is_no_acid_has_no_cost() -> None:
    with pytest.raises(DataError) as caught:
        costs("c1ccccc1")
    assert caught.value.code == "discover.not-an-acid"
