"""What a wheel carries, opened by name and never by a path of the clone."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def shipped_folder(*parts: str) -> Path:
    """`tertulia/shipped/PARTS`, whether or not it exists."""
    return Path(str(resources.files("tertulia"))).joinpath("shipped", *parts)


def shipped_names(folder: str, suffix: str = ".toml") -> list[str]:
    """Names, sorted, of the files with `suffix` in the shipped `folder`, without the suffix."""
    return sorted(path.stem for path in shipped_folder(folder).glob(f"*{suffix}"))
