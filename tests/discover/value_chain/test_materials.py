"""Raw materials: scores as published, concentration by hand, and nothing unknown passed over."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tertulia.discover.value_chain import MaterialScreen, MaterialSpec, screen_materials
from tertulia.discover.value_chain.concentration import SupplyShare, concentration
from tertulia.discover.value_chain.material_screen import MaterialLine
from tertulia.discover.value_chain.shipped_tables import Citation
from tertulia.errors import DataError

_CITED = Citation(table="t", sha256="0" * 64, row="r", line=2, column="share")


def screened(*lines: dict[str, Any]) -> MaterialScreen:
    return screen_materials(MaterialSpec.model_validate({"lines": lines}))


def line(name: str, **further: Any) -> MaterialLine:
    return screened({"name": name, "mass": 1.0, **further}).lines[0]


def shares(*told: tuple[str, float, bool]) -> list[SupplyShare]:
    return [
        SupplyShare(country=country, percent=percent, below=below, trade=1.0, cited=_CITED)
        for country, percent, below in told
    ]


@pytest.mark.parametrize(
    "name, risk, importance",
    [
        ("Ga", 3.9, 3.7),
        ("Germanium", 1.8, 3.6),
        ("tungsten", 1.2, 8.7),
        ("Co", 2.8, 6.8),
        ("Hf", 1.5, 4.3),
        ("Ta", 1.3, 4.8),
        ("neon", 0.7, 3.1),
        ("CaF2", 1.1, 3.8),
    ],
)
def test_scores_are_those_of_2023(name: str, risk: float, importance: float) -> None:
    found = line(name)
    assert found.supply_risk is not None and found.economic_importance is not None
    assert (found.supply_risk.value, found.economic_importance.value) == (risk, importance)
    assert found.supply_risk.cited.column == "supply_risk"
    assert found.supply_risk.cited.row == f"{found.material}, 2023"


def test_the_trend_runs_from_2011_and_changes_count_from_2017() -> None:
    gallium = line("Ga")
    trend = {each.year: each.supply_risk.value for each in gallium.trend if each.supply_risk}
    assert trend == {2011: 2.5, 2014: 1.8, 2017: 1.4, 2020: 1.3, 2023: 3.9}
    assert gallium.risk_change == 2.5


def test_concentration_of_gallium_by_hand() -> None:
    (processing,) = line("Ga").stages
    world, union = processing.world, processing.union
    assert world is not None and union is not None
    # China 93.8, Ukraine 2.2, Russia 1.9, Japan 1.0, Korea 0.9, Germany 0.3
    by_hand = 93.8**2 + 2.2**2 + 1.9**2 + 1.0**2 + 0.9**2 + 0.3**2
    assert world.hhi == pytest.approx(by_hand) and round(world.hhi) == 8809
    # Germany's share counts 0.8, the others 1.
    assert world.hhi_trade == pytest.approx(by_hand - 0.2 * 0.3**2)
    assert (world.largest, world.largest_percent) == ("China", 93.8)
    # 69, 10, 9, 2, 2, 2, 1, 1 and 4 per cent that are not told
    assert union.hhi == 69**2 + 10**2 + 9**2 + 3 * 2**2 + 2 * 1**2
    assert union.hhi_high == union.hhi + 4**2
    assert world.shares[0].cited.row == "Gallium, P, China"


def test_what_is_not_listed_is_an_interval_and_bounds_count_as_nothing() -> None:
    found = concentration(shares(("A", 9.0, False), ("B", 0.1, True)))
    assert (found.hhi, found.hhi_high) == (81.0, 81.0 + 91.0**2)
    assert (found.countries, found.below_limit) == (2, 1)
    assert not found.largest_certain
    assert concentration(shares(("A", 100.0, False))).hhi == 10_000


def test_rare_earths_and_platinum_metals_are_assessed_in_their_group() -> None:
    neodymium, platinum = line("Nd"), line("Pt")
    assert (neodymium.assessed_as, platinum.assessed_as) == ("LREEs", "PGMs")
    assert neodymium.supply_risk is not None and neodymium.supply_risk.value == 3.7
    # Their suppliers are told by the metal.
    assert platinum.stages[0].world is not None
    assert platinum.stages[0].world.largest == "South Africa"


def test_the_regulation_tells_what_is_critical_and_strategic() -> None:
    told = {name: line(name).listed for name in ("Ga", "Ta", "Xe", "Br", "Nd", "La", "Cu")}
    assert told == {
        "Ga": "strategic",
        "Ta": "critical",
        "Xe": "not-listed",
        "Br": "unknown",
        "Nd": "strategic",
        "La": "critical",
        "Cu": "strategic",
    }
    # Copper is listed though it does not reach the thresholds.
    assert line("Cu").reaches_thresholds is False and line("Ga").reaches_thresholds is True
    assert line("nickel").grade_only and not line("Ga").grade_only


def test_exposure_weighs_risk_and_leaves_open_what_is_unknown() -> None:
    screen = screened(
        {"name": "Ga", "mass": 1.0, "value": 3.0},
        {"name": "Cu", "mass": 2.0, "value": 1.0},
        {"name": "polyimide", "mass": 1.0, "value": 1.0, "unassessed": True},
    )
    by_mass, by_value = screen.exposures
    # Ga 3.9 and Cu 0.1; the highest risk of 2023 is that of the heavy rare earths, 5.1.
    assert by_mass.low == pytest.approx(0.25 * 3.9 + 0.5 * 0.1)
    assert by_mass.value == pytest.approx((0.25 * 3.9 + 0.5 * 0.1) / 0.75)
    assert by_mass.high == pytest.approx(by_mass.low + 0.25 * 5.1)
    assert by_mass.known == 0.75 and by_mass.critical == 0.75
    assert by_value.low == pytest.approx(0.6 * 3.9 + 0.2 * 0.1)
    assert by_mass.order[0][0] == "Gallium"
    assert sum(part for _, part in by_mass.order) == pytest.approx(1.0)
    assert screen.unknown == ("polyimide",)
    assert [each.material for each in screen.lines] == ["Gallium", "Copper", "polyimide"]


def test_an_element_without_an_assessment_is_unknown_and_no_error() -> None:
    bromine = line("Br")
    assert (bromine.material, bromine.assessed_as, bromine.supply_risk) == ("Bromine", None, None)
    assert screened({"name": "Br", "mass": 1.0}).exposures[0].value is None
    # Bauxite is no longer assessed of its own: scores of 2020 do not stand in for 2023.
    assert line("Bauxite").supply_risk is None and len(line("Bauxite").trend) == 5


@pytest.mark.parametrize("wrong, near", [("Galium", "Gallium"), ("Tungstn", "Tungsten")])
def test_a_name_that_no_table_has_is_told_with_its_neighbours(wrong: str, near: str) -> None:
    with pytest.raises(DataError) as caught:
        line(wrong)
    assert caught.value.code == "discover.name-unknown"
    assert caught.value.remedy is not None and near in caught.value.remedy


def test_a_symbol_in_other_letters_is_no_element() -> None:
    with pytest.raises(DataError, match="CO"):
        line("CO")


@pytest.mark.parametrize(
    "lines",
    [
        [{"name": "Ga"}],
        [{"name": "Ga", "mass": 1.0}, {"name": "Ge", "value": 1.0}],
        [{"name": "Ga", "mass": -1.0}],
        [{"name": "Ga", "mass": 1.0, "colour": 1}],
        [],
    ],
)
def test_a_bill_that_cannot_be_right_is_refused(lines: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        screened(*lines)
