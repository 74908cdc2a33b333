"""What is written down and checked before a job is queued, and what is told of it afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tertulia.compute.snapshot import named_sources
from tertulia.compute.submission import (
    Order,
    Submission,
    current_state,
    last_words,
    submissions_named,
    submissions_of,
)
from tertulia.errors import RecipeError, TertuliaError
from tertulia.recipe.load import load_recipe
from tests.fixtures.fake_slurm import FakeSlurm

_RECIPE = """
schema = 1
name = "far"
languages = ["eu", "gl"]
[corpus]
sources = ["starter", "mine", "texts"]
[tokenizer]
vocabulary = 512
[model]
size = "1m"
[pretrain]
tokens = "1M"
[align]
instructions = ["talk.jsonl"]
"""
_SOURCES = """
schema = 1
[sources.mine]
path = "below/**/*.txt"
licence = "CC-BY-4.0"
language = "eu"
"""
_PROFILE = """
schema = 1
device = "cuda"
[slurm]
partition = "acc"
nodes = 2
"""


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    return FakeSlurm(tmp_path / "bin", monkeypatch)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a recipe, its sources and a profile of a machine that this one is not."""
    place = tmp_path / "place"
    (place / "below" / "deep").mkdir(parents=True)
    (place / "below" / "deep" / "a.txt").write_text("Kaixo")
    (place / "texts").mkdir()
    (place / "texts" / "b.txt").write_text("Ola")
    (place / "talk.jsonl").write_text("{}\n")
    (place / "far.toml").write_text(_RECIPE)
    (place / "sources.toml").write_text(_SOURCES)
    (place / "there.toml").write_text(_PROFILE)
    monkeypatch.chdir(place)
    return place


def _order(*options: str) -> Order:
    return Order("far.toml", "there.toml", Path("runs"), options)


def test_a_submission_holds_all_that_the_job_needs(slurm: FakeSlurm, place: Path) -> None:
    submission = _order("--until", "corpus").queue()
    folder = place / "runs/far/submissions/0001"
    assert submission.folder == folder
    assert (submission.run, submission.machine, submission.job) == ("far", "there", 7)
    assert {entry.name for entry in folder.iterdir()} == {
        "code", "job.sbatch", "machine", "recipe", "submission.json",
    }  # fmt: skip
    assert (folder / "recipe" / "far.toml").read_text() == _RECIPE
    assert (folder / "machine" / "there.toml").read_text() == _PROFILE
    assert slurm.calls("sbatch") == [f"--parsable {folder}/job.sbatch"]
    script = (folder / "job.sbatch").read_text()
    assert f"--runs {place}/runs --until corpus\n" in script
    assert submissions_of(place / "runs/far") == (submission,)


def test_the_copied_recipe_finds_the_same_sources(slurm: FakeSlurm, place: Path) -> None:
    folder = _order().queue().folder
    here = {source.name: source for source in named_sources(load_recipe("far.toml"))}
    there = named_sources(load_recipe(folder / "recipe" / "far.toml"))
    assert {source.name for source in there} == set(here)
    for source in there:
        assert source.declared() == here[source.name].declared()
        assert source.pattern == here[source.name].pattern
        assert source.path.samefile(here[source.name].path)
        assert source.path.is_absolute()


def test_the_job_runs_the_code_as_it_was(slurm: FakeSlurm, place: Path) -> None:
    code = _order().queue().folder / "code"
    asked = "import tertulia, sys; print(tertulia.__file__, 'typer' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env={"PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [str(code / "tertulia" / "__init__.py"), "False"]
    assert (code / "tertulia/shipped/starter/starter.json").is_file()
    assert not list(code.rglob("__pycache__"))


def test_a_dry_run_writes_nothing(slurm: FakeSlurm, place: Path) -> None:
    scripts = _order().scripts()
    assert list(scripts) == ["job.sbatch"]
    assert "submissions/0001" in scripts["job.sbatch"]
    assert not (place / "runs").exists()
    assert slurm.calls("sbatch") == []


def test_an_array_goes_before_the_job(slurm: FakeSlurm, place: Path) -> None:
    (place / "there.toml").write_text(_PROFILE + "array = 4\n")
    submission = _order().queue()
    assert (submission.shards, submission.job) == (7, 8)
    assert [call.split()[1] for call in slurm.calls("sbatch")] == [
        f"{submission.folder}/shards.sbatch",
        "--dependency=afterany:7",
    ]


