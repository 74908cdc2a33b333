"""A run handed to Slurm: `runs/NAME/submissions/0001/` with all that the job needs, and its number.

job.sbatch, shards.sbatch   what was queued
recipe/, machine/, code/    copies, so that later changes do not reach the job
output.log, shards-*.log    what the job printed, every stretch after the one before
submission.json             which jobs, and when
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tertulia.compute.profiles import load_profile, profile_file
from tertulia.compute.row_division import check_division
from tertulia.compute.sbatch import END_LINE, OUTPUT_NAME, JobOrder, job_script, shards_script
from tertulia.compute.slurm import GONE, JobState, cancel_jobs, job_states, queue_job
from tertulia.compute.slurm_spec import SlurmSpec
from tertulia.compute.snapshot import copy_code, copy_recipe, named_sources
from tertulia.errors import RecipeError, StoreError, TertuliaError
from tertulia.recipe.load import LoadedRecipe, load_recipe
from tertulia.store.atomic import write_text

_FOLDER = "submissions"
_FILE = "submission.json"
_SCRIPT = "job.sbatch"
_SHARDS_SCRIPT = "shards.sbatch"
_STATES = {"done": "COMPLETED", "failed": "FAILED", "stopped": "CANCELLED"}
"""How a script's last line begins -> what Slurm calls it; `queued again` is no end."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One submission, as it was written down."""

    folder: Path
    run: str
    machine: str
    job: int
    shards: int | None
    """The array of jobs that take the corpus' shards first; None where there is none."""
    submitted: str
    """UTC, as ISO 8601."""

    @property
    def output(self) -> Path:
        """What the main job prints; not there before it runs."""
        return self.folder / OUTPUT_NAME


