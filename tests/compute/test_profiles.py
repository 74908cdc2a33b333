"""Machine profiles are read by name or path, and each `auto` is decided."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tertulia.compute import profiles, torch_build
from tertulia.compute.machine import Machine
from tertulia.compute.profiles import load_profile, planned_machine, resolve_machine
from tertulia.errors import RecipeError
from tertulia.recipe.shipped import shipped_names


def profile(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(f"schema = 1\n{text}\n")
    return path


def without_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("has_gpu", "has_amd_gpu", "has_intel_gpu"):
        monkeypatch.setattr(torch_build, name, lambda: False)


def test_the_shipped_profiles_are_valid() -> None:
    names = shipped_names("machines")
    assert names == [
        "auto",
        "dask-local",
        "finisterrae3",
        "laptop",
        "laptop-float32",
        "leonardo",
        "mn5-acc",
        "mn5-gpp",
        "mps",
        "rocm",
        "slurm-local",
        "workstation-cuda",
        "xpu",
    ]
    for name in names:
        assert load_profile(name).schema_ == 1


@pytest.mark.parametrize("name", shipped_names("machines"))
def test_a_shipped_profile_uses_the_cores_and_gpus_that_it_claims(name: str) -> None:
    profile, machine = load_profile(name), planned_machine(name)
    if profile.cores is not None:
        assert machine.threads * machine.processes <= profile.cores.least
    if profile.devices is not None:
        assert machine.processes == profile.devices.least
    if profile.slurm is not None:
        assert profile.slurm.cpus_per_task == machine.threads
        gpus = 0 if profile.devices is None else profile.devices.least
        assert profile.slurm.gpus_per_node == gpus


def test_nothing_asked_for_is_found_out() -> None:
    machine = resolve_machine()
    assert machine.name == "auto"
    assert 1 <= machine.threads <= (os.cpu_count() or 1)
    assert resolve_machine() == machine


@pytest.mark.parametrize(("bfloat16", "precision"), [(True, "bfloat16"), (False, "float32")])
def test_precision_follows_the_processor(
    monkeypatch: pytest.MonkeyPatch, bfloat16: bool, precision: str
) -> None:
    without_gpu(monkeypatch)
    monkeypatch.setattr(profiles, "has_bfloat16", lambda: bfloat16)
    assert resolve_machine("auto").precision == precision
    assert resolve_machine("laptop-float32").precision == "float32"


def test_a_compiler_decides_about_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    without_gpu(monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert resolve_machine("auto").compile is False


def test_a_gpu_is_used_where_torch_can(monkeypatch: pytest.MonkeyPatch) -> None:
    without_gpu(monkeypatch)
    monkeypatch.setattr(torch_build, "has_gpu", lambda: True)
    monkeypatch.setattr(torch_build, "torch_has", lambda kind: kind == "cuda")
    machine = resolve_machine("auto")
    assert (machine.device, machine.precision) == ("cuda", "bfloat16")
    monkeypatch.setattr(torch_build, "torch_has", lambda kind: False)
    assert resolve_machine("auto").device == "cpu"
    with pytest.raises(RecipeError, match="no CUDA") as caught:
        resolve_machine("workstation-cuda")
    assert caught.value.code == "compute.no-cuda"


@pytest.mark.parametrize("name", ["xpu", "mps"])
def test_a_device_that_is_not_here_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without_gpu(monkeypatch)
    monkeypatch.setattr(torch_build, "has_apple_gpu", lambda: False)
    with pytest.raises(RecipeError, match=f"device {name}") as caught:
        resolve_machine(name)
    assert caught.value.code == "compute.no-device"


def test_a_machine_elsewhere_is_planned_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without_gpu(monkeypatch)
    monkeypatch.setattr(profiles, "physical_cores", _not_asked)
    monkeypatch.setattr(profiles, "memory_bytes", _not_asked)
    machine = planned_machine("mn5-acc", nodes=8)
    assert (machine.device, machine.precision, machine.compile) == ("cuda", "bfloat16", True)
    assert (machine.nodes, machine.processes, machine.ranks, machine.threads) == (8, 4, 32, 20)
    assert machine.slurm is not None
    assert machine.slurm.nodes == 8
    with pytest.raises(RecipeError):
        resolve_machine("mn5-acc")


def _not_asked() -> int:
    raise AssertionError("nothing of this machine is looked up")


def test_a_profile_that_claims_no_cores_is_planned_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_gpu(monkeypatch)
    assert planned_machine("laptop") == resolve_machine("laptop")
    assert planned_machine("workstation-cuda").device == "cuda"


def test_cores_are_shared_among_processes(tmp_path: Path) -> None:
    path = profile(tmp_path, 'device = "cpu"\nprocesses = 4\ncores = 16\ncompile = false')
    machine = planned_machine(path)
    assert (machine.threads, machine.processes, machine.workers) == (4, 4, 16)
    assert machine.precision == "float32"


def test_two_numbers_of_processes_that_differ_are_refused(tmp_path: Path) -> None:
    path = profile(tmp_path, "processes = 2\n[slurm]\ntasks_per_node = 4")
    with pytest.raises(RecipeError, match="tasks_per_node"):
        load_profile(path)


def test_facts_and_queues_are_no_part_of_what_a_manifest_says() -> None:
    described = planned_machine("mn5-acc").described()
    assert not {"facts", "slurm"} & described.keys()
    assert described["processes"] == 4


def test_a_file_says_what_it_says(tmp_path: Path) -> None:
    path = profile(
        tmp_path,
        'device = "cpu"\nprecision = "float32"\nthreads = 3\ncompile = false\nwatts_per_core = 5.0',
    )
    machine = resolve_machine(path)
    assert machine.name == "mine"
    assert (machine.threads, machine.compile, machine.watts_per_core) == (3, False, 5.0)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("thread = 2", "recipe.unknown-key", "`threads`"),
        ("threads = 0", "recipe.wrong-value", "from 1"),
        ("threads = true", "recipe.wrong-value", "from 1"),
        ('compile = "yes"', "recipe.wrong-value", "true, false"),
        ('device = "gpu"', "recipe.wrong-value", "'cuda'"),
        ("threads = ", "recipe.syntax", "TOML"),
    ],
)
def test_a_mistake_in_a_profile_is_placed(tmp_path: Path, text: str, code: str, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        resolve_machine(profile(tmp_path, text))
    assert caught.value.code == code
    assert "mine.toml, line 2" in str(caught.value.where)
    assert words in str(caught.value)


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match="laptop") as caught:
        resolve_machine("labtop")
    assert caught.value.code == "compute.no-profile"


def test_the_numeric_class_is_read_without_torch() -> None:
    program = (
        "import sys\n"
        "from tertulia.compute.profiles import resolve_machine\n"
        "print(resolve_machine().numeric_class()['torch'])\n"
        "assert 'torch' not in sys.modules\n"
    )
    source = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": source},
    )
    import torch

    assert done.stdout.strip() == torch.__version__


def test_the_capability_is_no_wider_than_what_torch_finds() -> None:
    import torch

    ours = Machine(name="x").numeric_class()["capability"]
    theirs = torch.backends.cpu.get_cpu_capability().lower()
    assert {"avx512": "avx512", "avx2": "avx2"}.get(theirs, "") in ours


def test_each_part_of_the_machine_that_changes_bits_is_in_the_class() -> None:
    base = Machine(name="x").numeric_class()
    assert Machine(name="y", memory_bytes=1, watts_per_core=1.0).numeric_class() == base
    assert Machine(name="y", processes=4, nodes=2, workers=8).numeric_class() == base
    for other in (
        Machine(name="x", threads=2),
        Machine(name="x", precision="bfloat16"),
        Machine(name="x", compile=True),
        Machine(name="x", device="cuda"),
    ):
        assert other.numeric_class() != base
