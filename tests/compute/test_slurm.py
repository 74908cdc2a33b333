"""What Slurm's programs print, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.compute.slurm import JobState, cancel_jobs, job_states, queue_job
from tertulia.errors import TertuliaError
from tests.fixtures.fake_slurm import FakeSlurm


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    return FakeSlurm(tmp_path / "bin", monkeypatch)


def test_a_queued_job_has_a_number(slurm: FakeSlurm) -> None:
    assert queue_job(Path("/a/job.sbatch")) == 7
    assert slurm.calls("sbatch") == ["--parsable /a/job.sbatch"]


def test_where_there_are_several_clusters_the_number_comes_with_a_name(slurm: FakeSlurm) -> None:
    slurm.answer("sbatch", "echo '17;acc'")
    assert queue_job(Path("job.sbatch"), after=16) == 17
    assert slurm.calls("sbatch") == ["--parsable --dependency=afterany:16 job.sbatch"]


def test_all_reasons_of_a_refusal_are_told(slurm: FakeSlurm) -> None:
    slurm.answer(
        "sbatch",
        "echo 'sbatch: error: Memory specification can not be satisfied' >&2\n"
        "echo 'sbatch: error: Batch job submission failed: Requested node configuration is not "
        "available' >&2; exit 1",
    )
    with pytest.raises(TertuliaError) as caught:
        queue_job(Path("job.sbatch"))
    assert caught.value.code == "compute.job-refused"
    assert caught.value.what == (
        "Slurm refused the job: Memory specification can not be satisfied; "
        "Requested node configuration is not available"
    )


def test_a_job_as_slurm_tells_it(slurm: FakeSlurm) -> None:
    slurm.tells(7, "RUNNING", restarts=2, elapsed="1-02:03:04", nodes="gpp[1-3]")
    (state,) = job_states(7)
    assert state == JobState(
        job=7, state="RUNNING", elapsed="1-02:03:04", restarts=2, nodes="gpp[1-3]"
    )
    assert not state.ended


def test_a_waiting_job_says_why(slurm: FakeSlurm) -> None:
    slurm.tells(7, "PENDING", reason="Resources")
    assert job_states(7)[0].reason == "Resources"


def test_an_array_has_a_state_a_task(slurm: FakeSlurm) -> None:
    slurm.tells(7, "RUNNING", "COMPLETED", "COMPLETED")
    assert [task.state for task in job_states(7)] == ["RUNNING", "COMPLETED", "COMPLETED"]


@pytest.mark.parametrize("state", ["COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"])
def test_an_end_is_an_end(slurm: FakeSlurm, state: str) -> None:
    slurm.tells(7, state)
    assert job_states(7)[0].ended


@pytest.mark.parametrize("state", ["PENDING", "CONFIGURING", "COMPLETING", "REQUEUED", "SUSPENDED"])
def test_of_anything_else_more_may_come(slurm: FakeSlurm, state: str) -> None:
    slurm.tells(7, state)
    assert not job_states(7)[0].ended


def test_accounting_remembers_what_the_queue_forgot(slurm: FakeSlurm) -> None:
    slurm.answer("sacct", "echo 'CANCELLED by 1000|00:01:02|gpp1'")
    assert job_states(7) == (JobState(job=7, state="CANCELLED", elapsed="00:01:02", nodes="gpp1"),)


def test_without_accounting_a_forgotten_job_is_gone(slurm: FakeSlurm) -> None:
    slurm.refuse("sacct", "Slurm accounting storage is disabled")
    assert job_states(7) == (JobState(job=7, state="GONE"),)


def test_a_controller_that_does_not_answer_is_not_a_job_that_is_gone(slurm: FakeSlurm) -> None:
    slurm.refuse("scontrol", "slurm_load_jobs error: Unable to contact slurm controller")
    with pytest.raises(TertuliaError, match="Unable to contact slurm controller") as caught:
        job_states(7)
    assert caught.value.code == "compute.slurm-silent"


def test_cancelling(slurm: FakeSlurm) -> None:
    cancel_jobs([7, 8])
    assert slurm.calls("scancel") == ["7 8"]
    slurm.refuse("scancel", "scancel: error: Kill job error on job id 7: Invalid job id specified")
    cancel_jobs([7])
    slurm.refuse("scancel", "scancel: error: Kill job error on job id 7: Access/permission denied")
    with pytest.raises(TertuliaError, match="Access/permission denied"):
        cancel_jobs([7])


def test_a_machine_without_slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TertuliaError) as caught:
        queue_job(tmp_path / "job.sbatch")
    assert caught.value.code == "compute.no-slurm"
