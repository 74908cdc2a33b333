"""Starts a module as several training processes of this machine and waits for all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tertulia.compute.world import RENDEZVOUS_FILE

ROOT = Path(__file__).parents[2]


def run_processes(module: str, count: int, *arguments: str, nodes: int = 1) -> None:
    """Runs `python -m module` on `count` processes, told that they are on so many nodes.

    Fails with what the first failing one said.
    """
    local = count // nodes
    with tempfile.TemporaryDirectory() as folder:
        shared = os.environ | {
            "PYTHONPATH": os.pathsep.join(str(path) for path in (ROOT, ROOT / "src")),
            "OMP_NUM_THREADS": "1",
            "OMP_WAIT_POLICY": "PASSIVE",
            "TERTULIA_RANK_TIMEOUT_SECONDS": "60",
            "WORLD_SIZE": str(count),
            "LOCAL_WORLD_SIZE": str(local),
            RENDEZVOUS_FILE: str(Path(folder, "rendezvous")),
        }
        started = [
            subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=shared | {"RANK": str(rank), "LOCAL_RANK": str(rank % local)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for rank in range(count)
        ]
        try:
            said = [process.communicate(timeout=240)[1] for process in started]
        finally:
            for process in started:
                if process.poll() is None:
                    process.kill()
                process.wait()
    for process, words in zip(started, said, strict=True):
        assert process.returncode == 0, words
