"""One process, two, Dask's, killed ones: the same documents and the same corpus, byte for byte."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import zstandard

from tertulia.compute import workers
from tertulia.compute.machine import Machine
from tertulia.corpus.readers import files
from tertulia.pipeline import run_recipe
from tertulia.recipe.shipped import shipped_folder

_RECIPE = """
schema = 1
name = "workers"
languages = ["es", "ca", "ca-valencia", "eu", "gl"]
[corpus]
sources = ["texts"]
max_drop_fraction = 0.9
[corpus.language]
identify = "check"
[corpus.duplicates]
lines = 20
[pretrain]
tokens = 4096
"""

ONE = Machine(name="one")
TWO = Machine(name="two", workers=2)
DASK = Machine(name="dask", workers=2, executor="dask")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe over some of the shipped corpus, a file a shard."""
    folder = tmp_path_factory.mktemp("workers")
    texts = folder / "texts"
    texts.mkdir()
    for path in sorted(shipped_folder("starter", "held_out").glob("*.jsonl*")):
        with zstandard.open(path, "rt", encoding="utf-8") as rows:
            lines = [json.dumps(json.loads(row) | {"split": "train"}) + "\n" for row in rows]
        (texts / path.name).with_suffix("").write_text("".join(lines), encoding="utf-8")
    (folder / "workers.toml").write_text(_RECIPE)
    return folder / "workers.toml"


@pytest.fixture(scope="module", autouse=True)
def _a_file_a_shard() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "SHARD_BYTES", 1)
        patch.setattr(workers, "BYTES_A_WORKER", 1)
        yield


def _digests(recipe: Path, runs: Path, machine: Machine) -> dict[str, str]:
    report = run_recipe(recipe, runs_dir=runs, until="corpus", machine=machine)
    return {stage: artifact.manifest.digest for stage, artifact in report.artifacts.items()}


@pytest.fixture(scope="module")
def expected(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _digests(recipe, tmp_path_factory.mktemp("one"), ONE)


def test_two_processes_make_the_same(
    recipe: Path, expected: dict[str, str], tmp_path: Path
) -> None:
    assert _digests(recipe, tmp_path, TWO) == expected


@pytest.mark.loopback
def test_dask_workers_make_the_same(recipe: Path, expected: dict[str, str], tmp_path: Path) -> None:
    assert _digests(recipe, tmp_path, DASK) == expected


def test_a_killed_worker_changes_nothing(
    recipe: Path, expected: dict[str, str], tmp_path: Path
) -> None:
    killer = _Killer(tmp_path)
    with killer:
        assert _digests(recipe, tmp_path, TWO) == expected
    assert killer.killed


class _Killer:
    """Kills one worker of this process as soon as a first shard is done."""

    def __init__(self, runs: Path) -> None:
        self._runs, self._over, self.killed = runs, threading.Event(), False
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set() and not self.killed:
            if any(self._runs.rglob("000000.json")):
                for worker in _workers():
                    worker.kill()
                    self.killed = True
                    break
            time.sleep(0.005)


def _workers() -> Iterator[psutil.Process]:
    for child in psutil.Process().children():
        if any("spawn_main" in word for word in child.cmdline()):
            yield child
