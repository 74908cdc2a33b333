"""A run on two processes of one machine: as on one, and resumable whatever befalls one of them.

Every fault ends with one message, the right exit code and no process left behind; then the same
command goes on to the model that an undisturbed run makes.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

_RECIPE = """
schema = 1
name = "ranks"
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
tokens = "40k"
batch_tokens = 512
checkpoint_tokens = "4k"
[align]
instructions = ["talk.jsonl"]
epochs = 2
batch_tokens = 512
"""

_MACHINE = """
schema = 1
device = "cpu"
precision = "float32"
compile = false
threads = 1
workers = 1
processes = {processes}
"""

_CHECKPOINT = "ranks/pretrain-*.partial/.scratch/checkpoint-*"
_SECONDS = 150
"""In which any attempt has to end."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recipe, profiles for one and two processes, and a run up to `tokens`."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "ranks.toml").write_text(_RECIPE)
    for processes in (1, 2):
        (folder / f"{processes}.toml").write_text(_MACHINE.format(processes=processes))
    turns = [{"role": "user", "content": "Kaixo!"}, {"role": "assistant", "content": "Egun on!"}]
    line = json.dumps({"messages": turns, "licence": "CC0-1.0"}) + "\n"
    (folder / "talk.jsonl").write_text(line * 60)
    done, said = _finish(_start(folder, processes=1, until="tokens"))
    assert done == 0, said
    return folder


@pytest.fixture(scope="module")
def whole(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[float]:
    """The losses of pretraining on one process."""
    folder = _copied(prepared, tmp_path_factory.mktemp("whole"))
    done, said = _finish(_start(folder, processes=1))
    assert done == 0, said
    return _losses(folder)


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A copy of `prepared` for one test."""
    return _copied(prepared, tmp_path / "work")


def _copied(prepared: Path, folder: Path) -> Path:
    shutil.copytree(prepared, folder, copy_function=os.link, dirs_exist_ok=True)
    return folder


def _start(
    folder: Path,
    *,
    processes: int,
    until: str = "pretrain",
    timeout: int = 60,
    before: Callable[[], None] | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tertulia", "run", "ranks.toml", "--until", until]
    settings = {
        "TERTULIA_LANG": "en",
        "TERTULIA_RANK_TIMEOUT_SECONDS": str(timeout),
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    return subprocess.Popen(
        [*command, "--on", f"{processes}.toml"],
        cwd=folder,
        env={**os.environ, **settings, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )


def _finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and what was said; fails where the run hangs."""
    try:
        said = process.communicate(timeout=_SECONDS)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"the run hangs: {process.communicate()[1]}")
    return process.returncode, said


def _others(process: subprocess.Popen[str]) -> list[int]:
    """The further ranks that a run has started, by their parent in /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                line = (entry / "cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == process.pid and b"tertulia.train.rank_process" in line:
                found.append(int(entry.name))
    return found


def _wait_for(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.02)


def _training(folder: Path, **how: object) -> tuple[subprocess.Popen[str], int]:
    """A run on two processes that has a checkpoint, and the process id of its second rank."""
    process = _start(folder, processes=2, **how)  # type: ignore[arg-type]
    _wait_for(lambda: list((folder / "runs").glob(_CHECKPOINT)), process)
    (other,) = _others(process)
    return process, other


def _is_gone(pid: int) -> bool:
    try:
        stat = Path("/proc", str(pid), "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def _assert_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while not _is_gone(pid):
        assert time.monotonic() < deadline, "a process was left behind"
        time.sleep(0.05)


def _losses(folder: Path) -> list[float]:
    (artifact,) = (p for p in (folder / "runs" / "ranks").glob("pretrain-*") if not p.suffix)
    rows = (artifact / "training_log.jsonl").read_text().splitlines()
    return [json.loads(row)["loss"] for row in rows]


def _resumed_at(folder: Path) -> int:
    (artifact,) = (p for p in (folder / "runs" / "ranks").glob("pretrain-*") if not p.suffix)
    facts = json.loads((artifact / "manifest.json").read_text())["facts"]
    return int(facts["tokens_resumed_at"])


def _goes_on(folder: Path, whole: list[float], *, processes: int = 2) -> None:
    """The same command ends in the model of an undisturbed run, and not from the beginning."""
    done, said = _finish(_start(folder, processes=processes))
    assert done == 0, said
    assert _losses(folder) == pytest.approx(whole, rel=1e-5)
    assert _resumed_at(folder) > 0


def test_two_processes_make_the_model_of_one(folder: Path, whole: list[float]) -> None:
    done, said = _finish(_start(folder, processes=2, until="align"))
    assert done == 0, said
    assert _losses(folder) == pytest.approx(whole, rel=1e-5)
    assert list((folder / "runs" / "ranks").glob("align-*/model.safetensors"))


def test_a_killed_rank(folder: Path, whole: list[float]) -> None:
    process, other = _training(folder)
    os.kill(other, signal.SIGKILL)
    done, said = _finish(process)
    assert done == 75, said
    assert said.count("A training process was lost; the last checkpoint is kept.") == 1
    assert "process 1 was ended by signal 9" in said
    assert "Traceback" not in said
    _goes_on(folder, whole)


def test_a_killed_first_rank_takes_the_others_with_it(folder: Path, whole: list[float]) -> None:
    process, other = _training(folder)
    process.kill()
    _finish(process)
    _assert_gone(other)
    _goes_on(folder, whole)


def test_a_rank_that_stands_still_is_given_up(folder: Path, whole: list[float]) -> None:
    process, other = _training(folder, timeout=8)
    os.kill(other, signal.SIGSTOP)
    done, said = _finish(process)
    assert done == 75, said
    assert said.count("A training process was lost") == 1
    _assert_gone(other)
    _goes_on(folder, whole, processes=1)


def test_a_signal_to_the_first_rank_stops_all(folder: Path, whole: list[float]) -> None:
    process, other = _training(folder)
    process.send_signal(signal.SIGUSR1)
    done, said = _finish(process)
    assert done == 75, said
    assert said.splitlines()[-1].startswith("resumable: stopped on request")
    _assert_gone(other)
    _goes_on(folder, whole, processes=1)


@pytest.mark.parametrize("rank", [0, 1])
def test_a_full_disk_under_a_checkpoint(folder: Path, whole: list[float], rank: int) -> None:
    """A limit on the size of one process' files stands in for a full disk."""
    process, other = _training(folder)
    limited = other if rank else process.pid
    resource.prlimit(limited, resource.RLIMIT_FSIZE, (20_000, 20_000))
    done, said = _finish(process)
    assert done == 2, said
    assert said.count("store.disk-full") == 1
    assert "Traceback" not in said
    _assert_gone(other)
    _goes_on(folder, whole)


