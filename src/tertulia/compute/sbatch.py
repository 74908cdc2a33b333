"""The text of a batch job for Slurm, written to be read by whoever has to find out what it did.

All of a job's paths are absolute and lie in its submission folder, so that what is queued does not
change with the installation or the recipe it was queued from.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tertulia.compute.slurm_spec import SlurmSpec
from tertulia.errors import Resumable

CODE_FOLDER = "code"
OUTPUT_NAME = "output.log"
SHARDS_OUTPUT = "shards-{task}.log"
END_LINE = "tertulia: job"
"""What the last line of each stretch of a job begins with; `JOB WORDS` follow."""
_PORTS = (20_000, 10_000)
"""First and number of the ports where ranks meet: below those that systems hand out themselves."""
_LEFT_ALONE_SECONDS = 60
"""How long ranks may outlive the first that ended."""
_KILLED = "138 or 143"
"""What srun returns for a task that died of SIGUSR1 or SIGTERM."""


@dataclass(frozen=True, kw_only=True)
class JobOrder:
    """What a script runs, and where it lies."""

    name: str
    machine: str
    """The name of the machine profile."""
    folder: Path
    """The submission folder."""
    python: str
    """The interpreter, as a path."""
    arguments: tuple[str, ...]
    """Of `tertulia`."""


def job_script(spec: SlurmSpec, order: JobOrder) -> str:
    """The script of the main job: every rank runs `tertulia` with the order's arguments."""
    wanted = [
        f"--nodes={spec.nodes}",
        f"--ntasks-per-node={spec.tasks_per_node}",
        f"--cpus-per-task={spec.cpus_per_task}",
    ]
    if spec.gpus_per_node:
        wanted.append(f"--gres=gpu:{spec.gpus_per_node}")
    if spec.exclusive:
        wanted.append("--exclusive")
    return _script(
        [
            f"# The recipe `{order.name}` on the machine `{order.machine}`, queued by tertulia.",
            *_header(spec, order, wanted, OUTPUT_NAME),
            "# Ahead of the end of its time each rank gets SIGUSR1, saves its state and ends.",
            f"#SBATCH --signal=USR1@{spec.signal_seconds}",
            "",
            *_environment(spec, order),
            "",
            *_MEETING_PLACE,
            "",
            "# A signal is for the ranks, which write a checkpoint; this script waits for them.",
            "trap : TERM USR1",
            "",
            "# Ranks that end together end seconds apart: killing the others at once, as",
            "# --kill-on-bad-exit=1 does, would hide that they had stopped in good order.",
            f"srun --kill-on-bad-exit=0 --wait={_LEFT_ALONE_SECONDS} {_command(order)}",
            "code=$?",
            "",
            *_ending(spec),
        ]
    )


def shards_script(spec: SlurmSpec, order: JobOrder) -> str:
    """The script of the jobs that take the corpus' shards before the main job begins."""
    assert spec.array is not None, "asked for by a profile with `slurm.array`"
    wanted = ["--ntasks=1", f"--cpus-per-task={spec.cpus_per_task}", f"--array=0-{spec.array - 1}"]
    return _script(
        [
            f"# Shards of the corpus of the recipe `{order.name}`, queued by tertulia.",
            *_header(spec, order, wanted, SHARDS_OUTPUT.format(task="%a")),
            "",
            *_environment(spec, order),
            "",
            "# A shard that is not finished here is finished by the main job.",
            f'exec {_command(order)} --share "$SLURM_ARRAY_TASK_ID/{spec.array}"',
        ]
    )


def _header(spec: SlurmSpec, order: JobOrder, wanted: Iterable[str], output: str) -> list[str]:
    named = {
        "partition": spec.partition,
        "account": spec.account,
        "qos": spec.qos,
        "mem": spec.memory,
        "time": spec.time,
    }
    # In the name of an output file Slurm replaces what follows a percent sign.
    log = str(order.folder).replace("%", "%%") + f"/{output}"
    options = [
        f"--job-name={order.name}",
        *(f"--{name}={value}" for name, value in named.items() if value is not None),
        *wanted,
        *spec.options,
        f"--chdir={_quoted(str(order.folder))}",
        f"--output={_quoted(log)}",
        "--open-mode=append",
    ]
    return [
        *(f"#SBATCH {option}" for option in options),
        "# Preempted, or its node lost: Slurm queues the job again, and it goes on.",
        "#SBATCH --requeue",
    ]


