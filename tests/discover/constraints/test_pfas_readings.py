"""The PFAS patterns say what an atom-by-atom reading says, and find the OECD's own list."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pfas_filter import OECD, molecules, walk
from tertulia.discover.constraints.pfas import is_pfas
from tertulia.discover.molecules.acid import read_smiles

DATA = Path(__file__).parents[4] / "shared" / "data" / "materials"

_LINKS = ("C(F)(F)", "C(F)", "C(F)(Cl)", "C(F)(F)O", "C=C(F)", "C(=C(F)F)", "C", "S(=O)(=O)", "N",
          "c1c(F)cccc1", "C(Br)", "C(C(F)(F)F)", "OC(F)(F)", "C#C", "[C@H](F)")  # fmt: skip
_ENDS = ("F", "Cl", "C(F)(F)F", "C(F)F", "C(F)(F)Cl", "C(F)(F)I", "C(F)=C(F)F", "S(=O)(=O)O", "O")


@given(
    st.sampled_from(("C", "FC(F)(F)", "FC(F)", "O", "OC(=O)", "Cl")),
    st.lists(st.sampled_from(_LINKS), max_size=4),
    st.sampled_from(_ENDS),
)
def test_patterns_and_the_walk_over_atoms_agree(head: str, links: list[str], end: str) -> None:
    molecule = read_smiles(head + "".join(links) + end)
    assert is_pfas(molecule, "oecd-2021") == walk(molecule)
    if is_pfas(molecule, "eu-reach"):
        assert is_pfas(molecule, "oecd-2021")


@pytest.mark.skipif(not (DATA / OECD).is_file(), reason="the OECD's list is not beside this clone")
def test_of_the_oecds_list_999_in_1000_are_found_and_the_rest_is_rightly_missed() -> None:
    listed, _ = molecules(DATA / OECD)
    missed = [one for one in listed.values() if not is_pfas(one, "oecd-2021")]
    assert len(listed) > 3_500
    assert len(missed) <= len(listed) / 1_000
    assert not any(walk(one) for one in missed)