@pytest.mark.parametrize("rank", [0, 1])
def test_a_damaged_checkpoint_is_named_once(folder: Path, whole: list[float], rank: int) -> None:
    process, other = _training(folder)
    os.kill(other, signal.SIGKILL)
    _finish(process)
    newest = max((folder / "runs").glob(_CHECKPOINT))
    file = newest / f"rank-{rank:05d}.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    done, said = _finish(_start(folder, processes=2))
    assert done == 2, said
    assert said.count("train.corrupt-checkpoint") == 1
    assert str(newest.relative_to(folder)) in said
    shutil.rmtree(newest)
    done, said = _finish(_start(folder, processes=2))
    assert done == 0, said
    assert _losses(folder) == pytest.approx(whole, rel=1e-5)


def test_a_batch_that_the_processes_cannot_share_is_refused_at_once(folder: Path) -> None:
    (folder / "2.toml").unlink()
    (folder / "2.toml").write_text(_MACHINE.format(processes=3))
    done, said = _finish(_start(folder, processes=2))
    assert done == 2, said
    assert said.count("train.batch-does-not-divide") == 1
    assert "1, 2, 4, 8 processes" in said and "576" in said
    assert not list((folder / "runs" / "ranks").glob("pretrain-*"))


def _as_tasks_of_slurm(folder: Path) -> list[subprocess.Popen[str]]:
    """What srun would start on two nodes."""
    port = random.Random(os.getpid()).randrange(20_000, 30_000)
    shared = {
        "TERTULIA_RANKS": "slurm",
        "SLURM_NTASKS": "2",
        "SLURM_NNODES": "2",
        "SLURM_LOCALID": "0",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    return [
        _start(folder, processes=1, environment={**shared, "SLURM_PROCID": str(rank)})
        for rank in (0, 1)
    ]


def test_tasks_that_a_launcher_started_train_together(folder: Path, whole: list[float]) -> None:
    for process in _as_tasks_of_slurm(folder):
        done, said = _finish(process)
        assert done == 0, said
    assert _losses(folder) == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize("victim", [0, 1])
def test_a_killed_task_ends_the_other_as_resumable(
    folder: Path, whole: list[float], victim: int
) -> None:
    processes = _as_tasks_of_slurm(folder)
    _wait_for(lambda: list((folder / "runs").glob(_CHECKPOINT)), processes[0])
    processes[victim].kill()
    done, said = _finish(processes[1 - victim])
    assert done == 75, said
    assert said.count("A training process was lost") == 1
    _finish(processes[victim])
    _goes_on(folder, whole, processes=1)


def test_tasks_end_with_the_exit_code_of_the_first(folder: Path) -> None:
    (folder / "talk.jsonl").unlink()
    (folder / "ranks.toml").unlink()
    (folder / "ranks.toml").write_text(_RECIPE.replace('size = "1m"', 'size = "1x"'))
    processes = _as_tasks_of_slurm(folder)
    endings = [_finish(process) for process in processes]
    assert [done for done, _ in endings] == [2, 2]
    assert endings[1][1] == "", "the first one says what is wrong"
