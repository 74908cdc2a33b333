"""Machine profiles are read by name or path, and each `auto` is decided."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tertulia.compute import profiles
from tertulia.compute.machine import Machine
from tertulia.compute.profiles import load_profile, resolve_machine
from tertulia.errors import RecipeError
from tertulia.recipe.shipped import shipped_names


def profile(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(f"schema = 1\n{text}\n")
    return path


def without_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "has_gpu", lambda: False)


def test_the_shipped_profiles_are_valid() -> None:
    names = shipped_names("machines")
    assert names == ["auto", "dask-local", "laptop", "laptop-float32", "workstation-cuda"]
    for name in names:
        assert load_profile(name).schema_ == 1


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
    monkeypatch.setattr(profiles, "has_gpu", lambda: True)
    monkeypatch.setattr(profiles, "torch_has_cuda", lambda: True)
    machine = resolve_machine("auto")
    assert (machine.device, machine.precision) == ("cuda", "bfloat16")
    monkeypatch.setattr(profiles, "torch_has_cuda", lambda: False)
    assert resolve_machine("auto").device == "cpu"
    with pytest.raises(RecipeError, match="no CUDA") as caught:
        resolve_machine("workstation-cuda")
    assert caught.value.code == "compute.no-cuda"


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
    for other in (
        Machine(name="x", threads=2),
        Machine(name="x", precision="bfloat16"),
        Machine(name="x", compile=True),
        Machine(name="x", device="cuda"),
    ):
        assert other.numeric_class() != base
