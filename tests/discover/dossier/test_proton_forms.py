"""Of which acid numbers are: the dossier says it wherever it shows one."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tertulia.campaign.result_store import ResultStore
from tertulia.discover.dossier.cautions import candidate_proxies
from tertulia.discover.dossier.figures import no_finalists
from tertulia.discover.dossier.folder import write_dossier
from tertulia.discover.dossier.proton_forms import (
    acidity_tier,
    deprotonation,
    lost_sites,
    most_stable,
    proton_sites,
)
from tertulia.discover.dossier.proton_words import of_which_acid, site_notes
from tertulia.discover.outcome import Candidate, Outcome, Tier, write_outcome
from tests.discover.dossier.sample_campaign import (
    ENOL,
    FINALISTS,
    brief,
    candidate,
    examined,
    sample,
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """The sample's dossier, which tests only read, and its outcome."""
    folder = tmp_path_factory.mktemp("campaign")
    outcome = sample(folder)
    return write_dossier(folder).parent, outcome


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """An empty store of results."""
    made = ResultStore(tmp_path / "results")
    yield made
    made.close()


def finalist(outcome: Outcome, place: int) -> Candidate:
    """From 1."""
    return outcome.candidate(outcome.finalists[place - 1])


def page(dossier: Path, place: int) -> str:
    """A finalist's page in English."""
    return (dossier / "en" / f"candidate-{place:02}.html").read_text(encoding="utf-8")


def rows_with(text: str, *parts: str) -> list[str]:
    """Rows of tables that hold all parts."""
    rows = re.findall(r"<tr.*?</tr>", text, re.DOTALL)
    return [row for row in rows if all(part in row for part in parts)]


def failed_sites(outcome: Outcome, place: int, reason: str) -> Outcome:
    """The outcome after a finalist's sites gave nothing."""
    one = finalist(outcome, place)
    tier = Tier(tier="proton-sites", record="cd" * 32, done=False, reason=reason)
    others = tuple(old for old in one.tiers if old.tier != "proton-sites")
    broken = one.model_copy(update={"tiers": (*others, tier)})
    found = tuple(broken if old.anion == one.anion else old for old in outcome.candidates)
    return outcome.model_copy(update={"candidates": found})


def test_an_acid_is_as_strong_as_its_most_stable_form(written: tuple[Path, Outcome]) -> None:
    one = finalist(written[1], 1)
    best = most_stable(one)
    assert best is not None and (best.acid, best.written) == (ENOL, False)
    assert [site.deprotonation for site in proton_sites(one)] == [93.25, 91.5]
    assert deprotonation(one) == 93.25
    assert acidity_tier(one) == one.tier("proton-sites")


def test_without_examined_sites_it_is_the_written_one(written: tuple[Path, Outcome]) -> None:
    third = finalist(written[1], 3)
    assert most_stable(third) is None and proton_sites(third) == ()
    assert deprotonation(third) == 98.0
    assert acidity_tier(third) == third.tier("xtb")
    assert of_which_acid(third) == "of the acid as written"
    broken = finalist(failed_sites(written[1], 1, "not-converged"), 1)
    assert deprotonation(broken) == 91.75 and acidity_tier(broken) == broken.tier("xtb")


def test_the_written_acid_is_known_however_it_is_spelt(store: ResultStore) -> None:
    one = candidate(store, FINALISTS[1], 96.5)
    one = examined(store, one, {"OS(=O)(=O)c1ccc(cc1)C#N": 96.5})
    best = most_stable(one)
    assert best is not None and best.written
    assert of_which_acid(one) == "of the most stable acid, which is the one as written"


def test_a_written_acid_that_was_not_examined_is_said(store: ResultStore) -> None:
    one = candidate(store, FINALISTS[0], 91.75)
    without = examined(store, one, {ENOL: 93.25})
    assert "The acid as written is not among those examined." in site_notes(without)
    lost = examined(store, one, {ENOL: 93.25}, {FINALISTS[0]: "not-converged"})
    assert [site.written for site in lost_sites(lost)] == [True]
    assert "The acid as written is not among those examined." not in site_notes(lost)


def test_the_page_has_a_row_for_each_acid(written: tuple[Path, Outcome]) -> None:
    first, second = page(written[0], 1), page(written[0], 2)
    assert "<h3>Sites of the proton, GFN2-xTB</h3>" in first
    assert "The most stable acid is another than the one as written." in first
    assert len(rows_with(first, f"<code>{ENOL}</code>", "93.25", "the most stable")) == 1
    assert len(rows_with(first, f"<code>{FINALISTS[0]}</code>", "91.50", "as written")) == 1
    assert f"Most stable acid: <code>{ENOL}</code>" in first
    assert f"Acid as written: <code>{FINALISTS[0]}</code>" in first
    assert "The most stable acid is the one as written." in second
    assert len(rows_with(second, "96.50", "the most stable, and as written")) == 1
    failed = "bonds changed in the optimisation"
    assert len(rows_with(second, "<code>CC(=O)O</code>", failed, "connectivity-changed")) == 1
    assert "Most stable acid:" not in second


