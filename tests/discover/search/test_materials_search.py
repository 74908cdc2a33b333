"""The benchmark of searches, on a small pool whose labels are made up."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks.materials_search import (
    INITIAL,
    ONE_OBJECTIVE,
    Job,
    Pool,
    bounds,
    ceiling,
    figures,
    read,
    run,
)

HEADS = ("C(=O)O", "S(=O)(=O)O", "c1ccccc1O", "C(=O)NO")
ACIDS = ["C" * length + head for length in range(1, 21) for head in HEADS]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Sulfonic acids are the strongest, short ones before long ones; two have no label."""
    from tertulia.discover.molecules.acid import acid_of

    folder = tmp_path_factory.mktemp("pool")
    pool, labels = folder / "pool.csv", folder / "labels.csv"
    acids = [acid_of(smiles) for smiles in ACIDS]
    with pool.open("w", newline="") as file:
        rows = [(acid.smiles, acid.anion, acid.family) for acid in acids]
        csv.writer(file).writerows([("smiles", "anion", "family"), *rows])
    head = ("anion", "status", "reason", "deprotonation", "gap_ev", "cpu_seconds")
    with labels.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for acid in acids[2:]:
            energy = 100 + len(acid.smiles) / 10 - 20 * (acid.family == "sulfonic")
            writer.writerow((acid.anion, "done", "", energy, 3 + len(acid.smiles) % 7, 0.5))
        writer.writerow((acids[0].anion, "failed", "connectivity-changed", "", "", 0.5))
    return pool, labels


@pytest.fixture(scope="module")
def pool(files: tuple[Path, Path]) -> Pool:
    return read(*files)


def test_what_has_no_label_is_counted_with_its_reason(pool: Pool) -> None:
    assert len(pool.smiles) == len(ACIDS) - 2
    assert dict(pool.unlabelled) == {"connectivity-changed": 1, "not computed": 1}


def test_the_top_are_the_strongest_twentieth(pool: Pool) -> None:
    assert sorted(pool.smiles[place] for place in pool.top) == sorted(
        "C" * length + "S(=O)(=O)O" for length in (2, 3, 4, 5)
    )


@pytest.mark.parametrize("strategy", ONE_OBJECTIVE)
def test_a_run_begins_alike_and_calculates_nothing_twice(pool: Pool, strategy: str) -> None:
    known = run(pool, 1, strategy, 3, 23)
    assert len(known) == len(set(known)) == 23
    assert known[:INITIAL] == run(pool, 1, "random", 3, INITIAL)
    assert known == run(pool, 1, strategy, 3, 23)


def test_a_run_ends_with_the_pool(pool: Pool) -> None:
    assert sorted(run(pool, 1, "random", 0, 1000)) == list(range(len(pool.smiles)))


def test_nothing_beats_the_ceiling_and_all_is_found_in_the_end(
    pool: Pool, files: tuple[Path, Path]
) -> None:
    best = ceiling(pool, 2, (15, 20, 78))
    assert (best <= len(pool.top)).all()
    for seed in range(2):
        job = Job(*files, 1, "class-random", seed, (15, 20, 78))
        hits, _ = figures(job)
        assert (np.array(hits) <= best[seed]).all()
        assert hits[-1] == len(pool.top)


def test_the_whole_pool_has_the_whole_hypervolume(files: tuple[Path, Path]) -> None:
    job = Job(*files, 2, "random", 0, (20, 78))
    (part, whole), _ = figures(job)
    assert 0 <= part < whole
    assert whole == pytest.approx(1.0)


def test_the_bound_is_the_smaller_of_thrice_by_class_and_nine_tenths_of_the_ceiling() -> None:
    best = np.array([[40.0, 90.0], [42.0, 92.0]])
    by_class = np.array([[5.0, 40.0], [7.0, 44.0]])
    assert bounds(by_class, best) == [(18.0, pytest.approx(36.9)), (126.0, pytest.approx(81.9))]
