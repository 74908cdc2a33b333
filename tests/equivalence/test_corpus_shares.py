"""A corpus prepared by several jobs at once: the next run only puts together what they did."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from tertulia.compute.machine import Machine
from tertulia.corpus import shard
from tertulia.corpus.readers import files
from tertulia.pipeline import run_recipe, take_share

_RECIPE = """
schema = 1
name = "shared"
languages = ["es", "eu"]
[corpus]
sources = ["texts"]
max_drop_fraction = 0.9
[corpus.contamination]
against = ["suite"]
[pretrain]
tokens = 4096
"""
_FILES = 7
MACHINE = Machine(name="one")


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe over seven files, a file a shard, with a suite to keep out."""
    monkeypatch.setattr(files, "SHARD_BYTES", 1)
    (tmp_path / "texts").mkdir()
    for number in range(_FILES):
        rows = [
            {"text": f"Kaixo denoi, hau {number} fitxategiko {row}. lerroa da.", "language": "eu"}
            for row in range(20)
        ]
        lines = [json.dumps({**row, "licence": "CC0-1.0"}) + "\n" for row in rows]
        (tmp_path / "texts" / f"{number}.jsonl").write_text("".join(lines))
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "test.jsonl").write_text(
        json.dumps({"question": "Nor da hemen galdera hau egin duen pertsona bakarra?"}) + "\n"
    )
    (tmp_path / "shared.toml").write_text(_RECIPE)
    return tmp_path / "shared.toml"


def _documents(recipe: Path, runs: Path) -> tuple[str, str]:
    """(how the stage ended, digest of its artifact)."""
    report = run_recipe(recipe, runs_dir=runs, until="documents", machine=MACHINE)
    return report.events[0].kind, report.artifacts["documents"].manifest.digest


def test_shares_taken_at_once_are_found_finished(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, whole = _documents(recipe, tmp_path / "whole")
    runs = tmp_path / "shared-runs"
    taken: list[int] = []

    def take(number: int) -> None:
        taken.append(take_share(recipe, (number, 3), runs_dir=runs, machine=MACHINE))

    threads = [threading.Thread(target=take, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [2, 2, 3]
    # With one worker shards are read in this process, if they are.
    monkeypatch.setattr(shard, "read_files", _never)
    assert _documents(recipe, runs) == ("resumed", whole)


def _never(*_: object, **__: object) -> None:
    raise AssertionError("a finished shard is read again")


def test_what_no_job_did_the_run_does(recipe: Path, tmp_path: Path) -> None:
    _, whole = _documents(recipe, tmp_path / "whole")
    runs = tmp_path / "shared-runs"
    take_share(recipe, (1, 3), runs_dir=runs, machine=MACHINE)
    assert _documents(recipe, runs)[1] == whole


def test_a_share_of_what_is_finished_is_nothing(recipe: Path, tmp_path: Path) -> None:
    _documents(recipe, tmp_path / "whole")
    assert take_share(recipe, (0, 3), runs_dir=tmp_path / "whole", machine=MACHINE) == 0
