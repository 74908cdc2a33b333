"""Critical elements: the shipped table is the Commission's, and an acid's exposure follows it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tertulia.discover.constraints.critical_elements import (
    critical_elements,
    element_sources,
    judge_critical_elements,
    supply_risk,
)
from tertulia.discover.constraints.molar_mass import molar_mass
from tertulia.discover.molecules.acid import read_smiles

DATA = Path(__file__).parents[4] / "shared" / "data" / "materials" / "crm"
LISTED_MATERIALS = 34
"""Critical and strategic raw materials in annex II of Regulation (EU) 2024/1252."""
NO_ELEMENT = 5
"""Of them: coking coal, feldspar, helium, natural graphite and phosphate rock."""


def test_the_table_names_the_materials_of_the_list_of_2023() -> None:
    sources = element_sources().values()
    critical = {source.raw_material for source in sources if source.critical}
    assert len(critical) == LISTED_MATERIALS - NO_ELEMENT
    assert {"Fluorspar", "Phosphorus", "Boron", "Silicon metal", "Copper", "Nickel"} <= critical
    assert not element_sources()["S"].critical


def test_what_is_critical_follows_from_both_thresholds() -> None:
    for symbol, source in element_sources().items():
        reached = source.supply_risk >= 1.0 and source.economic_importance >= 2.8
        assert source.critical == (reached or symbol in ("Cu", "Ni")), symbol


@pytest.mark.skipif(not DATA.is_dir(), reason="the assessed materials are not beside this clone")
def test_every_row_is_the_assessment_of_2023() -> None:
    path = DATA / "dimension_CRMsOverTime.csv"
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        assessed = {
            row["Material"]: (row["SR"], row["EI"])
            for row in csv.DictReader(file)
            if row["Year"] == "2023"
        }
    for symbol, source in element_sources().items():
        risk, importance = assessed[source.raw_material]
        given = source.supply_risk, source.economic_importance
        assert given == (float(risk), float(importance)), symbol


def test_exposure_is_mass_fraction_times_supply_risk() -> None:
    triflic = read_smiles("OS(=O)(=O)C(F)(F)F")
    assert molar_mass(triflic) == pytest.approx(150.08, abs=0.01)
    assert supply_risk(triflic) == pytest.approx(3 * 18.998 / 150.08 * 1.1, abs=1e-3)
    assert critical_elements(triflic) == ("F",)
    assert supply_risk(read_smiles("Cc1ccc(S(=O)(=O)O)cc1")) == 0.0


def test_a_small_share_is_a_remark_and_a_large_one_a_failure() -> None:
    (remark,) = judge_critical_elements(read_smiles("CCCCCCP(=O)(O)O"), limit=1.0)
    assert (remark.passed, remark.code) == (True, "critical-elements-present")
    (failure,) = judge_critical_elements(read_smiles("CP(=O)(O)O"), limit=1.0)
    assert (failure.passed, failure.code) == (False, "critical-elements")
    assert "(P)" in failure.text and "1.06" in failure.text


def test_where_there_is_none_nothing_is_said() -> None:
    (verdict,) = judge_critical_elements(read_smiles("CS(=O)(=O)O"), limit=0.0)
    assert (verdict.passed, verdict.code) == (True, None)
