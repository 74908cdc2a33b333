"""Slurm's own commands: queue a job, ask what became of it, cancel it.

What `scontrol` and `sacct` print is read here and nowhere else; seen with Slurm 22.05.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tertulia.errors import TertuliaError

GONE = "GONE"
"""Of a job that Slurm does not remember: it forgets minutes after the end without accounting."""
_ENDED = frozenset(
    {
        "BOOT_FAIL",
        "CANCELLED",
        "COMPLETED",
        "DEADLINE",
        "FAILED",
        "NODE_FAIL",
        "OUT_OF_MEMORY",
        "PREEMPTED",
        "REVOKED",
        "TIMEOUT",
        GONE,
    }
)
"""States from which no job comes back by itself; a preempted one that does is PENDING."""
_UNKNOWN_JOB = "Invalid job id"


@dataclass(frozen=True, kw_only=True)
class JobState:
    """A job, or one task of an array, as Slurm tells it."""

    job: int
    state: str
    """In Slurm's words, such as `PENDING` or `RUNNING`; `GONE` if it remembers no such job."""
    reason: str | None = None
    """Why it waits or ended, in Slurm's words."""
    elapsed: str | None = None
    """Of this stretch, as `[days-]hours:minutes:seconds`."""
    restarts: int | None = None
    nodes: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in _ENDED


def queue_job(script: Path, *, after: int | None = None) -> int:
    """Hands a script to Slurm, to begin once the job `after` has ended however it did.

    Returns the job's number. Raises TertuliaError `compute.no-slurm` or `compute.job-refused`.
    """
    wait = [] if after is None else [f"--dependency=afterany:{after}"]
    done = _run("sbatch", "--parsable", *wait, str(script))
    if done.returncode != 0:
        raise TertuliaError(
            "compute.job-refused",
            f"Slurm refused the job: {_reason(done.stderr)}",
            remedy="Correct the table [slurm] of the machine profile; `sinfo` lists what the "
            "cluster offers",
        )
    # `NUMBER`, or `NUMBER;CLUSTER` where there are several.
    return int(done.stdout.strip().partition(";")[0])


def job_states(job: int) -> tuple[JobState, ...]:
    """What became of a job: one entry, or one a task (or range of waiting tasks) of an array.

    Raises TertuliaError `compute.no-slurm`, and `compute.slurm-silent` where Slurm does not answer.
    """
    done = _run("scontrol", "--oneliner", "show", "job", str(job))
    if done.returncode == 0:
        return tuple(_shown(job, line) for line in done.stdout.splitlines() if line.strip())
    if _UNKNOWN_JOB not in done.stderr:
        raise _silent(done.stderr)
    return _accounted(job) or (JobState(job=job, state=GONE),)


def cancel_jobs(jobs: Sequence[int]) -> None:
    """Cancels jobs; what they have finished is kept, and they end with a checkpoint.

    Raises TertuliaError `compute.no-slurm` or `compute.slurm-silent`.
    """
    done = _run("scancel", *map(str, jobs))
    if done.returncode != 0 and _UNKNOWN_JOB not in done.stderr:
        raise _silent(done.stderr)


def _shown(job: int, line: str) -> JobState:
    """A line of `scontrol --oneliner show job`, which writes `Key=value` with blanks between."""
    fields = dict(re.findall(r"(?:^| )([A-Za-z]+)=(\S*)", line))
    return JobState(
        job=job,
        state=fields["JobState"],
        reason=_said(fields.get("Reason")),
        elapsed=_said(fields.get("RunTime")),
        restarts=int(fields["Restarts"]) if fields.get("Restarts", "").isdecimal() else None,
        nodes=_said(fields.get("NodeList")),
    )


def _accounted(job: int) -> tuple[JobState, ...]:
    """What the accounting database remembers; nothing where there is none."""
    if shutil.which("sacct") is None:
        return ()
    names = ("State", "Elapsed", "NodeList")
    done = _run(
        "sacct", "--allocations", "--noheader", "--parsable2", f"--jobs={job}",
        f"--format={','.join(names)}",
    )  # fmt: skip
    if done.returncode != 0:
        return ()
    rows = [line.split("|") for line in done.stdout.splitlines() if line.strip()]
    return tuple(
        # `CANCELLED by 1000`: the first word is the state.
        JobState(job=job, state=state.split()[0], elapsed=_said(elapsed), nodes=_said(nodes))
        for state, elapsed, nodes in rows
    )


def _said(value: str | None) -> str | None:
    return None if value in (None, "", "None", "(null)", "None assigned") else value


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which(program)
    if found is None:
        raise TertuliaError(
            "compute.no-slurm",
            f"there is no program `{program}` here, so this machine has no Slurm",
            remedy="Run the command on a login node of the cluster",
        )
    return subprocess.run([found, *arguments], capture_output=True, text=True, check=False)


def _silent(said: str) -> TertuliaError:
    return TertuliaError(
        "compute.slurm-silent",
        f"Slurm does not answer: {_reason(said)}",
        remedy="Try again in a while; jobs that are queued go on without this command",
    )


def _reason(said: str) -> str:
    """All that a program of Slurm said, on one line and without its own name."""
    lines = [
        re.sub(r"^(?:\w+: )?(?:error|fatal): |^\w+ error: ", "", line.strip())
        for line in said.splitlines()
        if line.strip()
    ]
    told = [line.removeprefix("Batch job submission failed: ") for line in lines]
    return "; ".join(told) or "it gives no reason"
