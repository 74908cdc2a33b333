"""Which torch is installed and which GPU is there, found out without importing torch.

torch calls AMD's GPUs `cuda` as well: a build for ROCm names a HIP version where one for NVIDIA
names a CUDA version.
"""

from __future__ import annotations

import functools
import platform
import re
import sys
from importlib import metadata, util
from pathlib import Path
from typing import Literal

Device = Literal["cpu", "cuda", "xpu", "mps"]

_DEV = Path("/dev")
_NVIDIA = Path("/proc/driver/nvidia")
_SYS = Path("/sys")
_INTEL = "0x8086"
"""Intel's number among makers of PCI cards."""


@functools.cache
def torch_build() -> str:
    """The version of the installed torch with its build tag, such as `2.13.0+cpu`; or `none`.

    torch's own `version.py` goes first: the metadata of some wheels lacks the tag.
    """
    text = _version_py()
    match = re.search(r"^__version__ = ['\"]([^'\"]+)['\"]", text, re.MULTILINE)
    if match is not None:
        return match[1]
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return "none"


def torch_has(platform_name: Literal["cuda", "hip", "xpu"]) -> bool:
    """Whether the installed torch was built for NVIDIA's, AMD's or Intel's GPUs."""
    pattern = rf"^{platform_name}\b[^=\n]*= ['\"]"
    return re.search(pattern, _version_py(), re.MULTILINE) is not None


def torch_has_cuda() -> bool:
    """Whether the installed torch was built for NVIDIA GPUs."""
    return torch_has("cuda")


def gpu_model(nvidia: Path = _NVIDIA) -> str:
    """The model name of the first NVIDIA GPU, as its driver tells; or `unknown`."""
    for information in sorted(nvidia.glob("gpus/*/information")):
        match = re.search(r"^Model:\s*(.+?)\s*$", information.read_text(), re.MULTILINE)
        if match is not None:
            return match[1]
    return "unknown"


def has_gpu(dev: Path = _DEV) -> bool:
    """Whether the NVIDIA driver offers a GPU."""
    return any(dev.glob("nvidia[0-9]*"))


def has_amd_gpu(dev: Path = _DEV) -> bool:
    """Whether AMD's compute driver is loaded."""
    return (dev / "kfd").exists()


def has_intel_gpu(sys_folder: Path = _SYS) -> bool:
    """Whether there is a graphics card of Intel's; those inside processors count too."""
    vendors = sorted(sys_folder.glob("class/drm/card*/device/vendor"))
    return any(vendor.read_text().strip() == _INTEL for vendor in vendors)


def has_apple_gpu() -> bool:
    """Whether this is a Mac with a processor of Apple's."""
    return sys.platform == "darwin" and platform.machine() == "arm64"


def _version_py() -> str:
    # Finding the specification of a top-level package does not import it.
    found = util.find_spec("torch")
    if found is None or found.origin is None:
        return ""
    path = Path(found.origin).with_name("version.py")
    return path.read_text(encoding="utf-8") if path.is_file() else ""
