"""Which code made an artifact: this package's version and sources, and the libraries beside it."""

from __future__ import annotations

import functools
import hashlib
import platform
from collections.abc import Sequence
from importlib import metadata, resources
from pathlib import Path

_LIBRARIES = (
    "gguf",
    "numpy",
    "polars",
    "pyarrow",
    "pydantic",
    "safetensors",
    "tokenizers",
    "torch",
    "zstandard",
)


@functools.cache
def code_version() -> str:
    """`0.1.0+src.1f2e3d4c5b6a`: the version, and a digest of the package's Python files.

    The digest tells an edited clone from the release of the same number.
    """
    package = Path(str(resources.files("tertulia")))
    total = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(package).as_posix()}\0{content}\n".encode())
    return f"{_version('tertulia') or '0'}+src.{total.hexdigest()[:12]}"


@functools.cache
def library_versions() -> dict[str, str]:
    """Name -> installed version of Python and of the libraries that can change a result."""
    return {"python": platform.python_version(), **package_versions(_LIBRARIES)}


def package_versions(names: Sequence[str]) -> dict[str, str]:
    """Name -> installed version of those among `names` that are installed."""
    return {name: version for name in names if (version := _version(name)) is not None}


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
