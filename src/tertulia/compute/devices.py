"""Which kinds of device the installed torch can use on this machine."""

from __future__ import annotations

from tertulia.compute import torch_build
from tertulia.compute.torch_build import Device


def local_device() -> Device:
    """The device that `auto` stands for here: the first that can be used, else the processor.

    Apple's GPUs are not among them: training on one has to be asked for by its profile.
    """
    return next((device for device in ("cuda", "xpu") if lack_of(device) is None), "cpu")


def lack_of(device: Device) -> str | None:
    """What keeps `device` from being used here, in a few words; None where nothing does."""
    if device == "cuda":
        if torch_build.torch_has("hip"):
            return None if torch_build.has_amd_gpu() else "no GPU is there"
        if not torch_build.torch_has("cuda"):
            return "the installed torch has no CUDA"
        return None if torch_build.has_gpu() else "no GPU is there"
    if device == "xpu":
        if not torch_build.torch_has("xpu"):
            return "the installed torch has no XPU"
        return None if torch_build.has_intel_gpu() else "no GPU is there"
    if device == "mps":
        return None if torch_build.has_apple_gpu() else "this is no Mac with Apple's processor"
    return None
