"""A run folder: finished artifacts, the one being built, and which of them are the latest.

`STAGE-KEY16/` is an artifact, whole. `STAGE-KEY16.partial/` is one being built: its payload is
begun afresh by every attempt, its `.scratch/` is kept. `.discarded-*` waits to be deleted.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tertulia.errors import StoreError
from tertulia.store.atomic import disk_errors, fsync, fsync_tree, write_text
from tertulia.store.digest import (
    ATTEMPTS_NAME,
    MANIFEST_NAME,
    SCRATCH_NAME,
    digest_of,
    payload_files,
)
from tertulia.store.draft import PARTIAL, Draft
from tertulia.store.find import LATEST_NAME, read_latest
from tertulia.store.lock import run_lock
from tertulia.store.manifest import Manifest, read_manifest, write_manifest

_DISCARDED = ".discarded-"


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A finished artifact on disk."""

    path: Path
    manifest: Manifest


class RunFolder:
    """`runs/NAME/`, held by this process."""

    def __init__(self, path: Path) -> None:
        """Use `RunFolder.open`, which takes the lock."""
        self.path = path

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[RunFolder]:
        """Makes the folder where needed and holds its lock.

        Raises StoreError `store.locked`, `store.disk-full` or `store.not-writable`.
        """
        with disk_errors(path.parent):
            try:
                path.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                raise StoreError(
                    "store.not-a-folder",
                    "the run folder cannot be made, since a file has its name",
                    where=str(path),
                    remedy="Choose another folder for runs",
                ) from None
            with run_lock(path):
                run = cls(path)
                run._sweep()
                yield run

    def find(self, stage: str, key: str) -> Artifact | None:
        """The finished artifact of this key, after checking all of its payload; None if none.

        Raises StoreError where it is damaged: that is never rebuilt silently.
        """
        final = self._final(stage, key)
        if not final.is_dir():
            return self._finish_sealing(stage, key)
        manifest = read_manifest(final)
        if manifest.key != key or manifest.stage != stage:
            raise StoreError(
                "store.wrong-key",
                "the manifest is that of another artifact",
                where=str(final / MANIFEST_NAME),
                remedy=f"Delete the folder {final}, then run again to rebuild it",
            )
        _check_payload(final, manifest)
        return Artifact(path=final, manifest=manifest)

    def begin(self, stage: str, key: str) -> Draft:
        """A draft with an empty payload; scratch is as the last attempt at this key left it."""
        partial = self._partial(stage, key)
        scratch = partial / SCRATCH_NAME
        scratch.mkdir(parents=True, exist_ok=True)
        for entry in partial.iterdir():
            if entry.name not in (SCRATCH_NAME, ATTEMPTS_NAME):
                _delete(entry)
        return Draft(path=partial, scratch=scratch)

    def shared_scratch(self, stage: str, key: str) -> Path | None:
        """The scratch of an artifact to come, for processes that prepare it without the lock.

        None where the artifact is finished. Each of them writes files of its own there.
        """
        if self._final(stage, key).is_dir():
            return None
        scratch = self._partial(stage, key) / SCRATCH_NAME
        scratch.mkdir(parents=True, exist_ok=True)
        return scratch

    def has_scratch(self, stage: str, key: str) -> bool:
        """Whether an earlier attempt at this key left something to go on from."""
        scratch = self._partial(stage, key) / SCRATCH_NAME
        return scratch.is_dir() and any(scratch.iterdir())

    def seal(self, draft: Draft, manifest: Manifest) -> Artifact:
        """Makes the draft an artifact; killed at any point, it is one afterwards or is still none.

        The manifest goes last into a payload that is already on the disk, so that a partial
        folder with a manifest is whole and `find` needs only to finish the renaming.
        """
        fsync_tree(draft.path, leave_out=draft.scratch)
        write_manifest(draft.path, manifest)
        return self._rename(manifest)

    def set_latest(self, artifacts: dict[str, Artifact]) -> None:
        """Records in `latest.json` which artifact of each stage is the current one."""
        latest = read_latest(self.path)
        updated = latest | {stage: artifact.path.name for stage, artifact in artifacts.items()}
        if updated != latest:
            text = json.dumps({"schema": 1, **updated}, indent=1) + "\n"
            write_text(self.path / LATEST_NAME, text)

    def _final(self, stage: str, key: str) -> Path:
        return self.path / f"{stage}-{key[:16]}"

    def _partial(self, stage: str, key: str) -> Path:
        return self.path / f"{stage}-{key[:16]}{PARTIAL}"

    def _rename(self, manifest: Manifest) -> Artifact:
        partial = self._partial(manifest.stage, manifest.key)
        final = self._final(manifest.stage, manifest.key)
        (partial / ATTEMPTS_NAME).unlink(missing_ok=True)
        scratch = partial / SCRATCH_NAME
        if scratch.exists():
            # Moved away in one step: a checkpoint that is half deleted must not be resumed from.
            scratch.rename(self.path / f"{_DISCARDED}{final.name}")
        partial.rename(final)
        fsync(self.path)
        self._sweep()
        return Artifact(path=final, manifest=manifest)

    def _finish_sealing(self, stage: str, key: str) -> Artifact | None:
        """Takes up a sealing that was cut short after its manifest; None if there is none."""
        partial = self._partial(stage, key)
        if not (partial / MANIFEST_NAME).is_file():
            return None
        try:
            manifest = read_manifest(partial)
            _check_payload(partial, manifest)
        except StoreError:
            # Not an artifact yet, so nothing is lost by beginning it afresh.
            return None
        return self._rename(manifest) if manifest.key == key else None

    def _sweep(self) -> None:
        for entry in self.path.glob(f"{_DISCARDED}*"):
            _delete(entry)


def _check_payload(folder: Path, manifest: Manifest) -> None:
    files = payload_files(folder)
    if digest_of(files) == manifest.digest:
        return
    stored = {file.path: file for file in manifest.files}
    found = {file.path: file for file in files}
    changed = [
        f"{path} is " + ("missing" if path not in found else "changed" if path in stored else "new")
        for path in sorted(stored.keys() | found.keys())
        if stored.get(path) != found.get(path)
    ]
    reason = ", ".join(changed[:5]) or "its manifest gives another digest"
    raise StoreError(
        "store.payload-changed",
        f"an artifact is not what was built: {reason}",
        where=str(folder),
        remedy=f"Put the files back, or delete the folder {folder} and run again to rebuild it",
    )


def _delete(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()
