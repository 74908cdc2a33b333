"""A small campaign from its brief to its outcome, with real chemistry; killed, it ends the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tertulia.discover.brief import Brief, load_brief
from tertulia.discover.discovery import Watcher, discover
from tertulia.discover.finalists import fingerprint_of, similarities
from tertulia.discover.outcome import Outcome, read_outcome, write_outcome

ROOT = Path(__file__).parents[2]
BRIEF = """
schema = 1
kind = "campaign"
name = "small"
seed = 7

[constraints]
max_heavy_atoms = 9

[generators]
seeds = ["CS(=O)(=O)O", "N#CC(C#N)C#N", "O=C(O)C#N", "CS(=O)(=O)NC#N", "c1nn[nH]n1"]
selfies = 0.0
candidates = 40

[search]
batch = 4
initial = 8

[budget]
calculations = 20
finalists = 3

[finalists]
excludes_reference = false
tiers = []
"""


def brief_in(folder: Path) -> Brief:
    path = folder / "brief.toml"
    path.write_text(BRIEF, encoding="utf-8")
    brief = load_brief(str(path))
    assert isinstance(brief, Brief)
    return brief


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("campaign")
    return discover(brief_in(folder), folder / "run", processes=2)


def test_everything_calculated_is_accounted_for(outcome: Outcome) -> None:
    funnel = outcome.funnel
    assert funnel.calculated == 24 == len(outcome.candidates) + len(outcome.anchors)
    assert funnel.validated + sum(funnel.failed.values()) == funnel.calculated
    dropped = sum(sum(reasons.values()) for name, reasons in funnel.dropped.items())
    let_go = sum(funnel.dropped.get("search", {}).values())
    assert sum(funnel.proposed.values()) == funnel.eligible + dropped - let_go


def test_candidates_come_from_generators_and_pass_the_constraints(outcome: Outcome) -> None:
    proposed = [one for one in outcome.candidates if one.generator != "seeds"]
    assert {one.generator for one in proposed} == {"fragments", "graph-ga"}
    assert all(check.passed for one in proposed for check in one.checks)
    assert any(one.predicted for one in proposed), "a model expected something"


def test_anchors_are_computed_in_the_same_way(outcome: Outcome) -> None:
    energies = {name: one.tiers[0].values["deprotonation"] for name, one in outcome.anchors.items()}
    assert energies["pentacyanocyclopentadienide"] < energies["triflate"] < energies["tosylate"]


def test_finalists_are_new_and_unlike(outcome: Outcome) -> None:
    finalists = [outcome.candidate(anion) for anion in outcome.finalists]
    assert finalists and all(one.generator not in ("anchor", "seeds") for one in finalists)
    prints = [fingerprint_of(one.anion) for one in finalists]
    for place, one in enumerate(prints):
        assert all(value < 0.6 for value in similarities(one, prints[:place]))


def test_the_hypervolume_never_falls(outcome: Outcome) -> None:
    found = [volume for _, volume in outcome.progress]
    assert found == sorted(found) and found[-1] > 0


def test_an_outcome_is_read_as_it_was_written(outcome: Outcome, tmp_path: Path) -> None:
    write_outcome(tmp_path, outcome)
    assert read_outcome(tmp_path).digest == outcome.digest


PROGRAM = """
import sys
from pathlib import Path
from tertulia.discover.brief import load_brief
from tertulia.discover.discovery import discover

if __name__ == "__main__":
    print(discover(load_brief(sys.argv[1]), Path(sys.argv[2]), processes=1).digest)
"""


def test_killed_and_run_again_it_ends_as_if_nothing_had_been(
    outcome: Outcome, tmp_path: Path
) -> None:
    brief_in(tmp_path)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, str(program), str(tmp_path / "brief.toml"), str(tmp_path / "run")]
    for enough in (6, 14):
        process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        while _records(tmp_path / "run") < enough:
            assert process.poll() is None, "it ended before it was killed"
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    ended = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert ended.stdout.strip() == outcome.digest


def _records(folder: Path) -> int:
    return len(list((folder / "results" / "records").glob("*/*.json")))


def test_a_finished_campaign_computes_nothing_again(tmp_path: Path, outcome: Outcome) -> None:
    first = discover(brief_in(tmp_path), tmp_path / "run", processes=2)
    stored: list[tuple[int, int]] = []
    watcher = Watcher(searched=lambda seen: stored.append((seen.finished, seen.stored)))
    again = discover(brief_in(tmp_path), tmp_path / "run", processes=1, watcher=watcher)
    assert again.digest == first.digest == outcome.digest
    assert stored[-1] == (24, 24)
