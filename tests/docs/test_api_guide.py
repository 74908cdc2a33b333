"""The curl and Python blocks of the guide to the API work, against a server of that address."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tertulia.inference.text_engine import QueueLimits
from tertulia.serve.limits import Limits
from tests import no_sockets
from tests.serve.api.whole_server import whole_server

GUIDE = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
BLOCKS = [
    (match[1], match[2]) for match in re.finditer(r"^```(\w+)\n(.*?)^```", GUIDE, re.M | re.S)
]
ADDRESS = "http://127.0.0.1:8080"
MODEL = "tertulia-7m-instruct-v0.1"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    no_sockets.allow_loopback(True)
    with whole_server(tmp_path_factory.mktemp("data")) as (address, _):
        yield address
        no_sockets.allow_loopback(True)


def _run(program: list[str], url: str, folder: Path) -> str:
    bin_folder = Path(sys.executable).parent
    done = subprocess.run(
        program,
        cwd=folder,
        env={**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.loopback
def test_the_examples_work_one_after_the_other(url: str, tmp_path: Path) -> None:
    told = []
    for kind, text in BLOCKS:
        here = text.replace(ADDRESS, url).replace(MODEL, "tiny")
        if kind == "python":
            told.append(_run([sys.executable, "-c", here], url, tmp_path))
        elif "curl " in text:
            strict = here.replace("curl ", "curl -sS --fail-with-body ")
            told.append(_run(["bash", "-euo", "pipefail", "-c", strict], url, tmp_path))
    asked, streamed, searched, shared = told
    assert '"tiny"' in asked and '"choices"' in asked
    assert streamed.strip()
    assert "La biblioteca abre a las nueve." in searched and "/documents/doc-" in searched
    assert '"normas"' in shared


def test_the_bounds_are_those_of_the_server() -> None:
    limits = Limits()
    rows = re.search(r"^\| bound \| value \|\n\|[-|]+\n(.*?)\n\n", GUIDE, re.M | re.S)
    assert rows is not None
    values = re.findall(r"\| ([^|]+) \|$", rows[1], re.M)
    mib = 1 << 20
    queue = QueueLimits()
    assert values == [
        f"{limits.json_bytes // mib} MiB, {limits.file_bytes // mib} MiB, "
        f"{limits.owner_bytes // (1024 * mib)} GiB; {limits.stores:,}",
        f"{limits.header_seconds:g} s; {limits.body_idle_seconds:g} s; "
        f"{limits.body_seconds / 60:g} min; {limits.unread_seconds:g} s",
        f"{limits.connections}, {limits.uploads}",
        f"{queue.waiting}; {queue.waiting_each}",
    ]
