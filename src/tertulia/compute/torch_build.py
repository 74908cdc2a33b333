"""Which torch is installed and which GPU is there, found out without importing torch."""

from __future__ import annotations

import functools
import re
from importlib import metadata, util
from pathlib import Path

_NVIDIA = Path("/proc/driver/nvidia")


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


def torch_has_cuda() -> bool:
    """Whether the installed torch was built for NVIDIA GPUs."""
    return re.search(r"^cuda\b[^=\n]*= ['\"]", _version_py(), re.MULTILINE) is not None


def gpu_model(nvidia: Path = _NVIDIA) -> str:
    """The model name of the first NVIDIA GPU, as its driver tells; or `unknown`."""
    for information in sorted(nvidia.glob("gpus/*/information")):
        match = re.search(r"^Model:\s*(.+?)\s*$", information.read_text(), re.MULTILINE)
        if match is not None:
            return match[1]
    return "unknown"


def has_gpu(dev: Path = Path("/dev")) -> bool:
    """Whether the NVIDIA driver offers a GPU."""
    return any(dev.glob("nvidia[0-9]*"))


def _version_py() -> str:
    # Finding the specification of a top-level package does not import it.
    found = util.find_spec("torch")
    if found is None or found.origin is None:
        return ""
    path = Path(found.origin).with_name("version.py")
    return path.read_text(encoding="utf-8") if path.is_file() else ""
