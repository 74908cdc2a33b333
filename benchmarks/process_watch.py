"""A command watched from outside: its wall time and the memory of all its processes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a command took."""

    seconds: float
    peak_tree_bytes: int
    """The most resident memory that its processes held at one time, summed: pages that two of
    them share count twice, and what comes and goes between two looks is missed."""
    peak_process_bytes: int
    """The most that one of them held."""


def watch(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path
) -> Watched:
    """Runs a command to its end, its output into `log`.

    Raises RuntimeError with the end of the log where it fails.
    """
    begin = time.monotonic()
    tree, single = 0, 0
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=dict(environment), stdout=out, stderr=subprocess.STDOUT
        )
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            sizes = _resident(watched)
            tree, single = max(tree, sum(sizes)), max(single, *sizes, 0)
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    seconds = time.monotonic() - begin
    if process.returncode:
        end = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{end}")
    return Watched(seconds=seconds, peak_tree_bytes=tree, peak_process_bytes=single)


def _resident(process: psutil.Process) -> list[int]:
    """Resident bytes of a process and all below it; those that end meanwhile are left out."""
    sizes: list[int] = []
    try:
        members = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return sizes
    for member in members:
        try:
            sizes.append(int(member.memory_info().rss))
        except psutil.NoSuchProcess:
            continue
    return sizes
