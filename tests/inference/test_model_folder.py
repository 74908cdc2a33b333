"""What MODEL may be: a folder, a run's name, or nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tertulia.errors import ModelError
from tertulia.inference.model_folder import find_model


def _run(runs: Path, name: str, *, released: bool = True, age: int = 0) -> Path:
    """A run folder that finished `age` seconds ago; returns its instruct model."""
    release = runs / name / "release-0123456789abcdef"
    for kind in ("base", "instruct"):
        model = release / f"tertulia-7m-{kind}-v0.1"
        model.mkdir(parents=True)
        (model / "config.json").write_text("{}")
    latest = runs / name / "latest.json"
    latest.write_text(
        json.dumps({"schema": 1} | ({"release": release.name} if released else {"corpus": "c"}))
    )
    os.utime(latest, (1_000_000 - age, 1_000_000 - age))
    return release / "tertulia-7m-instruct-v0.1"


def test_a_model_folder_is_itself(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert find_model(str(tmp_path), tmp_path / "runs") == tmp_path


def test_a_runs_name_is_its_released_instruct_model(tmp_path: Path) -> None:
    wanted = _run(tmp_path, "quickstart")
    _run(tmp_path, "other")
    assert find_model("quickstart", tmp_path) == wanted
    assert find_model(str(tmp_path / "quickstart"), tmp_path) == wanted


def test_without_a_name_the_newest_run_with_a_release_counts(tmp_path: Path) -> None:
    _run(tmp_path, "old", age=500)
    wanted = _run(tmp_path, "new", age=100)
    _run(tmp_path, "unfinished", released=False, age=0)
    assert find_model(None, tmp_path) == wanted


def test_an_unknown_name_lists_the_runs_there_are(tmp_path: Path) -> None:
    _run(tmp_path, "quickstart")
    with pytest.raises(ModelError) as caught:
        find_model("quikstart", tmp_path)
    assert caught.value.code == "model.not-found"
    assert "quickstart" in str(caught.value)


@pytest.mark.parametrize("argument", [None, "quickstart"])
def test_without_any_run_the_error_says_how_to_build_one(
    tmp_path: Path, argument: str | None
) -> None:
    with pytest.raises(ModelError) as caught:
        find_model(argument, tmp_path / "runs")
    assert caught.value.code == "model.not-found"
    assert "tertulia run quickstart" in str(caught.value)


def test_a_run_that_stopped_early_is_named_as_such(tmp_path: Path) -> None:
    _run(tmp_path, "half", released=False)
    with pytest.raises(ModelError) as caught:
        find_model("half", tmp_path)
    assert caught.value.code == "model.not-released"
    assert "tertulia run half" in str(caught.value)
