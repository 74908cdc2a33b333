"""`tertulia run`: what is passed to the pipeline, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tertulia.cli import main
from tertulia.cli.program import command_line
from tertulia.pipeline import RunReport, StageEvent

FIELDS = ["schema", "recipe", "folder", "seconds", "stages", "report", "model", "notices"]
STAGE_FIELDS = ["stage", "status", "seconds", "folder", "key", "digest", "counts"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Replaces the pipeline by one that finds the corpus done and builds the rest."""
    asked: dict[str, Any] = {}

    def run_recipe(
        path: str, *, on_event: Callable[[StageEvent], None], **options: Any
    ) -> RunReport:
        asked.update(path=path, **options)
        folder = options["runs_dir"] / "small"
        events = (
            StageEvent(stage="corpus", kind="skipped", folder=folder / "corpus-1"),
            StageEvent(stage="evaluate", kind="started", folder=folder / "evaluate-1.partial"),
            StageEvent(
                stage="evaluate",
                kind="finished",
                folder=folder / "evaluate-1",
                seconds=61.0,
                counts={"documents_in": 1500},
            ),
            StageEvent(stage="release", kind="resumed", folder=folder / "release-1.partial"),
            StageEvent(stage="release", kind="finished", folder=folder / "release-1", seconds=1.5),
        )
        for event in events:
            on_event(event)
        return RunReport(
            name="small",
            folder=folder,
            artifacts=_artifacts(folder),
            events=events,
            notices=("the recipe is of an old schema",),
            seconds=62.5,
        )

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tertulia.pipeline.run_recipe", run_recipe)
    yield asked


def _artifacts(folder: Path) -> Mapping[Any, Any]:
    names = ("corpus", "evaluate", "release")
    model = folder / "release-1" / "tertulia-7m-instruct-v0.1"
    model.mkdir(parents=True, exist_ok=True)
    (model / "config.json").touch()
    (folder / "evaluate-1").mkdir(exist_ok=True)
    (folder / "evaluate-1" / "report.html").touch()
    (folder / "evaluate-1" / "results.json").write_text("{}", encoding="utf-8")
    return {
        name: SimpleNamespace(
            path=folder / f"{name}-1", manifest=SimpleNamespace(key="k" * 64, digest="d" * 64)
        )
        for name in names
    }


def test_options_reach_the_pipeline(asked: dict[str, Any]) -> None:
    options = ["--only", "corpus", "--until", "tokens", "--on", "laptop", "--runs", "r"]
    assert main(["run", "small.toml", *options]) == 0
    assert asked == {
        "path": "small.toml",
        "runs_dir": Path("r"),
        "only": "corpus",
        "until": "tokens",
        "machine": "laptop",
        "watch": (),
    }


def test_who_else_watches_is_asked_for_by_an_option_or_the_environment(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["run", "small.toml", "--watch", "tensorboard"]) == 0
    assert asked["watch"] == ("tensorboard",)
    monkeypatch.setenv("TERTULIA_WATCH", "tensorboard")
    assert main(["run", "small.toml"]) == 0
    assert asked["watch"] == ("tensorboard",)


def test_who_else_cannot_watch_is_said_before_anything_is_built(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["run", "small.toml", "--watch", "nobody"]) == 2
    monkeypatch.setattr(
        "tertulia.train.observers.event_files.importlib.util.find_spec", lambda name: None
    )
    assert main(["run", "small.toml", "--watch", "tensorboard"]) == 2
    assert "error[train.missing-extra]: " in capsys.readouterr().err
    assert asked == {}


def test_each_stage_is_told_and_at_the_end_where_the_report_is_and_how_to_chat(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small"]) == 0
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        "corpus: done already",
        "evaluate: begins",
        "evaluate: built in 1 min 1 s (documents in 1.5 k)",
        "release: goes on from where it stopped",
        "release: built in 1.5 s",
    ]
    assert out.splitlines() == [
        "the recipe is of an old schema",
        "Done in 1 min 2 s: runs/small",
        "Report: runs/small/evaluate-1/report.html",
        f"Talk with the model: {command_line('chat', 'small')}",
    ]


def test_another_folder_of_runs_is_part_of_how_to_chat(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small", "--runs", "my runs"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("chat small --runs 'my runs'")


def test_programs_get_a_document_that_no_language_changes(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = []
    for language in ("en", "gl"):
        monkeypatch.setenv("TERTULIA_LANG", language)
        assert main(["run", "small", "--json"]) == 0
        documents.append(json.loads(capsys.readouterr().out))
    english, galician = documents
    assert english == galician
    assert list(english) == FIELDS
    assert english["schema"] == 1
    assert [list(stage) for stage in english["stages"]] == [STAGE_FIELDS] * 3
    assert [stage["status"] for stage in english["stages"]] == ["skipped", "built", "built"]
    assert english["model"] == "runs/small/release-1/tertulia-7m-instruct-v0.1"


def test_a_recipe_that_is_not_there_is_the_users_mistake(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "no-such-recipe"]) == 2
    assert capsys.readouterr().err.startswith("error[recipe.no-file]: ")


def test_a_stage_that_is_not_there_is_the_users_mistake(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "quickstart", "--until", "corpsu"]) == 2
    assert "error[pipeline.no-stage]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("started_as", "shown"),
    [
        ("/somewhere/.venv/bin/tertulia", "../somewhere/.venv/bin/tertulia chat 'a b'"),
        ("/somewhere/tertulia/__main__.py", "-m tertulia chat 'a b'"),
    ],
)
def test_a_command_is_shown_as_it_can_be_typed(
    started_as: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/tmp")
    monkeypatch.setattr("sys.argv", [started_as])
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert command_line("chat", "a b").endswith(shown)
