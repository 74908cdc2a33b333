"""Two processes never build in one run folder, and a dead one holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tertulia.errors import StoreError
from tertulia.store.lock import run_lock

HOLD = """
import sys, time
from pathlib import Path
from tertulia.store.lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    source = str(Path(__file__).parents[2] / "src")
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": source},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_told_who_is_building(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        try:
            with pytest.raises(StoreError) as caught, run_lock(tmp_path):
                pass
        finally:
            process.kill()
        assert caught.value.code == "store.locked"
        assert f"process {process.pid} on {os.uname().nodename}" in str(caught.value)
        assert f"kill -INT {process.pid}" in str(caught.value.remedy)
        assert caught.value.exit_code == 2


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with run_lock(tmp_path):
        assert (tmp_path / ".lock").read_text().split()[0] == str(os.getpid())


def test_a_refused_second_does_not_wipe_the_name_of_the_first(tmp_path: Path) -> None:
    with run_lock(tmp_path):
        for _ in range(2):
            with pytest.raises(StoreError, match=f"process {os.getpid()}"), run_lock(tmp_path):
                pass
    with run_lock(tmp_path):
        pass
