"""The pool is what its rule says, and its labels come back as they were computed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.materials_pool import (
    MAX_HEAVY_ATOMS,
    Label,
    allowed,
    draw,
    equal_shares,
    label_of,
    mesomer,
    read_labels,
    read_pool,
    write_labels,
    write_pool,
)
from tertulia.campaign.calculation import Calculation, Cost, Result
from tertulia.discover.generators.fragments import enumerate_acids
from tertulia.discover.molecules.acid import acid_of, read_smiles

POOL = read_pool()
ASKED = Calculation(task="t", version=1, inputs={"anion": "CC(=O)[O-]"})


def test_the_pool_is_large_and_no_family_rules_it() -> None:
    families = Counter(row["family"] for row in POOL)
    assert len(POOL) == len({row["anion"] for row in POOL}) >= 4600
    assert len(families) >= 8 and max(families.values()) <= 0.35 * len(POOL)


def test_acids_of_the_pool_are_allowed_and_read_as_they_are_written() -> None:
    for row in POOL[::20]:
        acid = acid_of(row["smiles"])
        assert (acid.smiles, acid.anion, acid.family) == (
            row["smiles"],
            row["anion"],
            row["family"],
        )
        assert allowed(acid), row
        assert read_smiles(acid.smiles).GetNumHeavyAtoms() <= MAX_HEAVY_ATOMS


def test_no_anion_stands_twice_however_it_is_written() -> None:
    written = [mesomer(acid_of(row["smiles"])) for row in POOL]
    assert len(set(written)) == len(written)
    assert mesomer(acid_of("N#Cc1cnc[nH]1")) == mesomer(acid_of("N#Cc1c[nH]cn1"))


def test_what_must_not_stand_in_the_pool_does_not() -> None:
    refused = [
        "OS(=O)(=O)C(F)(F)F",
        "OS(=O)(=O)C(F)=C(F)F",
        "OC(=O)c1cc([N+](=O)[O-])cc([N+](=O)[O-])c1",
        "OC(=O)c1ccc(Br)cc1",
        "OC(=O)OOC",
    ]
    assert [allowed(acid_of(smiles)) for smiles in refused] == [False] * len(refused)
    assert allowed(acid_of("OS(=O)(=O)C(F)F"))


def test_a_draw_is_by_seed_and_shares_equally() -> None:
    first = draw(enumerate_acids(8), 120, seed=3)
    assert first == draw(enumerate_acids(8), 120, seed=3)
    assert first != draw(enumerate_acids(8), 120, seed=4)
    families = Counter(acid.family for acid in first)
    assert len(families) >= 14 and 110 <= len(first) <= 120
    assert max(families.values()) <= 9


def test_shares_are_equal_where_they_can_be() -> None:
    assert equal_shares({"a": 100, "b": 3, "c": 100}, 23) == {"a": 10, "b": 3, "c": 10}
    assert equal_shares({"a": 2, "b": 1}, 10) == {"a": 2, "b": 1}
    assert equal_shares({"a": 5, "b": 5}, 3) == {"a": 2, "b": 1}


def test_a_pool_and_labels_are_read_as_they_were_written(tmp_path: Path) -> None:
    acids = [acid_of("CC(=O)O"), acid_of("CS(=O)(=O)O")]
    write_pool(acids, tmp_path / "pool.csv")
    assert [row["anion"] for row in read_pool(tmp_path / "pool.csv")] == [a.anion for a in acids]
    cost = Cost(seconds=1.0, cpu_seconds=0.83, host="", processor="", began="")
    done = Result(
        calculation=ASKED,
        status="done",
        values={"deprotonation": 131.0123, "gap_ev": 4.25},
        cost=cost,
    )
    failed = Result(calculation=ASKED, status="failed", reason="no-geometry", cost=cost)
    labels = [label_of(done), label_of(failed)]
    write_labels(labels, tmp_path / "labels.csv")
    assert read_labels(tmp_path / "labels.csv") == labels
    assert labels[1] == Label(
        anion="CC(=O)[O-]",
        status="failed",
        reason="no-geometry",
        deprotonation=None,
        gap_ev=None,
        cpu_seconds=0.83,
    )
