"""Writes checkpoints beside the training that goes on.

What a checkpoint holds is copied at once; a thread puts it on the disk. Each process writes its
file into a temporary sibling, and then the file's digest beside it; the first process waits for
all digests, adds the state and renames the folder: a checkpoint is whole or absent. One at a time:
the next one waits for the one before. Processes need no messages for it, only the same disk.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from tertulia.compute.machine import Machine
from tertulia.compute.world import RankFailed, World, rank_timeout
from tertulia.errors import StoreError
from tertulia.store.atomic import disk_errors, fsync, write_text
from tertulia.train.checkpoint import (
    Rows,
    file_of,
    finished,
    name_of,
    sha256_of,
    write_rows,
    write_state,
)
from tertulia.train.sharding import replicas, sum_over_ranks

_KEPT = 2
_LOOK_SECONDS = 0.02


class CheckpointWriter:
    """The checkpoints of one run; those of a finished or failed attempt are left as they are."""

    def __init__(self, folder: Path, machine: Machine, world: World) -> None:
        self._folder, self._world, self._device = folder, world, machine.device
        # With a copy of the model on each node, those of the first one write.
        self._writers = world.size // replicas(machine, world)
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None
        self._given_up = threading.Event()
        self._written = threading.Event()

    def begin(self) -> None:
        """Clears away what an interrupted attempt left half written; the first process does."""
        if self._world.rank == 0:
            for half in self._folder.glob(".checkpoint-*"):
                shutil.rmtree(half, ignore_errors=True)

    def save(self, tokens: int, tensors: Mapping[str, Rows], state: Mapping[str, Any]) -> None:
        """Begins to write a checkpoint, once the one before is on the disk.

        Raises StoreError, among others `store.disk-full`, if that one could not be written.
        """
        self.finish()
        if self._world.rank >= self._writers:
            return
        copies = {
            name: Rows(
                values=held.values.detach().clone().cpu().contiguous(),
                first=held.first,
                rows=held.rows,
            )
            for name, held in tensors.items()
            if held.values.numel()
        }
        self._written.clear()
        self._thread = threading.Thread(
            target=self._write, args=(tokens, copies, dict(state)), name="checkpoint"
        )
        self._thread.start()

    @property
    def failed(self) -> bool:
        """Whether the last checkpoint could not be written here, as far as is known by now."""
        return self._error is not None

    def raise_failure(self) -> NoReturn:
        """Raises what the last checkpoint failed with, or RankFailed if that was elsewhere."""
        error, self._error = self._error, None
        raise error or RankFailed("a checkpoint could not be written")

    def finish(self) -> None:
        """Waits until the last checkpoint is on the disk; all processes do so together.

        Raises what it failed with: here, or RankFailed where that was in another process.
        """
        if self._world.size > 1:
            if self._thread is not None:
                self._written.wait()
            if sum_over_ranks([self.failed], self._device)[0]:
                self.raise_failure()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self.failed:
            self.raise_failure()

    def give_up(self) -> None:
        """Ends without an error of its own: what all processes have written by now counts."""
        self._given_up.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _write(self, tokens: int, tensors: Mapping[str, Rows], state: Mapping[str, Any]) -> None:
        temporary = self._folder / f".{name_of(tokens)}"
        try:
            with disk_errors(self._folder):
                temporary.mkdir(parents=True, exist_ok=True)
                own = temporary / file_of(self._world.rank)
                write_rows(own, tensors)
                fsync(own)
                write_text(_digest_file(own), sha256_of(own))
                self._written.set()
                if self._world.rank == 0 and (digests := self._digests(temporary)):
                    self._complete(temporary, tokens, digests, state)
        except BaseException as error:
            self._error = error
        finally:
            self._written.set()

    def _digests(self, temporary: Path) -> dict[str, str]:
        """File -> SHA-256 once every process has written; empty if one of them will not."""
        files = [temporary / file_of(rank) for rank in range(self._writers)]
        deadline = time.monotonic() + rank_timeout().total_seconds()
        while not all(_digest_file(file).exists() for file in files):
            if self._given_up.is_set():
                return {}
            if time.monotonic() > deadline:
                raise StoreError(
                    "store.not-shared",
                    "not every process wrote its part of the checkpoint in time",
                    where=str(temporary),
                    remedy="Put runs on a disk that all nodes see, then run the same command",
                )
            time.sleep(_LOOK_SECONDS)
        return {file.name: _digest_file(file).read_text(encoding="utf-8") for file in files}

    def _complete(
        self, temporary: Path, tokens: int, digests: Mapping[str, str], state: Mapping[str, Any]
    ) -> None:
        for name in digests:
            _digest_file(temporary / name).unlink()
        write_state(temporary, digests, state)
        fsync(temporary / "state.json")
        fsync(temporary)
        final = self._folder / name_of(tokens)
        shutil.rmtree(final, ignore_errors=True)
        temporary.rename(final)
        fsync(self._folder)
        for old in finished(self._folder)[:-_KEPT]:
            shutil.rmtree(old)


def _digest_file(path: Path) -> Path:
    return path.with_suffix(".sha256")
