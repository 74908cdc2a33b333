"""Training under a real Slurm: preempted, its node killed, cancelled, and never other weights.

A cluster of two virtual nodes is started for this file, on loopback and in a folder of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.system.slurm_cluster import NODES, NoSlurm, SlurmCluster, install, wait_for

pytestmark = pytest.mark.system

RANKS = 2
_MINUTES = 60.0
_AGREEMENT = 1e-5
"""Between weights of one rank and of two, in float32; seen are 2e-7 at rates as low as these.

At the size's own rates rounding grows to 1e-2 in 40 steps: the sign of a gradient near zero is a
whole step of Adam. A step left out or taken twice is seen here at either.
"""

_RECIPE = """
schema = 1
name = "queued"
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
tokens = "320k"
batch_tokens = 8192
learning_rate = 0.002
embedding_learning_rate = 0.002
checkpoint_tokens = "32k"
"""

_MACHINE = """
schema = 1
device = "cpu"
precision = "float32"
threads = 1
compile = false
"""

_SLURM = """
[slurm]
partition = "low"
nodes = {ranks}
memory = "1500M"
time = "30"
signal_seconds = 30
environment = {{ TERTULIA_LANG = "en" }}
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[SlurmCluster]:
    try:
        install()
        started = SlurmCluster().__enter__()
    except NoSlurm as error:
        pytest.fail(f"there is no Slurm to test with: {error}")
    try:
        yield started
    finally:
        started.__exit__()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recipe, both profiles, and a run in which training is all that lacks."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "queued.toml").write_text(_RECIPE)
    (folder / "alone.toml").write_text(_MACHINE)
    (folder / "cluster.toml").write_text(_MACHINE + _SLURM.format(ranks=RANKS))
    _tertulia(folder, "run", "queued.toml", "--on", "alone.toml", "--until", "tokens")
    return folder