@pytest.mark.parametrize(
    ("file", "before", "after", "code"),
    [
        ("far.toml", '"mine"', '"yours"', "recipe.no-source"),
        ("far.toml", 'name = "far"', 'nmae = "far"', "recipe.unknown-key"),
        ("sources.toml", "below", "above", "recipe.no-source"),
        ("there.toml", 'partition = "acc"', 'partition = "a b"', "recipe.wrong-value"),
        ("there.toml", '[slurm]\npartition = "acc"\nnodes = 2\n', "", "compute.no-slurm-table"),
    ],
)
def test_a_mistake_is_refused_before_anything_is_queued(
    slurm: FakeSlurm, place: Path, file: str, before: str, after: str, code: str
) -> None:
    text = (place / file).read_text()
    assert before in text
    (place / file).write_text(text.replace(before, after))
    with pytest.raises(RecipeError) as caught:
        _order()
    assert caught.value.code == code
    assert not (place / "runs").exists()


def test_what_slurm_refuses_leaves_no_trace(slurm: FakeSlurm, place: Path) -> None:
    (place / "there.toml").write_text(_PROFILE + "array = 4\n")
    # The array is taken and the main job is not: the array must not run for nothing.
    slurm.answer("sbatch", 'case "$*" in *afterany*) echo "no" >&2; exit 1;; esac; echo 7')
    with pytest.raises(TertuliaError) as caught:
        _order().queue()
    assert caught.value.code == "compute.job-refused"
    assert slurm.calls("scancel") == ["7"]
    assert list((place / "runs/far/submissions").iterdir()) == []


def test_a_run_is_queued_once_at_a_time(slurm: FakeSlurm, place: Path) -> None:
    _order().queue()
    slurm.tells(7, "PENDING")
    with pytest.raises(TertuliaError) as caught:
        _order().queue()
    assert caught.value.code == "compute.already-queued"
    slurm.tells(7, "FAILED")
    assert _order().queue().folder.name == "0002"
    assert [found.folder.name for found in submissions_named("far", Path("runs"))] == [
        "0002",
        "0001",
    ]


def _said(submission: Submission, *lines: str) -> Submission:
    submission.output.write_text("".join(f"{line}\n" for line in lines))
    return submission


def test_what_slurm_forgot_the_log_remembers(slurm: FakeSlurm, place: Path) -> None:
    submission = _order().queue()
    assert last_words(submission) is None
    assert current_state(submission).state == "GONE"
    _said(submission, "tertulia: job 7 queued again", "pretrain: begins")
    assert current_state(submission).state == "GONE"
    _said(submission, "tertulia: job 7 queued again", "more", "tertulia: job 7 done")
    assert (last_words(submission), current_state(submission).state) == ("done", "COMPLETED")
    _said(submission, "tertulia: job 7 failed: exit code 2")
    state = current_state(submission)
    assert (state.state, state.reason) == ("FAILED", "failed: exit code 2")


def test_slurm_knows_better_than_the_log_while_it_remembers(slurm: FakeSlurm, place: Path) -> None:
    submission = _said(_order().queue(), "tertulia: job 7 failed: exit code 1")
    slurm.tells(7, "PENDING", restarts=1)
    assert current_state(submission).state == "PENDING"


def test_a_finished_job_can_be_told_of_where_there_is_no_slurm(
    slurm: FakeSlurm, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = _order().queue()
    monkeypatch.setenv("PATH", str(place))
    with pytest.raises(TertuliaError):
        current_state(submission)
    assert current_state(_said(submission, "tertulia: job 7 done")).state == "COMPLETED"


def test_a_damaged_note_is_named(slurm: FakeSlurm, place: Path) -> None:
    submission = _order().queue()
    (submission.folder / "submission.json").write_text("{")
    with pytest.raises(TertuliaError, match=r"submission\.json") as caught:
        submissions_of(place / "runs/far")
    assert caught.value.code == "store.bad-submission"


def test_a_run_that_was_never_submitted(place: Path) -> None:
    with pytest.raises(TertuliaError) as caught:
        submissions_named("far", Path("runs"))
    assert caught.value.code == "compute.no-submission"
