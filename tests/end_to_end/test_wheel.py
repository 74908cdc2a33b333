"""The wheel is the product: installed outside the clone and cut off from any network, it builds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.no_sockets import write_sitecustomize

ROOT = Path(__file__).parents[2]

_MACHINE = """
schema = 1
device = "cpu"
precision = "float32"
compile = false
threads = 1
"""
"""Compiling a model that trains for seconds takes longer than training it."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as released, built from this clone with the back end that is installed already."""
    folder = tmp_path_factory.mktemp("wheel")
    command = ["build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    result = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the clone: `site/` holds the wheel alone, `block/` refuses connections.

    What tertulia depends on is taken from the environment that runs the tests.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    pip = ["pip", "install", "--quiet", "--no-index", "--no-deps", "--target"]
    subprocess.run(
        [sys.executable, "-m", *pip, str(folder / "site"), str(wheel)],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    (folder / "block").mkdir()
    write_sitecustomize(folder / "block")
    shutil.copy(ROOT / "tests" / "quickstart-short.toml", folder)
    (folder / "plain.toml").write_text(_MACHINE, encoding="utf-8")
    return folder


def _python(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder / "block"), str(folder / "site")])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "TERTULIA_LANG": "en"},
        input=stdin,
        capture_output=True,
        text=True,
    )


def test_it_carries_what_it_needs_and_no_more(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "tertulia/shipped/recipes/quickstart.toml" in names
    assert "tertulia/py.typed" in names
    assert sum(name.endswith("/tertulia.mo") for name in names) == 5
    assert {name.split("/")[0].split("-")[0] for name in names} == {"tertulia"}
    shipped = {
        str(path.relative_to(ROOT / "src"))
        for path in (ROOT / "src" / "tertulia" / "shipped").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped <= set(names)


def test_the_installed_package_is_the_one_that_runs(elsewhere: Path) -> None:
    result = _python(elsewhere, "-c", "import tertulia; print(tertulia.__file__)")
    assert Path(result.stdout.strip()).is_relative_to(elsewhere / "site"), result.stderr


def test_nothing_there_can_reach_a_network(elsewhere: Path) -> None:
    program = "import urllib.request as r; r.urlopen('http://192.0.2.1/', timeout=5)"
    result = _python(elsewhere, "-c", program)
    assert result.returncode != 0
    assert "NetworkRefused" in result.stderr


def test_it_builds_a_model_that_answers(elsewhere: Path) -> None:
    run = ["-m", "tertulia", "run", "quickstart-short.toml", "--on", "plain.toml", "--json"]
    built = _python(elsewhere, *run)
    assert built.returncode == 0, built.stderr
    report = json.loads(built.stdout)
    assert report["schema"] == 1
    assert {stage["status"] for stage in report["stages"]} == {"built"}
    assert Path(elsewhere, report["report"]).is_file()

    again = _python(elsewhere, *run)
    assert again.returncode == 0, again.stderr
    assert {stage["status"] for stage in json.loads(again.stdout)["stages"]} == {"skipped"}

    said = _python(elsewhere, "-m", "tertulia", "chat", "--max-tokens", "8", stdin="Bon dia!\n")
    assert said.returncode == 0, said.stderr
    continued = _python(
        elsewhere, "-m", "tertulia", "generate", "--prompt", "Egun on", "--max-tokens", "8"
    )
    assert continued.returncode == 0, continued.stderr
    assert continued.stdout.endswith("\n")
