"""Every command that the documentation shows exists; blocks marked `sh run` are run.

A block that opens with three backquotes and `sh run` is executed as it stands, in an empty folder,
and must end with 0.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tertulia.cli import build_command

ROOT = Path(__file__).parents[2]
PAGES = [
    page
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
    if page.exists()
]
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def _blocks(page: Path) -> Iterator[tuple[str, str]]:
    """(information string, text) of each fenced block."""
    text = page.read_text(encoding="utf-8")
    for match in re.finditer(r"^```([^\n`]*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield match[1].strip(), match[2]


def _commands(page: Path, program: str) -> Iterator[list[str]]:
    for information, text in _blocks(page):
        if information.split(" ")[0] not in ("sh", "bash", "console", "shell"):
            continue
        for line in text.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words and words[0] == program:
                yield words[1:]


@EVERY_PAGE
def test_a_verb_that_is_shown_exists_with_its_options(page: Path) -> None:
    for words in _commands(page, "tertulia"):
        command: Any = build_command()
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words[0]]
            words = words[1:]
        assert not (getattr(command, "commands", None) and words and words[0][0] != "-"), words
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert used <= known, f"tertulia {' '.join(words)}"


@EVERY_PAGE
def test_a_make_target_that_is_shown_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    for words in _commands(page, "make"):
        assert {word for word in words if "=" not in word} <= targets


@EVERY_PAGE
def test_a_link_within_the_repository_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@EVERY_PAGE
def test_blocks_marked_to_run_do(page: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
    }
    for information, text in _blocks(page):
        if information == "sh run":
            result = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text],
                cwd=tmp_path,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            assert result.returncode == 0, f"{text}\n{result.stdout}{result.stderr}"
