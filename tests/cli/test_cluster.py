"""`run --submit` and `cluster status|logs|cancel` as their readers meet them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tertulia.cli import main
from tests.fixtures.fake_slurm import FakeSlurm

_PROFILE = """
schema = 1
[slurm]
partition = "acc"
"""
_FIELDS = [
    "run", "job", "state", "reason", "elapsed", "restarts", "nodes", "machine", "submitted",
    "folder", "shards",
]  # fmt: skip


@pytest.fixture(autouse=True)
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    (tmp_path / "there.toml").write_text(_PROFILE)
    monkeypatch.chdir(tmp_path)
    return FakeSlurm(tmp_path / "bin", monkeypatch)


def _submit(*more: str) -> int:
    return main(["run", "quickstart", "--on", "there.toml", "--submit", *more])


def _output() -> Path:
    return Path("runs/quickstart/submissions/0001/output.log")


def test_submitting_tells_the_number_and_how_to_follow_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _submit() == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"Queued as job 7: {_output().parent.absolute()}"
    assert [line.split("cluster ")[1] for line in rest] == [
        "status quickstart",
        "logs quickstart --follow",
        "cancel quickstart",
    ]


def test_submitting_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert _submit("--json", "--until", "corpus") == 0
    fields = json.loads(capsys.readouterr().out)
    assert list(fields) == ["schema", "recipe", "folder", "job", "shards"]
    assert (fields["recipe"], fields["job"], fields["shards"]) == ("quickstart", 7, None)
    assert "--until corpus" in (Path(fields["folder"]) / "job.sbatch").read_text()


def test_a_dry_run_prints_the_script_alone(
    capsys: pytest.CaptureFixture[str], slurm: FakeSlurm
) -> None:
    assert _submit("--dry-run") == 0
    out = capsys.readouterr().out
    assert out.startswith("#!/bin/bash\n") and out.endswith("exit $code\n")
    assert slurm.calls("sbatch") == [] and not Path("runs").exists()


def test_a_dry_run_of_nothing_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "quickstart", "--dry-run"]) == 2
    assert "--dry-run goes with --submit" in capsys.readouterr().err


@pytest.mark.parametrize("share", ["8/8", "1", "a/b", "-1/4"])
def test_a_share_that_is_none(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "quickstart", "--share", share]) == 2
    assert "K/N" in capsys.readouterr().err


def test_status_of_every_run(capsys: pytest.CaptureFixture[str], slurm: FakeSlurm) -> None:
    _submit()
    slurm.tells(7, "PENDING", reason="Resources")
    capsys.readouterr()
    assert main(["cluster", "status"]) == 0
    heads, row = capsys.readouterr().out.splitlines()
    assert heads.split() == ["run", "job", "state", "time", "restarts", "reason"]
    assert row.split() == ["quickstart", "7", "PENDING", "00:00:42", "0", "Resources"]
    # Columns stand below one another.
    assert heads.index("state") == row.index("PENDING")


def test_status_counts_the_tasks_of_an_array(
    capsys: pytest.CaptureFixture[str], slurm: FakeSlurm
) -> None:
    Path("there.toml").write_text(_PROFILE + "array = 3\n")
    _submit()
    slurm.tells(7, "COMPLETED", "RUNNING", "RUNNING")
    slurm.tells(8, "PENDING", reason="Dependency")
    capsys.readouterr()
    assert main(["cluster", "status", "quickstart"]) == 0
    out = capsys.readouterr().out
    assert "shards of the corpus: 1 × COMPLETED, 2 × RUNNING" in out


def test_status_for_programs(capsys: pytest.CaptureFixture[str], slurm: FakeSlurm) -> None:
    _submit()
    slurm.tells(7, "FAILED")
    _submit()
    slurm.tells(8, "RUNNING", restarts=1)
    for arguments, jobs in ((["status"], [8]), (["status", "quickstart"], [8, 7])):
        capsys.readouterr()
        assert main(["cluster", *arguments, "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert list(document) == ["schema", "submissions"]
        assert [list(row) for row in document["submissions"]] == [_FIELDS] * len(jobs)
        assert [row["job"] for row in document["submissions"]] == jobs


def test_status_where_nothing_was_submitted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cluster", "status"]) == 0
    assert capsys.readouterr().out == "No job was ever queued in runs.\n"


def test_logs_before_the_job_begins(capsys: pytest.CaptureFixture[str], slurm: FakeSlurm) -> None:
    _submit()
    slurm.tells(7, "PENDING", reason="Priority")
    capsys.readouterr()
    assert main(["cluster", "logs", "quickstart"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Job 7 has printed nothing yet: PENDING Priority\n")


def test_logs_are_the_jobs_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    _submit()
    _output().write_bytes("documents: begins · año\n".encode() + b"\xff\n")
    capsys.readouterr()
    assert main(["cluster", "logs", "quickstart"]) == 0
    assert capsys.readouterr().out == "documents: begins · año\n�\n"


def test_following_ends_with_the_job(
    capsys: pytest.CaptureFixture[str], slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    _submit()
    slurm.tells(7, "RUNNING")
    _output().write_text("first\n")
    lines = iter(["second\n", "tertulia: job 7 done\n", "", ""])

    def _job_goes_on(seconds: float) -> None:
        with _output().open("a") as stream:
            stream.write(next(lines))
        if "done" in _output().read_text():
            slurm.tells(7, "COMPLETED")

    monkeypatch.setattr("tertulia.cli.cluster.time.sleep", _job_goes_on)
    monkeypatch.setattr("tertulia.cli.cluster._READINGS_BETWEEN_QUESTIONS", 1)
    capsys.readouterr()
    assert main(["cluster", "logs", "quickstart", "--follow"]) == 0
    assert capsys.readouterr().out == "first\nsecond\ntertulia: job 7 done\n"


def test_cancelling_takes_the_array_along(
    capsys: pytest.CaptureFixture[str], slurm: FakeSlurm
) -> None:
    Path("there.toml").write_text(_PROFILE + "array = 3\n")
    _submit()
    slurm.tells(8, "PENDING")
    capsys.readouterr()
    assert main(["cluster", "cancel", "quickstart"]) == 0
    assert capsys.readouterr().out == "Job 8 is cancelled; what it has finished is kept.\n"
    assert slurm.calls("scancel") == ["8 7"]


def test_cancelling_what_is_over(capsys: pytest.CaptureFixture[str], slurm: FakeSlurm) -> None:
    _submit()
    slurm.tells(7, "COMPLETED")
    assert main(["cluster", "cancel", "quickstart"]) == 2
    assert "error[compute.no-job]" in capsys.readouterr().err
    assert slurm.calls("scancel") == []


@pytest.mark.parametrize("verb", ["status", "logs", "cancel"])
def test_a_run_that_nobody_submitted(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cluster", verb, "nothing"]) == 2
    assert "error[compute.no-submission]" in capsys.readouterr().err
