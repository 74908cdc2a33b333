"""`kill -9` at any moment of a real run, then the same command: the same digests, bit for bit.

Compiled with two threads, in float32 and in bfloat16, with the starter corpus. The kills fall while
documents are read, in pretraining with one checkpoint and with several, and in alignment.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_RECIPE = """
schema = 1
name = "killed"
languages = ["eu", "gl"]
[corpus]
sources = ["starter"]
max_drop_fraction = 1.0
[tokenizer]
vocabulary = 512
sample_bytes = "50k"
[model]
size = "1m"
context = 64
[pretrain]
tokens = "256k"
batch_tokens = 1024
checkpoint_tokens = "16k"
[align]
instructions = ["talk.jsonl"]
epochs = 8
batch_tokens = 1024
"""

_MACHINE = """
schema = 1
device = "cpu"
precision = "{precision}"
compile = true
threads = 2
"""


def _write_inputs(folder: Path, precision: str) -> None:
    (folder / "killed.toml").write_text(_RECIPE)
    (folder / "machine.toml").write_text(_MACHINE.format(precision=precision))
    turns = [{"role": "user", "content": "Kaixo!"}, {"role": "assistant", "content": "Egun on!"}]
    line = json.dumps({"messages": turns, "licence": "CC0-1.0"}) + "\n"
    (folder / "talk.jsonl").write_text(line * 60)


def _start(folder: Path, runs: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tertulia", "run", "killed.toml", "--on", "machine.toml"]
    # One cache for all: a compilation found there is the same code as a fresh one.
    cache = {"TORCHINDUCTOR_CACHE_DIR": str(folder / "inductor")}
    return subprocess.Popen(
        [*command, "--until", "align", "--runs", runs],
        cwd=folder,
        env={**os.environ, **cache, "TERTULIA_LANG": "en"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _kill_when(folder: Path, pattern: str) -> None:
    """Starts the run and kills it, children too, once a path like `pattern` exists."""
    process = _start(folder, "cut")
    try:
        while not list((folder / "cut").glob(pattern)):
            assert process.poll() is None, "the run ended before the moment to kill it"
            time.sleep(0.02)
    finally:
        # The session outlives its leader while children do: an ended run has none left.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _digests(folder: Path, runs: str) -> dict[str, str]:
    process = _start(folder, runs)
    _, said = process.communicate()
    assert process.returncode == 0, said.decode()
    latest = json.loads((folder / runs / "killed" / "latest.json").read_text())
    return {
        stage: json.loads((folder / runs / "killed" / name / "manifest.json").read_text())["digest"]
        for stage, name in latest.items()
        if stage != "schema"
    }


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_killed_run_ends_in_the_same_bits(tmp_path: Path, precision: str) -> None:
    _write_inputs(tmp_path, precision)
    whole = _digests(tmp_path, "whole")
    assert set(whole) == {"documents", "corpus", "tokenizer", "tokens", "pretrain", "align"}
    for moment in (
        "killed/documents-*.partial/.scratch/parts/000000.json",
        "killed/corpus-*.partial/*",
        "killed/pretrain-*.partial/.scratch/checkpoint-*",
        "killed/pretrain-*.partial/.scratch/checkpoint-*[89]????",
        "killed/align-*.partial",
    ):
        _kill_when(tmp_path, moment)
    assert _digests(tmp_path, "cut") == whole
