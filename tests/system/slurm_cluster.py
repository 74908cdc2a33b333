"""A real Slurm on this machine: munge, slurmctld and two virtual nodes, on loopback, in one folder.

`python -m tests.system.slurm_cluster` starts one by hand and prints how to speak to it. Needs root
and, where Slurm is not installed, apt. Nothing of a Slurm that is there already is touched: other
ports, another configuration, our own munge socket, and what is stopped is stopped by its pid file.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

NODES = ("tertulia1", "tertulia2")
GRACE_SECONDS = 60
_PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue", "scancel")
_PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge")
_SBIN = ("/usr/sbin", "/sbin")

# What each line is for, where it is not plain:
# cred_expire: a job that was queued again waits that long before it may start, 120 s by default.
# NoInAddrAny, NoCtldInAddrAny: only both together keep every daemon on loopback.
# config_overrides: a virtual node may claim more than its share of the machine.
# DefMemPerCPU: without it one job step takes the memory of the whole node.
# SlurmdTimeout: how long a node may be silent before its jobs are queued again.
_CONFIGURATION = """\
ClusterName=tertulia
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/munge.socket,cred_expire=5
CredType=cred/munge
SlurmctldPort={controller_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmdLogFile={folder}/log/slurmd.%n.log
SlurmdParameters=config_overrides
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=256
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmctldTimeout=30
SlurmdTimeout=10
MinJobAge=300
KillWait=30
InactiveLimit=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
{nodes}
PartitionName=low Nodes={names} Default=YES PriorityTier=1 GraceTime={grace} MaxTime=60 State=UP
PartitionName=high Nodes={names} PriorityTier=10 PreemptMode=OFF MaxTime=60 State=UP
"""


class NoSlurm(RuntimeError):
    """Slurm cannot be had on this machine, and why."""


def install() -> None:
    """Installs Slurm and munge where they are missing. Raises NoSlurm."""
    if os.geteuid() != 0:
        raise NoSlurm("only root can start Slurm's daemons, and the tests do not run as root")
    if all(_program(name, required=False) for name in _PROGRAMS):
        return
    if shutil.which("apt-get") is None:
        raise NoSlurm("Slurm is not installed, and there is no apt-get to install it")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wanted = ["apt-get", "install", "--yes", "--no-install-recommends", *_PACKAGES]
    for command in (["apt-get", "update"], wanted):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NoSlurm(f"`{' '.join(command)}` failed: {done.stderr.strip()[-500:]}")


class SlurmCluster:
    """One cluster in a folder of its own; use it as a context manager."""

    def __init__(self) -> None:
        # Short and readable by all: the socket's path has 108 bytes, munge distrusts 0700.
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.folder.chmod(0o755)
        for name in ("state", "log", "munge", *(f"spool.{node}" for node in NODES)):
            (self.folder / name).mkdir(mode=0o755)
        self.configuration = self.folder / "slurm.conf"
        self.environment = {"SLURM_CONF": str(self.configuration)}

    def __enter__(self) -> SlurmCluster:
        try:
            self._start()
        except BaseException:
            self._stop_daemons()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.run("scancel", "--user=root", check=False)
        # First the jobs: a slurmd that is stopped leaves them running.
        with contextlib.suppress(TimeoutError):
            wait_for(lambda: not self.run("squeue", "--noheader"), 60, "the queue to empty")
        self._stop_daemons()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program: str, *arguments: str, check: bool = True) -> str:
        """What a client program of Slurm prints."""
        done = subprocess.run(
            [_program(program), *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout.strip()

    def job(self, number: int) -> dict[str, str]:
        """What Slurm tells of a job."""
        text = self.run("scontrol", "--oneliner", "show", "job", str(number))
        return dict(pair.partition("=")[::2] for pair in text.split() if "=" in pair)

    def kill_node(self, node: str, *, jobs_survive: bool = False) -> None:
        """`kill -9` of the node's slurmd, and of all that it started, as a power cut does it.

        What survives is stopped, so that it is there still when slurmd is back, however soon.
        """
        log = self.folder / "log" / f"slurmd.{node}.log"
        # Managers of job steps are no children of slurmd any more, but keep its log open.
        steps = [pid for pid in _step_managers() if log in _open_files(pid)]
        tasks = [below for step in steps for below in _with_children(step)[1:]]
        slurmd = int(self._pid_file(f"slurmd.{node}").read_text())
        _send(signal.SIGKILL, [slurmd, *([] if jobs_survive else [*steps, *tasks])])
        if jobs_survive:
            _send(signal.SIGSTOP, tasks)

    def start_node(self, node: str) -> None:
        """Starts the slurmd of a node."""
        self._daemon("slurmd", "-N", node)

    def _start(self) -> None:
        munge = self.folder / "munge"
        key = munge / "munge.key"
        key.touch(mode=0o400)
        key.write_bytes(secrets.token_bytes(1024))
        self._daemon(
            "munged", "--force", f"--socket={munge}/munge.socket", f"--key-file={key}",
            f"--pid-file={self.folder}/munged.pid", f"--log-file={munge}/munged.log",
            f"--seed-file={munge}/munged.seed",
        )  # fmt: skip
        ports = _free_ports(1 + len(NODES))
        host = socket.gethostname().partition(".")[0]
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=2 "
            "RealMemory=3000 State=UNKNOWN"
            for node, port in zip(NODES, ports[1:], strict=True)
        )
        text = _CONFIGURATION.format(
            folder=self.folder, host=host, controller_port=ports[0], nodes=nodes,
            names=",".join(NODES), grace=GRACE_SECONDS,
        )  # fmt: skip
        self.configuration.write_text(text)
        self._daemon("slurmctld", "-c")
        for node in NODES:
            self.start_node(node)
        wait_for(
            lambda: set(self.run("sinfo", "-hN", "-o%T", check=False).split()) == {"idle"},
            20,
            "both nodes to be idle",
        )

    def _daemon(self, program: str, *arguments: str) -> None:
        # A daemon keeps its standard error open: a pipe would never end.
        said = self.folder / "log" / f"{program}.start"
        with said.open("ab") as stderr:
            done = subprocess.run(
                [_program(program), *arguments],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                cwd=self.folder,
                check=False,
            )
        if done.returncode != 0:
            raise NoSlurm(f"{program} does not start: {said.read_text().strip()[-500:]}")

    def _stop_daemons(self) -> None:
        for name in (*(f"slurmd.{node}" for node in NODES), "slurmctld", "munged"):
            path = self._pid_file(name)
            if not path.is_file():
                continue
            pid = int(path.read_text())
            with contextlib.suppress(ProcessLookupError, TimeoutError):
                os.kill(pid, signal.SIGTERM)
                wait_for(lambda pid=pid: not _alive(pid), 10, f"{name} to end")  # type: ignore[misc]

    def _pid_file(self, name: str) -> Path:
        return self.folder / f"{name}.pid"


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Waits until `condition()` is true. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.2)


def _program(name: str, *, required: bool = True) -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), *_SBIN])
    found = shutil.which(name, path=path)
    if found is None and required:
        raise NoSlurm(f"there is no program `{name}`")
    return found or ""


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]


def _send(number: signal.Signals, pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _step_managers() -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):
                if (folder / "cmdline").read_bytes().startswith(b"slurmstepd:"):
                    found.append(int(folder.name))
    return found


def _open_files(pid: int) -> set[Path]:
    found = set()
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(descriptor.readlink())
    return found


def _alive(pid: int) -> bool:
    """Whether it runs: what has ended and waits to be noticed by its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _with_children(pid: int) -> list[int]:
    """A process and all that it started, from whichever of its threads."""
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in thread.read_text().split():
                found += _with_children(int(child))
    return found


if __name__ == "__main__":
    install()
    with SlurmCluster() as cluster:
        print(f"export SLURM_CONF={cluster.configuration}")
        with contextlib.suppress(EOFError, KeyboardInterrupt):
            input("Enter stops it. ")
