"""Resumable checkpoints that any number of processes may go on from; nothing pickled.

A checkpoint is a folder `checkpoint-TOKENS` in the stage's scratch. Each process that holds rows of
its own writes them to `rank-NNNNN.safetensors`, whose metadata says which rows they are; a reader
takes the rows it needs from whichever files hold them. `state.json` has the rest: the data
position, the spike guard, the loss curve so far, and the SHA-256 of every file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from tertulia.errors import TrainingError

STATE = "state.json"
_SCHEMA = 2


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Some rows of a tensor, or the whole of one that has none."""

    values: Tensor
    first: int = 0
    rows: int = 0
    """Of the whole tensor."""


def name_of(tokens: int) -> str:
    """The folder of a checkpoint; names sort as the tokens do."""
    return f"checkpoint-{tokens:015d}"


def file_of(rank: int) -> str:
    """The file of one process."""
    return f"rank-{rank:05d}.safetensors"


def finished(folder: Path) -> list[Path]:
    """Whole checkpoints, the oldest first."""
    return sorted(folder.glob("checkpoint-*"))


def write_rows(path: Path, tensors: Mapping[str, Rows]) -> None:
    """Writes the rows that one process holds."""
    places = {name: [held.first, held.rows] for name, held in tensors.items()}
    values = {name: held.values for name, held in tensors.items()}
    save_file(values, path, metadata={"rows": json.dumps(places)})


def write_state(folder: Path, sha256: Mapping[str, str], state: Mapping[str, Any]) -> None:
    """Writes what is not tensors, and the digests of the files that are."""
    content = {"schema": _SCHEMA, "sha256": dict(sha256), "state": dict(state)}
    (folder / STATE).write_text(json.dumps(content), encoding="utf-8")


class Checkpoint:
    """A checkpoint that is read: rows of its tensors by name, and its state."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError, ValueError, KeyError or TypeError where there is no checkpoint."""
        stored = json.loads((folder / STATE).read_text(encoding="utf-8"))
        self.folder = folder
        self.state: dict[str, Any] = stored["state"]
        self._sha256: dict[str, str] = stored["sha256"]
        self._opened: dict[str, Any] = {}
        self._pieces: dict[str, list[tuple[int, str]]] | None = None

    def damaged(self, share: slice) -> list[str]:
        """Which of a share of the files are not what was written."""
        files = sorted(self._sha256.items())[share]
        return [name for name, digest in files if not _holds(self.folder / name, digest)]

    def names(self) -> frozenset[str]:
        """Of all tensors."""
        return frozenset(self._where())

    def whole(self, name: str) -> Tensor:
        """A tensor that was not divided."""
        _, file = self._where()[name][0]
        value: Tensor = self._file(file).get_tensor(name)
        return value

    def rows(self, name: str, first: int, count: int) -> Tensor:
        """Rows `first` to `first + count` of a tensor, from whichever files hold them."""
        found = []
        for begin, file in self._where()[name]:
            piece = self._file(file).get_slice(name)
            here = piece.get_shape()[0]
            start = min(max(first - begin, 0), here)
            found.append(piece[start : max(start, min(first + count - begin, here))])
        return torch.cat(found)

    def _file(self, name: str) -> Any:
        if name not in self._opened:
            self._opened[name] = safe_open(self.folder / name, framework="pt")
        return self._opened[name]

    def _where(self) -> dict[str, list[tuple[int, str]]]:
        """Name -> (first row, file) of each of its pieces, in the order of their rows."""
        if self._pieces is None:
            self._pieces = {}
            for file in sorted(self._sha256):
                places = json.loads(self._file(file).metadata()["rows"])
                for name, (first, _) in places.items():
                    self._pieces.setdefault(name, []).append((first, file))
            for pieces in self._pieces.values():
                pieces.sort()
        return self._pieces


def latest_checkpoint(
    folder: Path,
    *,
    share: slice = slice(None),
    sum_over: Callable[[int], int] = int,
) -> Checkpoint | None:
    """The newest checkpoint, or None; raises TrainingError where it is damaged.

    With several processes each verifies a `share` of the files, and `sum_over` adds up what they
    found, so that all of them go on or none does.
    """
    found = finished(folder)
    if not found:
        return None
    newest = found[-1]
    opened: Checkpoint | None = None
    try:
        opened = Checkpoint(newest)
        damaged = len(opened.damaged(share))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        damaged = 1
    if sum_over(damaged) or opened is None:
        earlier = f"training goes on from {found[-2].name}" if found[1:] else "training starts anew"
        raise TrainingError(
            "train.corrupt-checkpoint",
            "the newest checkpoint is damaged: its content is not what was written",
            where=str(newest),
            remedy=f"Delete that folder and run the same command: {earlier}",
        )
    return opened


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _holds(path: Path, digest: str) -> bool:
    try:
        return sha256_of(path) == digest
    except OSError:
        return False