def _environment(spec: SlurmSpec, order: JobOrder) -> list[str]:
    cpus = spec.cpus_per_task
    lines = [
        f"folder={shlex.quote(str(order.folder))}",
        *(["", "# From the machine profile."] if spec.setup or spec.environment else []),
        *spec.setup,
        *(f"export {name}={shlex.quote(value)}" for name, value in spec.environment.items()),
        "",
        "# Compute nodes have no internet, and nothing is to wait for it.",
        "export HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 WANDB_MODE=offline",
        "# The code as it was when the job was queued, before any other; none from this folder.",
        f'export PYTHONPATH="$folder/{CODE_FOLDER}${{PYTHONPATH:+:$PYTHONPATH}}" PYTHONSAFEPATH=1',
        "# Threads are pinned by the program, not by srun, which would not take over the number.",
        f"export SLURM_CPU_BIND=none SRUN_CPUS_PER_TASK={cpus}",
        f"export OMP_NUM_THREADS={cpus} POLARS_MAX_THREADS={cpus} RAYON_NUM_THREADS={cpus}",
    ]
    return lines


_MEETING_PLACE = (
    "# Where the ranks meet: the first node's address, since its name need not resolve, and a",
    "# port of this job's own.",
    'first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)',
    "address=$(scontrol show node \"$first\" | sed -n 's/.*NodeAddr=\\([^ ]*\\).*/\\1/p')",
    'export MASTER_ADDR="${address:-$first}"',
    f"export MASTER_PORT=$(({_PORTS[0]} + SLURM_JOB_ID % {_PORTS[1]}))",
    "# Each task of srun is a rank.",
    "export TERTULIA_RANKS=slurm",
)


def _ending(spec: SlurmSpec) -> list[str]:
    stopped = Resumable.exit_code
    return [
        "# The line that tells afterwards how this stretch of the job ended.",
        f'ended() {{ echo "{END_LINE} $SLURM_JOB_ID $*"; }}',
        "",
        f"# {stopped}: stopped on request with its progress kept. {_KILLED}: a signal came before",
        "# the program was ready for it.",
        f'if [[ "$code" =~ ^({stopped}|{_KILLED.replace(" or ", "|")})$ ]]; then',
        "    # A job that is being cancelled stops in the same way and must not come back.",
        '    state=$(scontrol --oneliner show job "$SLURM_JOB_ID" |',
        "        sed -n 's/.* JobState=\\([A-Z_]*\\).*/\\1/p')",
        '    if [ "$state" != RUNNING ]; then',
        '        ended "stopped"',
        f'    elif [ "${{SLURM_RESTART_COUNT:-0}}" -ge {spec.restarts} ]; then',
        f'        ended "failed: stopped once more after {spec.restarts} restarts"',
        "    else",
        '        ended "queued again"',
        '        scontrol requeue "$SLURM_JOB_ID" && exit 0',
        "    fi",
        'elif [ "$code" -eq 0 ]; then',
        '    ended "done"',
        "else",
        '    ended "failed: exit code $code"',
        "fi",
        "exit $code",
    ]


def _command(order: JobOrder) -> str:
    words = [order.python, "-m", "tertulia", *order.arguments]
    # Paths below the submission folder are said by its variable: the line stays readable.
    below = str(order.folder) + "/"
    return " ".join(
        '"$folder"/' + shlex.quote(word.removeprefix(below))
        if word.startswith(below)
        else shlex.quote(word)
        for word in words
    )


def _quoted(text: str) -> str:
    """A value of an `#SBATCH` line, in the double quotes that sbatch takes away, where needed."""
    if shlex.quote(text) == text:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _script(lines: Sequence[str]) -> str:
    return "\n".join(["#!/bin/bash", *lines]) + "\n"
