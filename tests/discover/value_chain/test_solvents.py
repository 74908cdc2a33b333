"""Solvents: Hansen distances by hand, lists that keep solvents out, mixtures of two."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from tertulia.discover.value_chain import SolventScreen, SolventSpec, screen_solvents
from tertulia.discover.value_chain.hansen import Hansen, distance
from tertulia.discover.value_chain.solvent_mixtures import best_mixtures
from tertulia.discover.value_chain.solvent_table import Solvent, solvent_table
from tertulia.errors import DataError


def screened(replace: str, **settings: Any) -> SolventScreen:
    return screen_solvents(SolventSpec.model_validate({"replace": replace, **settings}))


def solvent(name: str) -> Solvent:
    return solvent_table().named(name, "here")


def test_distance_counts_dispersion_twice() -> None:
    # NMP 18.0, 12.3, 7.2 and DMSO 18.4, 16.4, 10.2: 4·0.4² + 4.1² + 3.0² = 26.45
    ra = distance(solvent("NMP").parameters, solvent("DMSO").parameters)
    assert ra == pytest.approx(math.sqrt(26.45))


@pytest.mark.parametrize(
    "short, key, deltas",
    [
        ("NMP", "SECXISVLQFMRJM-UHFFFAOYSA-N", (18.0, 12.3, 7.2)),
        ("PGMEA", "LLHKCFNBLRBOGN-UHFFFAOYSA-N", (15.6, 5.6, 9.8)),
        ("cyclohexanone", "JHIVVAPYMSGYDF-UHFFFAOYSA-N", (17.8, 6.3, 5.1)),
        ("GBL", "YEJRWHAVMIAJKC-UHFFFAOYSA-N", (18.0, 16.6, 7.4)),
    ],
)
def test_a_solvent_is_found_by_abbreviation_and_by_key(
    short: str, key: str, deltas: tuple[float, ...]
) -> None:
    found = solvent(short)
    assert found.inchikey == key and solvent(key) == found
    parameters = found.parameters
    assert (parameters.delta_d, parameters.delta_p, parameters.delta_h) == deltas
    assert found.cited.table == "solvents/hansen.csv" and found.cited.row == found.name


def test_every_name_of_the_facts_is_a_solvent_of_the_table() -> None:
    table = solvent_table()
    names = {each.name for each in table.solvents}
    facts = table.facts.data
    told = {name for listed in facts["lists"].values() for name in listed}
    assert (told | set(facts["doubtful"]) | set(facts["names"].values())) - names == set()


def test_reprotoxic_and_doubtful_solvents_do_not_replace_nmp() -> None:
    screen = screened("NMP", count=200)
    kept = {each.solvent.name for each in screen.replacements}
    out = {each.solvent.name: each.reasons for each in screen.excluded}
    assert "N,N-dimethylformamide" not in kept
    assert set(out["N,N-dimethylformamide"]) == {"candidate-list", "cmr-1"}
    # A row of the source with the parameters of NMP under another compound's name.
    assert out["N-methylpyrrolidine"] == ("doubtful",)
    assert len(kept) == screen.allowed and len(kept) + len(out) == screen.considered == 205
    assert screen.reasons["cmr-1"] == sum("cmr-1" in reasons for reasons in out.values())


def test_replacements_are_ordered_by_distance_and_none_is_called_safe() -> None:
    screen = screened("NMP", count=200)
    far = [each.distance for each in screen.replacements]
    assert far == sorted(far)
    # Toxic, but on none of our lists: unknown, which is what its row must say.
    cresyl = next(e for e in screen.replacements if e.solvent.name == "tricresyl phosphate")
    assert cresyl.solvent.lists == ()
    assert "unknown" in next(r for r in screen.section().tables[0].rows if "tricresyl" in r[0])


def test_lists_limits_and_names_keep_out_only_what_they_say() -> None:
    everything = screened("PGMEA", exclude=[], mixtures=False)
    assert everything.allowed == 205 and everything.mixtures == ()
    few = screened("PGMEA", candidates=("EL", "butyl acetate", "MIBK"), without=("EL",))
    assert [each.solvent.name for each in few.replacements] == [
        "butyl acetate",
        "4-methyl-2-pentanone",
    ]
    small = screened("PGMEA", molar_volume=(0.0, 80.0), count=200)
    volumes = [e.solvent.molar_volume for e in small.replacements]
    assert volumes and all(volume is not None and volume.value <= 80 for volume in volumes)


def test_red_says_whether_the_solute_dissolves() -> None:
    solute = {"delta_d": 18.0, "delta_p": 12.3, "delta_h": 10.2, "radius": 6.0}
    screen = screened("NMP", solute=solute, rank_by="red", count=200)
    # NMP is 3.0 away: 3.0 / 6.0.
    assert screen.replaced_red == pytest.approx(0.5)
    reds = [each.red for each in screen.replacements if each.red is not None]
    assert len(reds) == screen.allowed and reds == sorted(reds)
    assert screen.mixtures[0].red is not None and screen.mixtures[0].red < reds[0]


def test_a_mixture_is_the_mean_by_volume_at_its_best_fraction() -> None:
    one = Hansen(delta_d=16.0, delta_p=4.0, delta_h=8.0)
    two = Hansen(delta_d=20.0, delta_p=12.0, delta_h=4.0)
    quarter = one.mixed(two, 0.25)
    assert (quarter.delta_d, quarter.delta_p, quarter.delta_h) == (19.0, 10.0, 5.0)
    # Of anisole and gamma-butyrolactone 0.35 to 0.65 comes nearest to NMP:
    # 17.93, 12.225, 7.19 against 18.0, 12.3, 7.2.
    (found,) = best_mixtures(
        [solvent("anisole"), solvent("GBL")], solvent("NMP").parameters, step=0.05, count=5
    )
    assert (found.first.name, found.fraction) == ("anisole", 0.35)
    assert found.distance == pytest.approx(math.sqrt(4 * 0.07**2 + 0.075**2 + 0.01**2))
    grid = [step / 20 for step in range(1, 20)]
    nearest = min(
        distance(
            found.first.parameters.mixed(found.second.parameters, f), solvent("NMP").parameters
        )
        for f in grid
    )
    assert found.distance == pytest.approx(nearest)


def test_a_pair_that_is_no_nearer_than_one_of_them_is_no_mixture() -> None:
    pair = [solvent("hexane"), solvent("heptane")]
    assert best_mixtures(pair, solvent("water").parameters, step=0.05, count=5) == []
    assert best_mixtures(pair[:1], solvent("water").parameters, step=0.05, count=5) == []


def test_a_name_that_no_table_has_is_told_with_its_neighbours() -> None:
    with pytest.raises(DataError) as caught:
        screened("NMP", without=("cyclohexanon",))
    assert caught.value.code == "discover.name-unknown"
    assert caught.value.where == "solvents.without[0]"
    assert caught.value.remedy is not None and "cyclohexanone" in caught.value.remedy


@pytest.mark.parametrize(
    "wrong",
    [
        {"rank_by": "red"},
        {"step": 0.0},
        {"molar_volume": (90.0, 80.0)},
        {"exclude": ("green",)},
        {"colour": 1},
    ],
)
def test_a_question_that_cannot_be_right_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        screened("NMP", **wrong)