def test_a_page_without_the_tier_says_why(written: tuple[Path, Outcome], tmp_path: Path) -> None:
    said = "Not computed: only the surest candidates were examined."
    assert said in page(written[0], 3) and said not in page(written[0], 1)
    write_outcome(tmp_path, failed_sites(sample(tmp_path), 1, "not-converged"))
    dossier = write_dossier(tmp_path).parent
    assert "It failed: did not converge." in page(dossier, 1)
    campaign = (dossier / "en" / "index.html").read_text(encoding="utf-8")
    assert rows_with(campaign, ">Candidate 1<", "did not converge", "91.8")


def test_acidity_names_its_acid_and_its_record(written: tuple[Path, Outcome]) -> None:
    one = finalist(written[1], 1)
    sites = one.tier("proton-sites")
    assert sites is not None
    (row,) = rows_with(page(written[0], 1), "pKa in water")
    assert f"of the most stable acid, {ENOL}" in row and sites.record[:12] in row
    (row,) = rows_with(page(written[0], 3), "pKa in water")
    assert "of the acid as written" in row


def test_both_energies_stand_beside_one_another(written: tuple[Path, Outcome]) -> None:
    text = (written[0] / "en" / "index.html").read_text(encoding="utf-8")
    rows = rows_with(text, ">Candidate 1<")
    assert len(rows) == 1
    assert re.search(rf"93\.2.*?{re.escape(ENOL)}.*?91\.8", rows[0], re.DOTALL)
    assert text.count("Deprotonation energy of the most stable acid, kcal/mol") == 2
    compact = rows_with(text, "seed pool", "118.0")
    assert len(compact) == 1 and '<td class="figure">–</td>' in compact[0]
    assert rows_with(text, 'id="anchor-triflate"', "<small>as written; ")


def test_the_plot_places_the_most_stable_and_points_to_the_written(
    written: tuple[Path, Outcome],
) -> None:
    text = (written[0] / "en" / "index.html").read_text(encoding="utf-8")
    strokes = re.findall(r'<line class="written" x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)"', text)
    # Only the first finalist moved: to the right, where weaker acids are.
    assert len(strokes) == 1 and float(strokes[0][0]) < float(strokes[0][1])
    assert f"93.2 kcal/mol of the most stable acid, {ENOL}" in text
    assert "91.8 kcal/mol of the acid as written" in text
    assert re.search(rf"Candidate 1, [^<]*pKa [^<]*most stable acid, {re.escape(ENOL)}", text)


def test_programs_get_both_energies(written: tuple[Path, Outcome]) -> None:
    dossier, outcome = written
    told = json.loads((dossier / "dossier.json").read_text(encoding="utf-8"))["finalists"]
    assert told[0]["deprotonation_kcal_mol"] == {
        "as_written": 91.75,
        "most_stable": 93.25,
        "most_stable_acid": ENOL,
        "most_stable_is_written": False,
    }
    assert [one["acidity_of"] for one in told] == ["most-stable", "most-stable", "as-written"]
    text = (dossier / "candidates.csv").read_bytes().decode()
    lines = {one["anion"]: one for one in csv.DictReader(io.StringIO(text))}
    first, third = (lines[finalist(outcome, place).anion] for place in (1, 3))
    assert float(first["deprotonation_kcal_mol"]) == 91.75
    assert float(first["most_stable_deprotonation_kcal_mol"]) == 93.25
    assert (first["most_stable_acid"], first["acidity_of"]) == (ENOL, "most-stable")
    assert first["sites_status"] == "done" and len(first["sites_record"]) == 64
    assert (third["most_stable_acid"], third["acidity_of"]) == ("", "as-written")
    assert third["sites_status"] == third["sites_record"] == ""


def test_who_was_not_examined_is_counted_apart(written: tuple[Path, Outcome]) -> None:
    outcome = written[1]
    spec = brief()
    nobody = outcome.model_copy(update={"finalists": ()})
    assert no_finalists(nobody, spec) == {
        "alike-or-beyond-number": 2,
        "known-before": 1,
        "reference-not-excluded": 1,
        "sites-not-examined": 1,
    }
    broken = failed_sites(
        nobody.model_copy(update={"finalists": outcome.finalists}), 2, "too-large"
    )
    broken = broken.model_copy(update={"finalists": ()})
    assert no_finalists(broken, spec)["sites-failed"] == 1


def test_a_caution_goes_with_every_acidity(written: tuple[Path, Outcome]) -> None:
    dossier, outcome = written
    assert all("written-tautomer" in candidate_proxies(one) for one in outcome.candidates)
    for name in ("index.html", "candidate-01.html"):
        assert "carbon acids, above all, look too strong" in (dossier / "en" / name).read_text(
            "utf-8"
        )
