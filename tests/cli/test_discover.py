"""`tertulia discover run|report` as a scientist meets them: what is said, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tertulia.cli import main
from tertulia.store.lock import run_lock

ROOT = Path(__file__).parents[2]
BRIEF = """
schema = 1
kind = "campaign"
name = "tiny"
seed = 7

[constraints]
max_heavy_atoms = 9

[generators]
seeds = ["CS(=O)(=O)O", "N#CC(C#N)C#N"]
selfies = 0.0
candidates = 40

[search]
batch = 4
initial = 4

[budget]
calculations = 8
finalists = 2

[finalists]
excludes_reference = false
tiers = []
"""
RUN = ("discover", "run", "tiny.toml")
REPORT = ("discover", "report", "tiny")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the brief and the campaign that came of it."""
    folder = tmp_path_factory.mktemp("campaign")
    (folder / "tiny.toml").write_text(BRIEF, encoding="utf-8")
    arguments = ["discover", "run", str(folder / "tiny.toml"), "--runs", str(folder / "runs")]
    assert main(arguments) == 0
    return folder


@pytest.fixture
def here(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, and the current folder."""
    shutil.copytree(finished, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return Path("runs/tiny")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said of a mistake: its code and the place, no traceback, nothing on the output."""
    capsys.readouterr()
    assert main(list(arguments)) == 2
    said = capsys.readouterr()
    assert said.out == "" and "Traceback" not in said.err and "fault of tertulia" not in said.err
    assert re.search(r"^error\[[a-z]+\.[a-z0-9-]+\]: ", said.err, re.MULTILINE), said.err
    return said.err


def a_record(campaign: Path) -> Path:
    """The record of an xTB calculation."""
    found = sorted((campaign / "results" / "records").glob("*/*.json"))
    return next(one for one in found if "compute_acidity" in one.read_text(encoding="utf-8"))


def test_a_campaign_tells_finalists_and_dossier(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*RUN]) == 0
    out = capsys.readouterr().out
    assert "2 finalists" in out and f"Dossier: {here}/dossier/index.html" in out
    assert (here / "dossier" / "index.html").is_file()


def test_run_and_report_give_programs_the_same(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for arguments in (RUN, REPORT, ("discover", "report", str(here))):
        capsys.readouterr()
        assert main([*arguments, "--json"]) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1] == told[2]
    assert list(told[0]) == [
        "schema", "folder", "dossier", "digest", "funnel", "finalists", "approved",
    ]  # fmt: skip
    assert told[0]["schema"] == 1 and len(told[0]["finalists"]) == 2
    assert set(told[0]["funnel"]) == {
        "proposed", "dropped", "eligible", "calculated", "failed", "validated",
    }  # fmt: skip


def test_the_command_that_approves_is_one_that_works(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A brief of one's own is named by its file: by its campaign's name it is not found."""
    assert main([*RUN]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert "--approve PLACE" in last and "tiny.toml" in last


def test_approvals_of_what_is_no_finalist_any_more_hide_no_waiting(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = [{"anion": f"C[N-]C{'C' * size}", "by": "x", "on": ""} for size in range(2)]
    (here / "approved.json").write_text(json.dumps({"schema": 1, "approved": gone}))
    assert main([*RUN]) == 0
    assert "--approve PLACE" in capsys.readouterr().out


def test_a_record_is_computed_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = a_record(here).stem
    assert main([*REPORT, "--again", key[:12], "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["records"]
    assert found["key"] == key and found["verdict"] in ("identical", "equal")
    assert found["kept"]["deprotonation"] == pytest.approx(found["now"]["deprotonation"])


@pytest.mark.parametrize("key", ["zzz", "", "../..", "*", "é", "f" * 5000])
def test_a_key_without_a_record(here: Path, capsys: pytest.CaptureFixture[str], key: str) -> None:
    assert "campaign.no-record" in refused(capsys, *REPORT, "--again", key)


@pytest.mark.parametrize("name", ["nobody", "../nobody", "", "a" * 300, "tiny.toml"])
def test_a_campaign_that_is_not_there(
    here: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert "discover.no-campaign" in refused(capsys, "discover", "report", name)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", "{}", '{"schema": 9}', "\xff"])
def test_an_outcome_that_is_damaged(
    here: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (here / "campaign.json").write_bytes(text.encode("latin-1"))
    assert "discover.no-campaign" in refused(capsys, *REPORT)
    assert main([*RUN]) == 0, "running it again writes it anew"
    assert main([*REPORT]) == 0


def test_an_outcome_whose_finalist_is_no_candidate(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = here / "campaign.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, "finalists": ["C[O-]"]}), encoding="utf-8")
    assert "discover.no-campaign" in refused(capsys, *REPORT)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 1}', "\xff"])
def test_a_record_that_is_damaged(
    here: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    record = a_record(here)
    record.write_bytes(text.encode("latin-1"))
    said = refused(capsys, *RUN)
    assert "campaign.record-damaged" in said and record.name in said
    record.unlink()
    assert main([*RUN]) == 0, "what the remedy says works"


def test_a_round_that_is_damaged(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sorted((here / "rounds").glob("*.json"))[0]
    path.write_text('{"key": 3', encoding="utf-8")
    assert path.name in refused(capsys, *RUN)
    path.unlink()
    assert main([*RUN]) == 0


def test_a_round_that_was_changed_by_hand(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sorted((here / "rounds").glob("*.json"))[0]
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, "chosen": ["C[O-]"]}), encoding="utf-8")
    assert "campaign.record-damaged" in refused(capsys, *RUN)


def test_an_index_that_is_damaged_is_made_anew(here: Path) -> None:
    (here / "results" / "index.sqlite").write_text("not a database at all " * 100)
    assert main([*RUN]) == 0


@pytest.mark.parametrize("place", ["3", "0", "-1", "first", ""])
def test_only_finalists_are_approved(
    here: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    assert "1 to 2" in refused(capsys, *RUN, f"--approve={place}")
    assert not (here / "approved.json").exists()


def test_a_screen_has_nothing_to_approve(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, "discover", "run", "gases", "--approve", "1")


def test_one_process_at_a_time(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with run_lock(here):
        said = refused(capsys, *RUN)
    assert "store.locked" in said and str(os.getpid()) in said
