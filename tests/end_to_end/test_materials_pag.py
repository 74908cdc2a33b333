"""The shipped campaign on a smaller budget: what it promises of its finalists holds.

On the whole budget it is measured by benchmarks/materials_campaign.py, since it takes a quarter of
an hour on two cores.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from tertulia.discover.constraints.judge import Limits, judge
from tertulia.discover.constraints.pfas import is_pfas
from tertulia.discover.finalists import fingerprint_of, similarities
from tertulia.discover.generators.seeds import seeds
from tertulia.discover.molecules.acid import acid_of, identity, read_smiles
from tertulia.discover.outcome import Candidate, Outcome, read_outcome
from tertulia.recipe.shipped import shipped_folder

NITRO = "[N+](=O)[O-]"
BUDGET = {"calculations = 400": "calculations = 280", "finalists = 14": "finalists = 12"}
CHEAPER = 'tiers = ["conformers"]\n'
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    runs = tmp_path_factory.mktemp("runs")
    text = shipped_folder("briefs", "materials-pag.toml").read_text(encoding="utf-8")
    for whole, part in BUDGET.items():
        assert whole in text
        text = text.replace(whole, part)
    # The last table of the brief is [finalists].
    (runs / "brief.toml").write_text(text + CHEAPER, encoding="utf-8")
    command = [sys.executable, "-m", "tertulia", "discover", "run", str(runs / "brief.toml")]
    subprocess.run([*command, "--runs", str(runs)], check=True, stdin=subprocess.DEVNULL)
    yield runs


@pytest.fixture(scope="module")
def outcome(runs: Path) -> Outcome:
    return read_outcome(runs / "materials-pag")


@pytest.fixture(scope="module")
def finalists(outcome: Outcome) -> list[Candidate]:
    return [outcome.candidate(anion) for anion in outcome.finalists]


def test_nearly_all_that_is_calculated_is_validated(outcome: Outcome) -> None:
    done = [one for one in outcome.candidates if one.validated]
    assert len(done) >= 0.9 * len(outcome.candidates) > 250
    assert all("deprotonation" in one.tiers[0].values for one in done)
    failed = [one.tiers[0] for one in outcome.candidates if not one.validated]
    assert all(tier.reason for tier in failed)


def test_ten_finalists_of_three_families_exceed_tosylic_acid(finalists: list[Candidate]) -> None:
    assert len(finalists) >= 10
    assert len({one.family for one in finalists}) >= 3
    for one in finalists:
        assert one.acidity is not None
        assert one.acidity.stronger_than_reference.low > 0


def test_finalists_are_new_allowed_and_unlike(finalists: list[Candidate]) -> None:
    known = {identity(acid_of(seed.smiles).anion) for seed in seeds()}
    assert not known & {identity(one.anion) for one in finalists}
    prints = [fingerprint_of(one.anion) for one in finalists]
    assert all(similarities(one, [other])[0] < 0.6 for one, other in combinations(prints, 2))
    for one in finalists:
        assert all(verdict.passed for verdict in judge(acid_of(one.smiles), Limits()))
        assert not is_pfas(read_smiles(one.smiles), "oecd-2021")
        assert one.smiles.count(NITRO) < 2


def test_finalists_and_anchors_went_through_the_further_tiers(
    outcome: Outcome, finalists: list[Candidate]
) -> None:
    for one in [*finalists, *outcome.anchors.values()]:
        assert [tier.tier for tier in one.tiers] == ["xtb", "proton-sites", "conformers"]
        assert all(tier.done or tier.reason for tier in one.tiers)


def test_a_family_with_few_measured_acids_is_ranked(outcome: Outcome) -> None:
    from tertulia.discover.physics.calibration import CALIBRATED_FROM, WATER
    from tertulia.discover.physics.calibration_table import shipped_calibration

    measured = shipped_calibration().scales[WATER].families
    for one in outcome.candidates:
        if one.acidity is not None:
            family = measured.get(one.family)
            enough = family is not None and family.count >= CALIBRATED_FROM
            assert one.acidity.standing == ("calibrated" if enough else "ranked")


def test_the_dossier_has_a_page_for_each_finalist_in_each_language(
    runs: Path, finalists: list[Candidate]
) -> None:
    dossier = runs / "materials-pag" / "dossier"
    for tag in ("es", "ca", "ca-valencia", "eu", "gl", "en"):
        pages = {page.name for page in (dossier / tag).glob("*.html")}
        wanted = {f"candidate-{place:02}.html" for place in range(1, len(finalists) + 1)}
        assert pages >= {"index.html", *wanted}


def test_ten_of_its_records_give_the_same_numbers_again(runs: Path, outcome: Outcome) -> None:
    keys = [one.tiers[0].record for one in outcome.candidates[:: len(outcome.candidates) // 10]]
    words = [word for key in keys[:10] for word in ("--again", key[:16])]
    command = [sys.executable, "-m", "tertulia", "discover", "report", "materials-pag"]
    told = subprocess.run(
        [*command, *words, "--runs", str(runs), "--json"],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    records = json.loads(told.stdout)["records"]
    assert len(records) == 10
    assert {record["verdict"] for record in records} == {"identical"}
