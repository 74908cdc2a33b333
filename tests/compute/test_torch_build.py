"""The GPU's name comes from its driver."""

from __future__ import annotations

from pathlib import Path

from tertulia.compute.torch_build import gpu_model, has_gpu


def test_the_first_gpu_names_the_model(tmp_path: Path) -> None:
    assert gpu_model(tmp_path) == "unknown"
    folder = tmp_path / "gpus" / "0000:01:00.0"
    folder.mkdir(parents=True)
    (folder / "information").write_text("Model: \t\t NVIDIA H100 80GB HBM3\nIRQ: 1\n")
    assert gpu_model(tmp_path) == "NVIDIA H100 80GB HBM3"


def test_a_gpu_is_a_numbered_device(tmp_path: Path) -> None:
    (tmp_path / "nvidiactl").touch()
    assert not has_gpu(tmp_path)
    (tmp_path / "nvidia0").touch()
    assert has_gpu(tmp_path)
