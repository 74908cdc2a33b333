"""Workers live no longer than the process that they work for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_PARENT = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from tertulia.compute.pool import prepare_worker
if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=prepare_worker)
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


def _runs(process: int) -> bool:
    """False also for a dead one that nobody waited for."""
    stat = Path(f"/proc/{process}/stat")
    return stat.is_file() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_parent_that_is_killed_outright_leaves_no_worker_behind(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert _runs(worker)
        os.kill(parent.pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while _runs(worker) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _runs(worker)
