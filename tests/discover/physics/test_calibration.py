"""Calibrated acidities: lines that are found again, intervals that hold, families that cancel."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.discover.physics.calibration import (
    ACETONITRILE,
    CALIBRATED_FROM,
    WATER,
    Computed,
    anchor,
    calibrated,
    exceeds,
)
from tertulia.discover.physics.calibration_fit import Measured, fitted, left_out, widened
from tertulia.discover.physics.calibration_model import SharedLines, Sums, own_line
from tertulia.discover.physics.calibration_table import calibration_of_json, shipped_calibration

OFFSET, REST, SLOPE = 2.0, 0.5, 0.2


def made_up(families: int, each: int, seed: int) -> list[Measured]:
    """Acids of families that differ in their offsets alone."""
    random = np.random.Generator(np.random.PCG64(seed))
    return [
        Measured(
            name=f"{family}-{one}",
            family=f"family {family}",
            energy=energy,
            value=offset + SLOPE * energy + random.normal(0, REST),
        )
        for family, offset in enumerate(random.normal(0, OFFSET, families))
        for one, energy in enumerate(random.uniform(90, 130, each))
    ]


def test_a_familys_own_line_is_least_squares() -> None:
    energies = np.array([100.0, 105.0, 112.0, 118.0, 121.0])
    values = np.array([1.0, 2.1, 2.9, 4.2, 4.4])
    sums = Sums.of(energies, values)
    slope, start = np.polyfit(energies, values, 1)
    found = own_line(sums, 110.0, drift=0.0)
    assert found.value == pytest.approx(start + slope * 110.0)
    assert found.freedom == 3
    low, high = found.interval()
    assert low < found.value < high
    # Student's t with 3 degrees of freedom: 2.353 at 95 %.
    assert (high - low) / 2 == pytest.approx(2.353363 * found.error, rel=1e-5)


def test_beyond_the_acids_a_line_is_less_sure_the_more_slopes_differ() -> None:
    sums = Sums.of([100.0, 105.0, 112.0, 118.0], [1.0, 2.1, 2.9, 4.2])
    assert sums.beyond(110.0) == 0.0
    assert sums.beyond(90.0) == 10.0
    straight, bent = (own_line(sums, 90.0, drift=drift).error for drift in (0.0, 0.1))
    assert bent**2 == pytest.approx(straight**2 + 1.0)
    assert own_line(sums, 110.0, drift=0.1) == own_line(sums, 110.0, drift=0.0)


def test_spreads_that_acids_were_made_with_are_found_again() -> None:
    found = fitted({"made up": made_up(families=40, each=12, seed=1)})["made up"]
    assert found.offset == pytest.approx(OFFSET, rel=0.3)
    assert found.rest == pytest.approx(REST, rel=0.1)
    assert found.slope < 0.1 * SLOPE


def test_intervals_of_families_left_out_hold_nine_times_in_ten() -> None:
    holds = []
    for seed in range(3):
        acids = made_up(families=12, each=4, seed=seed)
        for model, left in left_out({"made up": acids}, "made up"):
            for acid in left:
                low, high = model.estimate(acid.family, acid.energy).interval()
                holds.append(low <= acid.value <= high)
    assert 0.80 < np.mean(holds) <= 1.0


def test_what_two_acids_share_cancels_in_their_difference() -> None:
    lines = fitted({"made up": made_up(families=8, each=6, seed=2)})["made up"]
    one, other = ("family 0", 100.0), ("family 1", 100.0)
    assert lines.difference(one, ("family 0", 101.0)).error < 1.6 * REST
    assert lines.difference(("new", 100.0), ("new", 101.0)).error < 1.6 * REST
    assert lines.difference(("new", 100.0), ("newer", 101.0)).error > OFFSET
    forth, back = lines.difference(one, other), lines.difference(other, one)
    assert forth.value == pytest.approx(-back.value)
    assert forth.error == pytest.approx(back.error)


def test_lines_are_widened_by_what_a_family_left_out_shows() -> None:
    acids = made_up(families=6, each=4, seed=3)
    # One family is beyond what the others could have foretold.
    odd = [Measured(name=f"odd {one}", family="odd", energy=110.0, value=60.0) for one in range(3)]
    plain, strange = (widened({"made up": some})["made up"] for some in (acids, [*acids, *odd]))
    assert 1.0 <= plain.widening < strange.widening


def test_a_shipped_family_with_enough_acids_is_calibrated_and_others_are_ranked() -> None:
    families = shipped_calibration().scales[WATER].families
    for family, sums in families.items():
        found = calibrated(family, sums.energy)
        assert found.low < found.pka < found.high
        assert (found.standing == "calibrated") == (sums.count >= CALIBRATED_FROM)
        assert found.acids == sums.count
    unknown = calibrated("cyclopentadiene", 75.0)
    assert unknown.standing == "ranked"
    assert unknown.acids == 0
    assert unknown.extrapolated
    assert unknown.high - unknown.low > 8


def test_acetic_acid_is_where_it_is_known_to_be_and_far_energies_are_extrapolated() -> None:
    acetic = calibrated("carboxylic", 131.0)
    assert acetic.low < 4.76 < acetic.high
    assert not acetic.extrapolated
    far = calibrated("carboxylic", 60.0)
    assert far.extrapolated
    assert far.high - far.low > 2 * (acetic.high - acetic.low)


def test_triflic_acid_is_stronger_than_tosylic_acid_and_acetic_acid_is_not() -> None:
    tosylic = anchor()
    assert tosylic.measured == 8.6
    assert exceeds(Computed(family="sulfonic", deprotonation=97.05), tosylic).stronger
    assert exceeds(Computed(family="cyclopentadiene", deprotonation=74.6), tosylic).stronger
    assert not exceeds(Computed(family="carboxylic", deprotonation=131.0), tosylic).stronger


def test_a_reference_that_was_not_measured_is_estimated_and_its_family_cancels() -> None:
    known = anchor()
    unknown = Computed(family=known.family, deprotonation=known.deprotonation)
    candidate = Computed(family="sulfonic", deprotonation=110.0)
    assert exceeds(candidate, unknown).pka == pytest.approx(exceeds(candidate, known).pka, abs=1)
    itself = exceeds(unknown, unknown)
    assert itself.pka == pytest.approx(0.0)
    assert itself.low == pytest.approx(-itself.high)


def test_anchors_agree_with_their_own_lines() -> None:
    lines = shipped_calibration().scales[ACETONITRILE]
    holds = []
    for one in shipped_calibration().anchors:
        low, high = lines.estimate(one.family, one.deprotonation).interval()
        holds.append(low <= one.pka <= high)
    assert np.mean(holds) >= 0.9


def test_a_calibration_is_read_as_it_was_written() -> None:
    shipped = shipped_calibration()
    text = shipped.as_json()
    again = calibration_of_json(text)
    assert again.as_json() == text
    assert isinstance(again.scales[WATER], SharedLines)
    assert again == shipped
