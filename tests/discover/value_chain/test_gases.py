"""Process gases: what is emitted, by hand, and what is said of substitutes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tertulia.discover.value_chain import GasScreen, GasSpec, screen_gases
from tertulia.discover.value_chain.gas_table import gas_table
from tertulia.errors import DataError


def screened(*uses: dict[str, Any], **settings: Any) -> GasScreen:
    made = [{"purpose": "etch-silicon", "kg_per_year": 100.0, **use} for use in uses]
    return screen_gases(GasSpec.model_validate({"uses": made, **settings}))


@pytest.mark.parametrize(
    "gas, potential",
    [
        ("SF6", 25_200),
        ("NF3", 17_400),
        ("CF4", 7_380),
        ("C2F6", 12_400),
        ("c-C4F8", 10_200),
        ("N2O", 273),
        ("CHF3", 14_600),
    ],
)
def test_potentials_are_those_of_the_sixth_report(gas: str, potential: float) -> None:
    line = screened({"gas": gas, "utilisation": 0.0}).lines[0]
    figure = line.emission.potential
    assert figure is not None and figure.value == potential
    # 100 kg of it, none destroyed.
    assert line.emission.tonnes is not None
    assert line.emission.tonnes.value == pytest.approx(100 * potential / 1000)


def test_a_number_names_its_table_digest_row_and_column() -> None:
    table = gas_table().potentials
    figure = table.figure(0, "AR6GWP100", table.rows[0]["Species"])
    assert figure is not None
    assert figure.cited.table == "gases/gwp.csv"
    assert figure.cited.sha256 == table.sha256 and len(table.sha256) == 64
    assert (figure.cited.row, figure.cited.line) == ("CH4", 2)


def test_emission_is_what_is_neither_used_nor_abated_nor_sent_back() -> None:
    use = {"gas": "SF6", "utilisation": 0.6, "abatement": 0.9, "heel": 0.1, "by_products": {}}
    tonnes = screened(use).lines[0].emission.tonnes
    # 100 kg · 0.9 · 0.4 · 0.1 = 3.6 kg, times 25.2 t/kg.
    assert tonnes is not None
    assert (tonnes.low, tonnes.value, tonnes.high) == pytest.approx((90.72,) * 3)


def test_ranges_of_the_brief_are_the_interval() -> None:
    use = {"gas": "SF6", "utilisation": [0.5, 0.7], "abatement": [0.8, 1.0], "by_products": {}}
    kg = screen_gases(
        GasSpec.model_validate(
            {"uses": ({"purpose": "etch-silicon", "kg_per_year": 100.0, **use},)}
        )
    ).lines[0]
    # Between 100 · 0.3 · 0 and 100 · 0.5 · 0.2 kg; in the middle 100 · 0.4 · 0.1.
    emitted = kg.emission.kg
    assert (emitted.low, emitted.value, emitted.high) == pytest.approx((0.0, 4.0, 10.0))


def test_without_a_utilisation_the_regulation_gives_factor_and_by_products() -> None:
    line = screened({"gas": "NF3", "purpose": "clean-remote"}).lines[0]
    assert line.utilisation_from == "table"
    assert line.emission.factor is not None and line.emission.factor.table == "gases/factors.csv"
    assert line.emission.kg.value == pytest.approx(1.8)
    made = {each.gas: each.kg.value for each in line.by_products}
    assert made == pytest.approx({"CF4": 3.8, "HFC23": 0.0059, "HFC32": 0.16, "HFC41": 0.28})
    # 0.018 · 17,400 + 0.038 · 7,380 + 0.000059 · 14,600 + 0.0016 · 771 + 0.0028 · 135
    assert line.per_kg_used == pytest.approx(596.1134)


def test_a_gas_without_a_factor_may_be_emitted_wholly_or_not_at_all() -> None:
    line = screened({"gas": "N2O", "purpose": "deposition-oxidant"}).lines[0]
    assert line.utilisation_from == "unknown"
    tonnes = line.emission.tonnes
    assert tonnes is not None
    assert (tonnes.low, tonnes.value, tonnes.high) == pytest.approx((0.0, 27.3, 27.3))


def test_a_gas_that_no_report_assesses_is_unknown_and_not_in_the_total() -> None:
    screen = screened({"gas": "F2", "purpose": "clean-remote"}, {"gas": "SF6", "by_products": {}})
    fluorine, sulphur = (line.emission for line in screen.lines)
    assert fluorine.potential is None and fluorine.tonnes is None
    assert screen.unknown == ("F2",)
    assert sulphur.tonnes is not None and screen.total == sulphur.tonnes


def test_substitutes_go_by_potential_and_the_unknown_stand_last_without_praise() -> None:
    line = screened({"gas": "NF3", "purpose": "clean-remote"}).lines[0]
    assert [each.gas for each in line.substitutes] == ["C3F8", "COF2", "F2"]
    octafluoropropane, _, fluorine = line.substitutes
    assert octafluoropropane.ratio == pytest.approx(9_290 / 17_400)
    # 585 against 596 kg CO2e per kg, of which 283 are by-products; C3F8's were not measured.
    assert (octafluoropropane.judged_by, octafluoropropane.standing) == ("process", "unknown")
    assert (fluorine.standing, fluorine.ratio, fluorine.tonnes) == ("unknown", None, None)
    assert fluorine.changes is not None and "on-site" in fluorine.changes


def test_a_lower_potential_does_not_mean_less_where_more_of_it_gets_through() -> None:
    line = screened({"gas": "cC4F8", "purpose": "etch-oxide"}).lines[0]
    by_gas = {each.gas: each for each in line.substitutes}
    tetrafluoromethane = by_gas["CF4"]
    assert tetrafluoromethane.ratio is not None and tetrafluoromethane.ratio < 1
    assert (tetrafluoromethane.judged_by, tetrafluoromethane.standing) == ("process", "higher")
    assert by_gas["HFC23"].standing == "higher" and by_gas["HFC41"].standing == "lower"


def test_earlier_reports_stand_beside_the_sixth() -> None:
    metrics = screened({"gas": "NF3", "utilisation": 0.0}).lines[0].by_metric
    assert metrics["AR5GWP100"] == pytest.approx(1_610)
    assert metrics["SARGWP100"] is None


def test_a_name_that_no_table_has_is_told_with_its_neighbours() -> None:
    with pytest.raises(DataError) as caught:
        screened({"gas": "NF4"})
    assert caught.value.code == "discover.name-unknown"
    assert caught.value.where == "gases.uses[0].gas"
    assert caught.value.remedy is not None and "NF3" in caught.value.remedy


@pytest.mark.parametrize(
    "wrong", [{"colour": 1}, {"utilisation": 1.2}, {"utilisation": (0.7, 0.5)}, {"kg_per_year": 0}]
)
def test_a_brief_that_cannot_be_right_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        screened({"gas": "SF6", **wrong})


def test_a_wrong_share_is_told_once() -> None:
    with pytest.raises(ValidationError) as caught:
        screened({"gas": "SF6", "utilisation": 1.2})
    assert len(caught.value.errors()) == 1