@pytest.fixture(scope="module")
def weights_of_one_process(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pretrained model of a run that Slurm has nothing to do with."""
    folder = _copied(prepared, tmp_path_factory.mktemp("alone") / "folder")
    _tertulia(folder, "run", "queued.toml", "--on", "alone.toml", "--until", "pretrain")
    return _weights(folder)


@pytest.fixture
def folder(cluster: SlurmCluster, prepared: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of `prepared` to queue from; afterwards the queue is empty again."""
    yield _copied(prepared, tmp_path / "folder")
    cluster.run("scancel", "--user=root")
    wait_for(lambda: not cluster.run("squeue", "--noheader"), _MINUTES, "the queue to empty")


def test_preempted_and_queued_again_it_ends_in_the_same_weights(
    cluster: SlurmCluster, folder: Path, weights_of_one_process: Path
) -> None:
    job = _submit(cluster, folder)
    _wait_for_checkpoint(folder)
    cluster.run(
        "sbatch", "--partition=high", f"--nodes={len(NODES)}", "--exclusive", "--output=/dev/null",
        "--wrap=sleep 3",
    )  # fmt: skip
    _wait_for_state(cluster, job, "COMPLETED", 3 * _MINUTES)
    assert cluster.job(job)["Restarts"] == "1"
    said = _output(folder)
    for words in ("resumable: stopped on request", f"job {job} queued again", "goes on from where"):
        assert words in said, said
    assert said.splitlines()[-1] == f"tertulia: job {job} done"
    _assert_same_weights(_weights(folder), weights_of_one_process)


@pytest.mark.parametrize("jobs_survive", [False, True], ids=["node", "slurmd"])
def test_a_node_that_dies_costs_no_more_than_the_last_steps(
    cluster: SlurmCluster, folder: Path, weights_of_one_process: Path, jobs_survive: bool
) -> None:
    """With slurmd alone gone the processes are there still, until Slurm is back to end them."""
    job = _submit(cluster, folder)
    _wait_for_checkpoint(folder)
    dead = cluster.job(job)["BatchHost"]
    cluster.kill_node(dead, jobs_survive=jobs_survive)
    wait_for(lambda: cluster.job(job)["Restarts"] == "1", _MINUTES, "Slurm to miss the node")
    cluster.start_node(dead)
    _wait_for_state(cluster, job, "COMPLETED", 3 * _MINUTES)
    assert "pretrain: goes on from where it stopped" in _output(folder)
    _assert_same_weights(_weights(folder), weights_of_one_process)


def test_a_signal_while_documents_are_read_ends_in_good_order_too(
    cluster: SlurmCluster, folder: Path
) -> None:
    shutil.rmtree(folder / "runs" / "queued")
    job = _submit(cluster, folder, "--until", "documents")
    wait_for(lambda: "documents: begins" in _output(folder), _MINUTES, "the first stage")
    cluster.run("scancel", "--signal=USR1", str(job))
    _wait_for_state(cluster, job, "COMPLETED", 2 * _MINUTES)
    said = _output(folder)
    assert "resumable: stopped on request (SIGUSR1)" in said
    assert f"job {job} queued again" in said
    assert "Traceback" not in said


def test_what_slurm_refuses_is_one_clear_message(cluster: SlurmCluster, folder: Path) -> None:
    profile = folder / "cluster.toml"
    profile.write_text(profile.read_text().replace('"low"', '"nowhere"'))
    done = _start(cluster, folder, "run", "queued.toml", "--on", "cluster.toml", "--submit")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith("error[compute.job-refused]: ")
    assert "invalid partition specified: nowhere" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((folder / "runs" / "queued" / "submissions").iterdir()) == []


def test_status_logs_and_cancel(cluster: SlurmCluster, folder: Path) -> None:
    job = _submit(cluster, folder)
    again = _start(cluster, folder, "run", "queued.toml", "--on", "cluster.toml", "--submit")
    assert "error[compute.already-queued]" in again.stderr
    _wait_for_checkpoint(folder)
    assert _status(cluster, folder)["state"] == "RUNNING"
    assert "pretrain: begins" in _start(cluster, folder, "cluster", "logs", "queued").stdout
    assert _start(cluster, folder, "cluster", "cancel", "queued").returncode == 0
    wait_for(lambda: _status(cluster, folder)["state"] == "CANCELLED", _MINUTES, "the end")
    followed = _start(cluster, folder, "cluster", "logs", "queued", "--follow").stdout
    # It stopped with a checkpoint and, cancelled as it was, did not come back.
    assert "resumable: stopped on request" in followed
    assert followed.splitlines()[-1] == f"tertulia: job {job} stopped"
    assert "error[compute.no-job]" in _start(cluster, folder, "cluster", "cancel", "queued").stderr


def test_shards_of_the_corpus_are_shared_by_an_array(cluster: SlurmCluster, folder: Path) -> None:
    whole = _digest(folder, "documents")
    shutil.rmtree(folder / "runs" / "queued")
    profile = folder / "cluster.toml"
    profile.write_text(profile.read_text().replace(f"nodes = {RANKS}", "array = 3"))
    job = _submit(cluster, folder, "--until", "documents")
    _wait_for_state(cluster, job, "COMPLETED", 2 * _MINUTES)
    logs = sorted((folder / "runs/queued/submissions/0001").glob("shards-*.log"))
    assert [log.read_text().split(":")[0] for log in logs] == ["Shards prepared"] * 3
    assert "documents: goes on from where it stopped" in _output(folder)
    assert _digest(folder, "documents") == whole


def _copied(prepared: Path, to: Path) -> Path:
    shutil.copytree(prepared, to, symlinks=True)
    return to


def _tertulia(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tertulia", *arguments],
        cwd=folder,
        env={**os.environ, "TERTULIA_LANG": "en", "OMP_NUM_THREADS": "1", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 2), done.stderr
    return done


def _start(
    cluster: SlurmCluster, folder: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return _tertulia(folder, *arguments, **cluster.environment)


def _submit(cluster: SlurmCluster, folder: Path, *options: str) -> int:
    until = options or ("--until", "pretrain")
    wanted = ("run", "queued.toml", "--on", "cluster.toml", "--submit", "--json", *until)
    done = _start(cluster, folder, *wanted)
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["job"])


def _status(cluster: SlurmCluster, folder: Path) -> dict[str, Any]:
    done = _start(cluster, folder, "cluster", "status", "queued", "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["submissions"]
    return dict(row)


def _wait_for_checkpoint(folder: Path) -> None:
    """Waits until training has written one; a job that ended before says why."""
    pattern = "pretrain-*.partial/.scratch/checkpoint-*"

    def there() -> bool:
        assert "tertulia: job" not in _output(folder), _output(folder)
        return any((folder / "runs/queued").glob(pattern))

    wait_for(there, 2 * _MINUTES, "a checkpoint")


def _wait_for_state(cluster: SlurmCluster, job: int, state: str, seconds: float) -> None:
    try:
        wait_for(lambda: cluster.job(job)["JobState"] in (state, "FAILED"), seconds, state)
    finally:
        told = cluster.job(job)
    output = Path(told["StdOut"])
    assert told["JobState"] == state, output.read_text() if output.exists() else told


def _output(folder: Path) -> str:
    path = folder / "runs/queued/submissions/0001/output.log"
    return path.read_text() if path.exists() else ""


def _artifact(folder: Path, stage: str) -> Path:
    run = folder / "runs" / "queued"
    return run / json.loads((run / "latest.json").read_text())[stage]


def _weights(folder: Path) -> Path:
    return _artifact(folder, "pretrain") / "model.safetensors"


def _digest(folder: Path, stage: str) -> str:
    manifest = json.loads((_artifact(folder, stage) / "manifest.json").read_text())
    return str(manifest["digest"])


def _assert_same_weights(found: Path, wanted: Path) -> None:
    ours, theirs = load_file(found), load_file(wanted)
    assert ours.keys() == theirs.keys()
    for name, weight in ours.items():
        np.testing.assert_allclose(weight, theirs[name], rtol=0, atol=_AGREEMENT, err_msg=name)
