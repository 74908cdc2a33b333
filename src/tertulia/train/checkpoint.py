"""Resumable checkpoints: tensors in safetensors, the rest in JSON, nothing pickled.

A checkpoint is a folder `checkpoint-TOKENS` in the stage's scratch, written to a temporary sibling
and renamed, so that it is whole or absent. It holds the model, the optimiser, the data position,
the spike guard and the loss curve so far.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from tertulia.errors import TrainingError
from tertulia.store.atomic import fsync

_TENSORS, _STATE = "state.safetensors", "state.json"
_KEPT = 2


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What training needs to go on as if it had never stopped."""

    tensors: dict[str, Tensor]
    state: dict[str, Any]


def _name(tokens: int) -> str:
    return f"checkpoint-{tokens:015d}"


def save_checkpoint(folder: Path, tokens: int, checkpoint: Checkpoint) -> None:
    """Writes a checkpoint whole and removes all but the newest two."""
    temporary = folder / f".{_name(tokens)}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    contiguous = {name: t.detach().cpu().contiguous() for name, t in checkpoint.tensors.items()}
    save_file(contiguous, temporary / _TENSORS)
    state = {"schema": 1, "sha256": _sha256(temporary / _TENSORS), "state": checkpoint.state}
    (temporary / _STATE).write_text(json.dumps(state), encoding="utf-8")
    for path in (temporary / _TENSORS, temporary / _STATE, temporary):
        fsync(path)
    final = folder / _name(tokens)
    shutil.rmtree(final, ignore_errors=True)
    temporary.rename(final)
    fsync(folder)
    for old in _finished(folder)[:-_KEPT]:
        shutil.rmtree(old)


def latest_checkpoint(folder: Path) -> Checkpoint | None:
    """The newest checkpoint, or None; raises TrainingError where it is damaged."""
    found = _finished(folder)
    if not found:
        return None
    newest = found[-1]
    try:
        stored = json.loads((newest / _STATE).read_text(encoding="utf-8"))
        intact = stored["sha256"] == _sha256(newest / _TENSORS)
        state: dict[str, Any] = stored["state"]
    except (OSError, ValueError, KeyError, TypeError):
        intact = False
    if not intact:
        earlier = f"training goes on from {found[-2].name}" if found[1:] else "training starts anew"
        raise TrainingError(
            "train.corrupt-checkpoint",
            "the newest checkpoint is damaged: its content is not what was written",
            where=str(newest),
            remedy=f"Delete that folder and run the same command: {earlier}",
        )
    return Checkpoint(tensors=load_file(newest / _TENSORS), state=state)


def _finished(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint-*"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
