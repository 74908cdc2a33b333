"""`tertulia doctor`: what a machine offers, what it lacks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tertulia.cli import main
from tertulia.cli.examination import examine
from tertulia.compute.machine import Machine

MACHINE = Machine(name="here", threads=2, compile=True, memory_bytes=8 * 10**9)


def test_it_shows_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "torch" in out and "machine profile" in out


def test_programs_get_the_same_facts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert next(iter(document)) == "schema"
    assert document["cores"] >= 1
    assert document["machine"] == "auto"


def test_a_machine_that_lacks_nothing_has_no_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    (tmp_path / "Python.h").touch()
    _disk(monkeypatch, 10**12)
    assert examine(MACHINE, tmp_path).findings == ()


def test_each_lack_has_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    _disk(monkeypatch, 10**6)
    poor = Machine(name="poor", memory_bytes=10**9)
    findings = examine(poor, tmp_path / "not" / "yet").findings
    assert {finding.code for finding in findings} >= {
        "no-compiler",
        "little-disk",
        "little-memory",
    }
    assert all(finding.what and finding.remedy for finding in findings)


def test_a_run_folder_need_not_exist(tmp_path: Path) -> None:
    assert examine(MACHINE, tmp_path / "runs").free_disk_bytes > 0


def _disk(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    usage = type(shutil.disk_usage("/"))(2 * free, free, free)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