class Order:
    """A recipe and a profile that were found sound, ready to be queued."""

    def __init__(
        self, recipe: str | Path, machine: str | None, runs_dir: Path, options: tuple[str, ...]
    ) -> None:
        """Checks everything that can be checked here; `options` are further ones of `run`.

        Raises RecipeError for the recipe, its sources and the profile, among others
        `compute.no-slurm-table`.
        """
        self._loaded: LoadedRecipe = load_recipe(recipe)
        self._sources = named_sources(self._loaded)
        self._profile = profile_file(machine or "auto")
        self._spec = _slurm_table(self._profile)
        check_division(self._loaded.recipe, self._spec.nodes * self._spec.tasks_per_node)
        self._run = Path(runs_dir, self._loaded.recipe.name).absolute()
        self._options = options

    def scripts(self) -> dict[str, str]:
        """File name -> text of the scripts, as they would be queued now; writes nothing."""
        return self._scripts(self._run / _FOLDER / f"{_next_number(self._run):04}")

    def queue(self) -> Submission:
        """Writes the submission folder and queues its jobs.

        Raises TertuliaError: `compute.already-queued`, `compute.job-refused`, `compute.no-slurm`.
        """
        self._refuse_second()
        folder = _new_folder(self._run)
        try:
            scripts = self._scripts(folder)
            copy_recipe(self._loaded, self._sources, self._recipe_copy(folder))
            (folder / "machine").mkdir()
            shutil.copyfile(self._profile, folder / "machine" / self._profile.name)
            copy_code(folder / "code")
            for name, text in scripts.items():
                write_text(folder / name, text)
            job, shards = _queue(folder, with_shards=_SHARDS_SCRIPT in scripts)
        except BaseException:
            # What was not queued leaves nothing that `cluster status` would take for a job.
            shutil.rmtree(folder, ignore_errors=True)
            raise
        submission = Submission(
            folder=folder,
            run=self._loaded.recipe.name,
            machine=self._profile.stem,
            job=job,
            shards=shards,
            submitted=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        fields = {**asdict(submission), "folder": folder.name}
        write_text(folder / _FILE, json.dumps({"schema": 1, **fields}, indent=1) + "\n")
        return submission

    def _scripts(self, folder: Path) -> dict[str, str]:
        order = JobOrder(
            name=self._loaded.recipe.name,
            machine=self._profile.stem,
            folder=folder,
            python=sys.executable,
            arguments=(
                "run",
                str(self._recipe_copy(folder)),
                "--on",
                str(folder / "machine" / self._profile.name),
                "--runs",
                str(self._run.parent),
                *self._options,
            ),
        )
        scripts = {_SCRIPT: job_script(self._spec, order)}
        if self._spec.array is not None:
            scripts[_SHARDS_SCRIPT] = shards_script(self._spec, order)
        return scripts

    def _recipe_copy(self, folder: Path) -> Path:
        return folder / "recipe" / self._loaded.path.name

    def _refuse_second(self) -> None:
        """Two jobs of one run: the second would only find the run folder locked."""
        for earlier in submissions_of(self._run)[:1]:
            if not current_state(earlier).ended:
                raise TertuliaError(
                    "compute.already-queued",
                    f"job {earlier.job} of this run is still in the queue",
                    where=str(earlier.folder),
                    remedy="Wait for it, or cancel it with "
                    f"`tertulia cluster cancel {earlier.run}`",
                )


def submissions_of(run: Path) -> tuple[Submission, ...]:
    """The submissions of a run folder, newest first. Raises StoreError `store.bad-submission`."""
    files = sorted(run.glob(f"{_FOLDER}/*/{_FILE}"), reverse=True)
    return tuple(_read(path) for path in files)


def all_submissions(runs_dir: Path) -> tuple[Submission, ...]:
    """The submissions of every run, by run and newest first. Raises as `submissions_of` does."""
    runs = sorted(path.parent for path in runs_dir.glob(f"*/{_FOLDER}"))
    return tuple(submission for run in runs for submission in submissions_of(run))


def current_state(submission: Submission) -> JobState:
    """What became of the main job: as Slurm tells, or where it forgot, as the job's log does.

    Raises TertuliaError as `job_states` does, unless the log tells that the job is over.
    """
    words = last_words(submission)
    ended = _STATES.get(re.split(r"\W", words)[0]) if words else None
    told = JobState(job=submission.job, state=ended or GONE, reason=words)
    try:
        state = job_states(submission.job)[0]
    except TertuliaError:
        if ended is None:
            raise
        return told
    return told if state.state == GONE else state


def submissions_named(run: str, runs_dir: Path) -> tuple[Submission, ...]:
    """The submissions of the run of that name in `runs_dir`, or of that folder, newest first.

    Raises TertuliaError `compute.no-submission` where there is none.
    """
    folder = next((path for path in (runs_dir / run, Path(run)) if (path / _FOLDER).is_dir()), None)
    found = submissions_of(folder) if folder is not None else ()
    if not found:
        raise TertuliaError(
            "compute.no-submission",
            f'no job was ever queued for a run "{run}"',
            where=str(runs_dir),
            remedy="`tertulia cluster status` lists those there are; --runs names another folder",
        )
    return found


def last_words(submission: Submission) -> str | None:
    """What the script last said of how a stretch of the job ended; None before it did."""
    try:
        lines = submission.output.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    begin = f"{END_LINE} {submission.job} "
    return next(
        (line.removeprefix(begin) for line in reversed(lines) if line.startswith(begin)), None
    )


def _queue(folder: Path, *, with_shards: bool) -> tuple[int, int | None]:
    """(main job, array of jobs before it): both queued, or neither."""
    shards = queue_job(folder / _SHARDS_SCRIPT) if with_shards else None
    try:
        return queue_job(folder / _SCRIPT, after=shards), shards
    except TertuliaError:
        if shards is not None:
            cancel_jobs([shards])
        raise


def _slurm_table(profile: Path) -> SlurmSpec:
    spec = load_profile(profile).slurm
    if spec is None:
        raise RecipeError(
            "compute.no-slurm-table",
            "the machine profile has no table [slurm], which says what to ask the cluster for",
            where=str(profile),
            remedy="Name a profile of a cluster with --on, or write the table; docs/cluster.md "
            "shows one",
        )
    return spec


def _next_number(run: Path) -> int:
    taken = [int(path.name) for path in run.glob(f"{_FOLDER}/*") if path.name.isdecimal()]
    return max(taken, default=0) + 1


def _new_folder(run: Path) -> Path:
    while True:
        folder = run / _FOLDER / f"{_next_number(run):04}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder


def _read(path: Path) -> Submission:
    try:
        fields = json.loads(path.read_bytes())
        if fields.pop("schema") != 1:
            raise ValueError("not of schema 1")
        return Submission(**{**fields, "folder": path.parent})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StoreError(
            "store.bad-submission",
            "the note about a submitted job cannot be read",
            where=str(path),
            remedy="Delete its folder once the job is over; the run itself is not touched by it",
        ) from None
