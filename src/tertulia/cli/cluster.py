"""`tertulia cluster status|logs|cancel`: what becomes of the jobs that `--submit` queued."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tertulia.cli.options import RUNS, JsonOption, RunsOption
from tertulia.messages import mark, tr

if TYPE_CHECKING:
    from tertulia.compute.submission import Submission

SubmittedRun = Annotated[
    str, typer.Argument(metavar="RUN", help=mark("The name of a run that was submitted."))
]
SubmittedRunOrAll = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN",
        help=mark("The name of a run that was submitted; without it, the newest job of each."),
        show_default=False,
    ),
]

_SECONDS_BETWEEN_READINGS = 1.0
_READINGS_BETWEEN_QUESTIONS = 10
"""Slurm's controller has others to answer too."""


def status(
    run: SubmittedRunOrAll = None, runs: RunsOption = RUNS, json: JsonOption = False
) -> None:
    from tertulia.cli.json_output import print_json
    from tertulia.compute.submission import all_submissions, submissions_named

    if run is not None:
        found = submissions_named(run, runs)
    else:
        # Newest first within a run: the first of each name stays.
        newest: dict[str, Submission] = {}
        for submission in all_submissions(runs):
            newest.setdefault(submission.run, submission)
        found = tuple(newest.values())
    rows = [_row(submission) for submission in found]
    if json:
        print_json({"submissions": rows})
    elif not rows:
        print(tr("No job was ever queued in {folder}.", folder=runs))
    else:
        _show(rows)


def logs(
    run: SubmittedRun,
    follow: Annotated[
        bool, typer.Option("--follow", help=mark("Go on printing until the job ends."))
    ] = False,
    runs: RunsOption = RUNS,
) -> None:
    from tertulia.compute.submission import current_state, submissions_named
    from tertulia.progress import log

    newest = submissions_named(run, runs)[0]
    if not newest.output.exists():
        state = current_state(newest)
        log(
            tr(
                "Job {job} has printed nothing yet: {state}",
                job=newest.job,
                state=" ".join(filter(None, (state.state, state.reason))),
            )
        )
    for text in _followed(newest) if follow else _read(newest.output):
        print(text, end="", flush=True)


def cancel(run: SubmittedRun, runs: RunsOption = RUNS, json: JsonOption = False) -> None:
    from tertulia.cli.json_output import print_json
    from tertulia.compute.slurm import cancel_jobs
    from tertulia.compute.submission import current_state, submissions_named
    from tertulia.errors import TertuliaError

    open_ones = [s for s in submissions_named(run, runs) if not current_state(s).ended]
    if not open_ones:
        raise TertuliaError(
            "compute.no-job",
            f'no job of the run "{run}" is in the queue',
            remedy=f"`tertulia cluster status {run}` tells what became of them",
        )
    # The shards first: a main job that waits for them would begin once they are gone.
    shards = [s.shards for s in open_ones if s.shards is not None]
    jobs = [s.job for s in open_ones]
    cancel_jobs([*jobs, *shards])
    if json:
        print_json({"run": run, "cancelled": jobs})
        return
    for job in jobs:
        print(tr("Job {job} is cancelled; what it has finished is kept.", job=job))


def _row(submission: Submission) -> dict[str, Any]:
    from tertulia.compute.slurm import job_states
    from tertulia.compute.submission import current_state

    state = current_state(submission)
    shards: dict[str, int] | None = None
    if submission.shards is not None and state.state == "PENDING":
        shards = dict(Counter(task.state for task in job_states(submission.shards)))
    return {
        "run": submission.run,
        "job": submission.job,
        "state": state.state,
        "reason": state.reason,
        "elapsed": state.elapsed,
        "restarts": state.restarts,
        "nodes": state.nodes,
        "machine": submission.machine,
        "submitted": submission.submitted,
        "folder": submission.folder,
        "shards": shards,
    }


def _show(rows: Sequence[dict[str, Any]]) -> None:
    """One line a job, columns below one another; states and reasons are Slurm's own words."""
    heads = {
        "run": tr("run"),
        "job": tr("job"),
        "state": tr("state"),
        "elapsed": tr("time"),
        "restarts": tr("restarts"),
        "reason": tr("reason"),
    }
    table = [list(heads.values())]
    table += [["" if row[key] is None else str(row[key]) for key in heads] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line, row in zip(table, [None, *rows], strict=True):
        print(
            "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        )
        if row is not None and row["shards"]:
            states = ", ".join(f"{count} × {state}" for state, count in row["shards"].items())
            print("  " + tr("shards of the corpus: {states}", states=states))


def _read(path: Path) -> Iterator[str]:
    if path.exists():
        yield path.read_text(encoding="utf-8", errors="replace")


def _followed(submission: Submission) -> Iterator[str]:
    """What the job prints, as it comes, until it has ended or the reader has had enough."""
    import codecs
    import contextlib

    from tertulia.compute.submission import current_state

    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    place, readings, ended = 0, 0, False
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            if submission.output.exists():
                with submission.output.open("rb") as stream:
                    stream.seek(place)
                    content = stream.read()
                place += len(content)
                yield decoder.decode(content)
            if ended:
                return
            if readings % _READINGS_BETWEEN_QUESTIONS == 0:
                # One reading more after the end: what was printed last may come late.
                ended = current_state(submission).ended
            readings += 1
            time.sleep(_SECONDS_BETWEEN_READINGS)
