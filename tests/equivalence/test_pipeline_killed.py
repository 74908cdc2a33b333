"""A run that was killed, or that ran out of disk, and went on equals one that nobody disturbed."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tertulia.store.digest import payload_digest
from tertulia.store.manifest import read_manifest
from tests.fixtures.fake_stages import make_sources

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join(str(folder) for folder in (ROOT, ROOT / "src"))
}


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    make_sources(tmp_path)
    return Path(shutil.copy(ROOT / "tests" / "fixtures" / "tiny.toml", tmp_path))


def start(
    recipe: Path,
    runs: Path,
    pause: float = 0.0,
    before: Callable[[], None] | None = None,
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fixtures.fake_stages", str(recipe), str(runs), str(pause)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
        preexec_fn=before,
    )


def finished(process: subprocess.Popen[str]) -> dict[str, str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    digests: dict[str, str] = json.loads(out)
    return digests


def check_what_lies_there(run: Path) -> int:
    """Whatever the moment, an artifact that has its name is whole; returns how many there are."""
    artifacts = [path for path in run.glob("*-*") if path.suffix != ".partial"]
    artifacts = [path for path in artifacts if not path.name.startswith(".")]
    for path in artifacts:
        assert payload_digest(path) == read_manifest(path).digest
    return len(artifacts)


def test_killed_at_random_moments(recipe: Path, tmp_path: Path) -> None:
    clean = finished(start(recipe, tmp_path / "clean"))
    moments = random.Random(20240229)
    runs = tmp_path / "killed"
    kills = 0
    while True:
        process = start(recipe, runs, pause=0.05)
        # The run proper begins once the run folder is there.
        while kills == 0 and not (runs / "tiny").exists() and process.poll() is None:
            time.sleep(0.005)
        try:
            out, err = process.communicate(timeout=moments.uniform(0.1, 0.6))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
            check_what_lies_there(runs / "tiny")
            assert kills < 60, "the run gets nowhere"
            continue
        assert process.returncode == 0, err
        break

    assert kills >= 2
    assert json.loads(out) == clean
    assert check_what_lies_there(runs / "tiny") == len(clean)
    assert not list((runs / "tiny").glob("*.partial"))
    pretrain = next((runs / "tiny").glob("pretrain-*"))
    assert not (pretrain / ".scratch").exists()


def test_killed_at_each_touch_of_the_disk(recipe: Path, tmp_path: Path) -> None:
    """Sealing included: every open, rename, removal and new folder is a moment to die."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.fixtures.killed_at_each_step",
            str(recipe),
            str(tmp_path / "runs"),
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    results = json.loads(done.stdout)
    assert len(results["killed"]) > 50
    for went_on in results["killed"]:
        assert went_on == results["clean"] | {"left": []}


def test_a_disk_that_fills_up_leaves_nothing_half_written(recipe: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk: it needs no rights and no mount.

    It is small enough for a manifest to break it, and large enough for the payloads.
    """
    clean = finished(start(recipe, tmp_path / "clean"))
    runs = tmp_path / "runs"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (900, resource.RLIM_INFINITY))

    process = start(recipe, runs, before=limit)
    _, err = process.communicate(timeout=120)

    assert process.returncode == 2, err
    assert err.startswith("store.disk-full"), err
    assert check_what_lies_there(runs / "tiny") == 0
    assert not list((runs / "tiny").rglob("manifest.json"))
    assert not list((runs / "tiny").rglob("*.new"))
    assert finished(start(recipe, runs)) == clean


def test_a_text_too_long_for_the_disk_is_told_the_same_way(recipe: Path, tmp_path: Path) -> None:
    """Here a payload file breaks the limit, inside a stage."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60, resource.RLIM_INFINITY))

    process = start(recipe, tmp_path / "runs", before=limit)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2, err
    assert err.startswith("store.disk-full"), err
    assert check_what_lies_there(tmp_path / "runs" / "tiny") == 0
