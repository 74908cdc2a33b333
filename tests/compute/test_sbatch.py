"""Job scripts as text: frozen whole, and what bash and a reader must be able to rely on.

`python -m tests.compute.test_sbatch` writes the frozen texts anew; look at what changed.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from tertulia.compute.profiles import load_profile
from tertulia.compute.sbatch import JobOrder, job_script, shards_script
from tertulia.compute.slurm_spec import SlurmSpec
from tertulia.recipe.shipped import shipped_names

CLUSTERS = [name for name in shipped_names("machines") if load_profile(name).slurm]
GOLDEN = Path(__file__).parent / "sbatch"

LOCAL = SlurmSpec(
    partition="low", nodes=2, cpus_per_task=2, memory="2G", time="01:00:00", signal_seconds=60
)
MARENOSTRUM = SlurmSpec(
    partition="acc",
    account="bsc00",
    qos="acc_ehpc",
    nodes=16,
    tasks_per_node=4,
    cpus_per_task=20,
    gpus_per_node=4,
    time="3-00:00:00",
    exclusive=True,
    signal_seconds=600,
    restarts=20,
    setup=("module purge", "module load cuda/12.6"),
    environment={"NCCL_IB_HCA": "mlx5", "NCCL_IB_TIMEOUT": "70", "TMPDIR": "/scratch/a b"},
    options=("--constraint=highmem",),
    array=64,
)


def _order(folder: str, *more: str) -> JobOrder:
    runs = str(Path(folder).parents[2])
    return JobOrder(
        name="quickstart",
        machine="a-machine",
        folder=Path(folder),
        python="/opt/tertulia/bin/python",
        arguments=(
            "run", f"{folder}/recipe/quickstart.toml", "--on", f"{folder}/machine/a-machine.toml",
            "--runs", runs, *more,
        ),
    )  # fmt: skip


_PLAIN = _order("/data/runs/quickstart/submissions/0001")
_ODD = _order('/data/100% my "runs"/quickstart/submissions/0002', "--until", "pretrain")

TEXTS = {
    "slurm-local.sbatch": job_script(LOCAL, _PLAIN),
    "mn5-acc.sbatch": job_script(MARENOSTRUM, _PLAIN),
    "mn5-acc.shards.sbatch": shards_script(MARENOSTRUM, _PLAIN),
    "odd-folder.sbatch": job_script(SlurmSpec(), _ODD),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_script_is_what_it_was(name: str) -> None:
    assert TEXTS[name] == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEXTS)
def test_bash_takes_it(name: str) -> None:
    done = subprocess.run(
        ["bash", "-n"], input=TEXTS[name], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", TEXTS)
def test_slurms_options_stand_before_the_first_command(name: str) -> None:
    """Slurm stops looking for them there, and says nothing."""
    kinds = ["#" if line.startswith("#") else " " for line in TEXTS[name].splitlines()]
    first = kinds.index(" ")
    assert not any(line.startswith("#SBATCH") for line in TEXTS[name].splitlines()[first:])


@pytest.mark.parametrize("name", TEXTS)
def test_lines_can_be_read_in_a_terminal(name: str) -> None:
    long = [line for line in TEXTS[name].splitlines() if len(line) > 100]
    assert all("-m tertulia run" in line or "--output=" in line for line in long)


@pytest.mark.parametrize("machine", CLUSTERS)
def test_every_shipped_cluster_has_a_script(machine: str) -> None:
    spec = load_profile(machine).slurm
    assert spec is not None
    text = job_script(spec, _PLAIN)
    assert (
        f"#SBATCH --nodes={spec.nodes}\n#SBATCH --ntasks-per-node={spec.tasks_per_node}\n" in text
    )
    subprocess.run(["bash", "-n"], input=text, text=True, check=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"partition": "a b"},
        {"account": "x\n#SBATCH --uid=0"},
        {"qos": "$(id)"},
        {"time": "soon"},
        {"memory": "4 GB"},
        {"options": ["-p acc"]},
        {"options": ["--comment=a\n#SBATCH --uid=0"]},
        {"setup": ["module load x\nrm y"]},
        {"environment": {"A B": "1"}},
        {"array": 1},
        {"nodes": 0},
        {"gpus": 4},
    ],
)
def test_what_would_break_a_script_is_refused_in_the_profile(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SlurmSpec.model_validate(wrong)


if __name__ == "__main__":
    for name, text in TEXTS.items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
