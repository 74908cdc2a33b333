"""Which device can be used here: what torch was built for, and what is in the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.compute import torch_build
from tertulia.compute.devices import lack_of, local_device
from tertulia.compute.torch_build import has_amd_gpu, has_intel_gpu, torch_has


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without any GPU, and a torch for none."""
    built_for(monkeypatch, "")
    for name in ("has_gpu", "has_amd_gpu", "has_intel_gpu", "has_apple_gpu"):
        monkeypatch.setattr(torch_build, name, lambda: False)
    return monkeypatch


def built_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    lines = [
        f"{kind}: Optional[str] = '1.0'" if kind == name else f"{kind}: Optional[str] = None"
        for kind in ("cuda", "hip", "xpu")
    ]
    monkeypatch.setattr(torch_build, "_version_py", lambda: "\n".join(lines))


def test_without_a_gpu_it_is_the_processor(machine: pytest.MonkeyPatch) -> None:
    assert local_device() == "cpu"
    assert lack_of("cpu") is None


@pytest.mark.parametrize(
    ("build", "gpu", "device"),
    [("cuda", "has_gpu", "cuda"), ("hip", "has_amd_gpu", "cuda"), ("xpu", "has_intel_gpu", "xpu")],
)
def test_a_gpu_needs_the_torch_that_is_built_for_it(
    machine: pytest.MonkeyPatch, build: str, gpu: str, device: str
) -> None:
    machine.setattr(torch_build, gpu, lambda: True)
    assert local_device() == "cpu"
    built_for(machine, build)
    assert torch_has(build)  # type: ignore[arg-type]
    assert local_device() == device
    machine.setattr(torch_build, gpu, lambda: False)
    assert local_device() == "cpu"
    assert lack_of(device) == "no GPU is there"  # type: ignore[arg-type]


def test_apples_gpu_has_to_be_asked_for(machine: pytest.MonkeyPatch) -> None:
    assert lack_of("mps") == "this is no Mac with Apple's processor"
    machine.setattr(torch_build, "has_apple_gpu", lambda: True)
    assert lack_of("mps") is None
    assert local_device() == "cpu"


def test_amds_driver_offers_a_device_of_its_own(tmp_path: Path) -> None:
    assert not has_amd_gpu(tmp_path)
    (tmp_path / "kfd").touch()
    assert has_amd_gpu(tmp_path)


def test_intels_cards_are_known_by_their_makers_number(tmp_path: Path) -> None:
    assert not has_intel_gpu(tmp_path)
    card = tmp_path / "class" / "drm" / "card0" / "device"
    card.mkdir(parents=True)
    (card / "vendor").write_text("0x10de\n")
    assert not has_intel_gpu(tmp_path)
    (card / "vendor").write_text("0x8086\n")
    assert has_intel_gpu(tmp_path)
