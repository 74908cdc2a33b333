"""First geometries: by seed, conformers from the lowest up, refused where no force field fits."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.campaign.workers import CalculationFailed
from tertulia.discover.physics.geometry import embedded, geometry_of_xyz


def test_the_same_seed_gives_the_same_geometry_and_another_seed_another() -> None:
    one, again, other = (embedded("CCCC(=O)O", seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.conformers[0].positions, again.conformers[0].positions)
    assert not np.array_equal(one.conformers[0].positions, other.conformers[0].positions)


def test_hydrogens_are_there_and_the_charge_is_the_molecules() -> None:
    acetate = embedded("CC(=O)[O-]", seed=0)
    assert sorted(acetate.conformers[0].numbers) == [1, 1, 1, 6, 6, 8, 8]
    assert acetate.conformers[0].charge == -1
    assert acetate.force_field == "MMFF94"


def test_conformers_stand_from_the_lowest_up_and_a_rigid_molecule_has_one() -> None:
    flexible = embedded("OCCCO", seed=1)
    assert len(flexible.conformers) == len(flexible.strain) > 2
    assert flexible.strain[0] == 0.0
    assert all(low < high for low, high in zip(flexible.strain, flexible.strain[1:], strict=False))
    assert len(embedded("c1ccccc1", seed=1).conformers) == 1


def test_seed_nought_gives_one_conformer_only() -> None:
    assert len(embedded("OCCCO", seed=0).conformers) == 1


def test_where_mmff_lacks_parameters_uff_shapes_the_molecule_and_it_is_said() -> None:
    assert embedded("C[Si](C)(C)C", seed=0).force_field in ("MMFF94", "UFF")
    assert embedded("OB(O)c1ccccc1", seed=0).force_field == "UFF"


def test_what_no_force_field_knows_has_no_geometry() -> None:
    with pytest.raises(CalculationFailed) as failure:
        embedded("*C(=O)O", seed=0)
    assert failure.value.reason == "no-geometry"


def test_an_xyz_file_holds_the_geometry_to_six_decimals() -> None:
    written = embedded("OS(=O)(=O)C(F)(F)F", seed=3).conformers[0]
    read = geometry_of_xyz(written.xyz("triflic acid"), charge=0)
    assert np.array_equal(read.numbers, written.numbers)
    assert np.abs(read.positions - written.positions).max() <= 5.1e-7
    assert written.xyz("two\nlines").splitlines()[1] == "two lines"
