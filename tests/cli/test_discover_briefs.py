"""`tertulia discover run`: what a brief may get wrong, screens, languages, stopping."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tertulia.cli import main
from tertulia.discover.brief import Brief, load_brief
from tests.cli.test_discover import BRIEF, RUN, empty, finished, here, refused

ROOT = Path(__file__).parents[2]

__all__ = ["empty", "finished", "here"]


@pytest.mark.parametrize("brief", ["gases", "tiny.toml"])
def test_a_file_in_the_place_of_the_runs(
    empty: Path, capsys: pytest.CaptureFixture[str], brief: str
) -> None:
    Path("tiny.toml").write_text(BRIEF)
    Path("runs").write_text("")
    refused(capsys, "discover", "run", brief)


@pytest.mark.parametrize("name", ["nobody", "nobody.toml", "../nobody", "", ".", "a" * 300])
def test_a_brief_that_is_not_there(
    empty: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    refused(capsys, "discover", "run", name)
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("seed = 7", "seed = ", "recipe.syntax"),
        ("seed = 7", "sead = 7", "recipe.unknown-key"),
        ("seed = 7", "seed = 4294967296", "recipe.wrong-value"),
        ("seed = 7", "seed = 4294967295", "recipe.wrong-value"),
        ('"tiny"', '"../tiny"', "recipe.wrong-value"),
        ('"tiny"', '"a/b"', "recipe.wrong-value"),
        ('"tiny"', '"a\\n"', "recipe.wrong-value"),
        ('"tiny"', '""', "recipe.wrong-value"),
        ("calculations = 8", "calculations = -8", "recipe.wrong-value"),
        ("calculations = 8", "seconds_each = inf", "recipe.wrong-value"),
        ("calculations = 8", "seconds_each = nan", "recipe.wrong-value"),
        ("calculations = 8", "seconds_each = 1e12", "recipe.wrong-value"),
        ("[search]", "[target]\nobjectives = []\n[search]", "recipe.wrong-value"),
        (
            "[search]",
            '[target]\nobjectives = ["acidity", "acidity"]\n[search]',
            "recipe.wrong-value",
        ),
        ("tiers = []", 'tiers = ["ion-pair", "ion-pair"]', "recipe.wrong-value"),
        ("tiers = []", 'tiers = ["dft"]', "recipe.wrong-value"),
    ],
)
def test_a_brief_with_a_mistake(
    empty: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: str
) -> None:
    Path("tiny.toml").write_text(BRIEF.replace(old, new), encoding="utf-8")
    said = refused(capsys, *RUN)
    assert code in said and "tiny.toml" in said
    assert not Path("runs").exists()


def test_a_brief_that_is_not_utf8(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("tiny.toml").write_bytes(BRIEF.encode() + b"# a\xf1o\n")
    assert "recipe.not-utf8" in refused(capsys, *RUN)


@pytest.mark.parametrize("package", ["rdkit", "tblite", "selfies", "botorch", "gpytorch", "scipy"])
def test_a_campaign_without_its_packages(
    empty: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    package: str,
) -> None:
    """Seeds are read by RDKit, too: whether it is there must be asked first."""
    Path("tiny.toml").write_text(BRIEF, encoding="utf-8")
    monkeypatch.setitem(sys.modules, package, None)
    said = refused(capsys, *RUN)
    assert "discover.missing-extra" in said and "pip install 'tertulia[discover]'" in said
    assert len(said.splitlines()) == 2


def test_dear_calculations_without_their_package(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyscf", None)
    assert "tertulia[dft]" in refused(capsys, *RUN, "--approve", "1")
    approved = [{"anion": one, "by": "x", "on": ""} for one in _finalists(here)]
    (here / "approved.json").write_text(json.dumps({"schema": 1, "approved": approved}))
    assert "tertulia[dft]" in refused(capsys, *RUN), "they were approved before"


def _finalists(campaign: Path) -> list[str]:
    told = json.loads((campaign / "campaign.json").read_text(encoding="utf-8"))
    return list(told["finalists"])


def test_screens_need_none_of_them(
    empty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("rdkit", "tblite", "selfies", "botorch", "gpytorch", "pyscf"):
        monkeypatch.setitem(sys.modules, package, None)
    assert main(["discover", "run", "gases"]) == 0
    assert "Report: runs/gases/screen.html" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["gases", "bill-of-materials", "solvents"])
def test_a_screen_in_two_languages(
    empty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Words for readers follow the language; what is for programs stays the same."""
    said, pages, told = [], [], []
    for language in ("en", "eu"):
        monkeypatch.setenv("TERTULIA_LANG", language)
        assert main(["discover", "run", name]) == 0
        said.append(capsys.readouterr().out)
        pages.append(Path(f"runs/{name}/screen.html").read_text(encoding="utf-8"))
        told.append(Path(f"runs/{name}/screen.json").read_bytes())
    assert said[0] != said[1] and pages[0] != pages[1] and told[0] == told[1]


def test_a_screen_for_programs(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["discover", "run", "gases", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["schema", "folder", "report", "name", "gases"]
    written = json.loads(Path("runs/gases/screen.json").read_text(encoding="utf-8"))
    assert written["gases"] == told["gases"]


def test_a_campaign_in_another_language(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (here / "campaign.json").read_bytes()
    monkeypatch.setenv("TERTULIA_LANG", "eu")
    assert main([*RUN]) == 0
    assert "finalists" not in capsys.readouterr().out
    assert (here / "campaign.json").read_bytes() == before
    assert 'lang="eu"' in (here / "dossier" / "index.html").read_text(encoding="utf-8")


def test_stopped_by_sigterm_the_same_command_goes_on(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(BRIEF, encoding="utf-8")
    command = [sys.executable, "-m", "tertulia", *RUN, "--json"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    records = tmp_path / "runs" / "tiny" / "results" / "records"
    while len(list(records.glob("*/*.json"))) < 3:
        assert process.poll() is None, "it ended before it was stopped"
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 75 and out == ""
    assert "resumable: stopped on request (SIGTERM)" in said and "Traceback" not in said
    ended = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    other = json.loads((finished / "runs/tiny/dossier/dossier.json").read_text(encoding="utf-8"))
    assert json.loads(ended.stdout)["digest"] in json.dumps(other)


def test_the_brief_in_the_documentation_is_one(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "materials.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    path = tmp_path / "brief.toml"
    path.write_text(example, encoding="utf-8")
    brief = load_brief(str(path))
    assert isinstance(brief, Brief) and brief.name == "my-anions"
