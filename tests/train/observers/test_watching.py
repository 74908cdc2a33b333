"""Who watches a stage, where it is written, and that no bit of training hangs on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tertulia.compute.machine import Machine
from tertulia.pipeline import run_recipe
from tertulia.recipe.sources import Inputs
from tertulia.recipe.stages import StageSpec
from tertulia.store.digest import payload_digest
from tertulia.store.draft import Draft
from tertulia.train.observers.choose import choose_observers
from tests.fixtures.bench import Bench
from tests.fixtures.fake_stages import MACHINE
from tests.train.observers.watched import KillAfter, Killed, watched_loop
from tests.train.runs import make_loop


def _draft(run: Path, *watch: str) -> Draft:
    partial = run / "pretrain-0123456789abcdef.partial"
    return Draft(path=partial, scratch=partial / ".scratch", watch=watch)


def test_watching_changes_no_bit_of_training(tmp_path: Path) -> None:
    model, loop = make_loop(tmp_path / "alone")
    alone = loop.run("pretrain")
    observers = choose_observers(_draft(tmp_path / "run", "tensorboard"))
    watched = watched_loop(tmp_path / "watched", observers)
    assert watched.run("pretrain").log == alone.log
    for name, value in model.state_dict().items():
        assert torch.equal(watched.model.state_dict()[name], value), name


def test_metrics_lie_beside_the_artifacts_and_event_files_too_where_asked_for(
    tmp_path: Path,
) -> None:
    watched_loop(tmp_path / "a", choose_observers(_draft(tmp_path / "plain"))).run("pretrain")
    assert [str(path.relative_to(tmp_path / "plain")) for path in _files(tmp_path / "plain")] == [
        "metrics/pretrain-0123456789abcdef.jsonl"
    ]
    observers = choose_observers(_draft(tmp_path / "more", "tensorboard"))
    watched_loop(tmp_path / "b", observers).run("pretrain")
    events, metrics = sorted(_files(tmp_path / "more"), key=lambda path: path.parent.name)[::-1]
    assert events.parent == tmp_path / "more" / "tensorboard" / "pretrain-0123456789abcdef"
    assert metrics.name == "pretrain-0123456789abcdef.jsonl"


def test_phases_of_a_stage_do_not_share_a_file(tmp_path: Path) -> None:
    draft = _draft(tmp_path / "run")
    for phase in ("", "preference"):
        watched_loop(tmp_path / f"s{phase}", choose_observers(draft, phase)).run("align")
    assert sorted(path.name for path in _files(tmp_path / "run")) == [
        "pretrain-0123456789abcdef.jsonl",
        "pretrain-0123456789abcdef.preference.jsonl",
    ]


def test_an_attempt_that_resumes_goes_on_in_the_same_file(tmp_path: Path) -> None:
    draft = _draft(tmp_path / "run")
    with pytest.raises(Killed):
        watched_loop(tmp_path / "s", [*choose_observers(draft), KillAfter(11)]).run("pretrain")
    watched_loop(tmp_path / "s", choose_observers(draft)).run("pretrain")
    (file,) = _files(tmp_path / "run")
    steps = [json.loads(line)["step"] for line in file.read_text().splitlines()]
    assert steps == list(range(1, 25))


def test_the_pipeline_tells_a_stage_who_watches_and_keeps_what_they_wrote(tmp_path: Path) -> None:
    """It lies beside the artifact, is part of none, and who watches changes no key."""
    bench = Bench(tmp_path)

    def pretrain(spec: StageSpec, inputs: Inputs, out: Draft, machine: Machine) -> None:
        (out.path / "model.bin").write_text("weights")
        told = out.beside("metrics")
        told.parent.mkdir()
        told.with_name(f"{told.name}.jsonl").write_text(" ".join(out.watch))

    stages = bench.with_stage("pretrain", pretrain)
    artifacts = [
        run_recipe(
            bench.recipe,
            runs_dir=bench.runs,
            until="pretrain",
            machine=MACHINE,
            watch=watch,
            stages=stages,
        ).artifacts["pretrain"]
        for watch in (("tensorboard",), ())
    ]
    assert artifacts[0] == artifacts[1]
    artifact = artifacts[0]
    assert [file.path for file in artifact.manifest.files] == ["model.bin"]
    assert payload_digest(artifact.path) == artifact.manifest.digest
    told = artifact.path.parent / "metrics" / f"{artifact.path.name}.jsonl"
    assert told.read_text() == "tensorboard"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
