"""Frozen: verbs, their arguments and options, and the fields of every `--json` document.

A change here is a change for everyone who scripts tertulia: add, and think twice before renaming.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tertulia import __version__
from tertulia.cli import build_command, main

VERBS = {
    "run": ["recipe", "--only", "--until", "--on", "--runs", "--watch", "--submit", "--dry-run",
        "--share", "--json",
    ],
    "plan": ["recipe", "--on", "--nodes", "--json"],
    "chat": [
        "model", "--system", "--max-tokens", "--temperature", "--top-p", "--seed", "--runs",
    ],
    "generate": [
        "model", "--prompt", "--max-tokens", "--temperature", "--top-p", "--seed", "--runs",
    ],
    "serve": [
        "model", "--engine", "--embedder", "--data", "--database", "--host", "--port",
        "--collection", "--allow-host", "--allow-origin", "--mcp", "--add-key", "--list-keys",
        "--revoke-key", "--runs",
    ],
    "doctor": ["--on", "--runs", "--json"],
    "corpus identify": ["file", "--documents", "--json"],
    "corpus inspect": [
        "run", "--language", "--source", "--split", "--reason", "--search", "--limit", "--runs",
        "--json",
    ],
    "corpus explain": ["document", "run", "--runs", "--json"],
    "tokenizer measure": ["tokenizer", "files", "--parallel", "--pattern", "--json"],
    "evaluate run": [
        "model", "--suite", "--language", "--rows", "--out", "--against", "--training", "--engine",
        "--device", "--processes", "--runs", "--json",
    ],
    "evaluate compare": ["folders", "--out", "--baseline", "--json"],
    "evaluate board": ["folder", "--out", "--json"],
    "evaluate text": ["model", "file", "--runs", "--json"],
    "discover run": ["brief", "--approve", "--on", "--runs", "--json"],
    "discover report": ["campaign", "--again", "--on", "--runs", "--json"],
    "cluster status": ["run", "--runs", "--json"],
    "cluster logs": ["run", "--follow", "--runs"],
    "cluster cancel": ["run", "--runs", "--json"],
}  # fmt: skip

DOCTOR_FIELDS = [
    "schema", "tertulia", "python", "system", "torch", "cpu_capability", "cores", "memory_bytes",
    "free_disk_bytes", "compiler", "gpu", "machine", "device", "precision", "threads", "compile",
    "findings",
]  # fmt: skip


def _surface(command: Any, name: str = "") -> dict[str, list[str]]:
    verbs = getattr(command, "commands", None)
    if verbs is None:
        return {name: [_spelling(parameter) for parameter in command.params]}
    found: dict[str, list[str]] = {}
    for verb, below in verbs.items():
        found |= _surface(below, f"{name} {verb}".strip())
    return found


def _spelling(parameter: Any) -> str:
    option = parameter.param_type_name == "option"
    return " ".join(parameter.opts) if option else str(parameter.name)


def test_verbs_and_options() -> None:
    assert _surface(build_command()) == VERBS


def test_options_of_the_program_itself() -> None:
    assert [_spelling(parameter) for parameter in build_command().params] == [
        "--version",
        "--debug",
    ]


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_every_verb_and_option_says_what_it_is(verb: str) -> None:
    command = build_command()
    for word in verb.split():
        command = command.commands[word]
    assert command.help
    assert all(parameter.help for parameter in command.params)


def test_help_names_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {verb.split()[0]} " in out for verb in VERBS)


def test_help_is_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = set()
    for language in ("en", "es", "ca", "ca@valencia", "eu", "gl"):
        monkeypatch.setenv("TERTULIA_LANG", language)
        assert main(["run", "--help"]) == 0
        texts.add(capsys.readouterr().out)
    assert len(texts) == 6


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tertulia {__version__}\n"


def test_fields_of_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == DOCTOR_FIELDS
