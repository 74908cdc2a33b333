"""The two SHA-256s of an artifact: `key` says what it was made from, `digest` what it holds."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tertulia.errors import StoreError

MANIFEST_NAME = "manifest.json"
SCRATCH_NAME = ".scratch"
ATTEMPTS_NAME = ".attempts.json"
_NOT_PAYLOAD = frozenset({MANIFEST_NAME, ATTEMPTS_NAME})
_NOT_PAYLOAD_FOLDERS = frozenset({SCRATCH_NAME, "logs"})


@dataclass(frozen=True, kw_only=True)
class PayloadFile:
    """A file of an artifact; `path` is relative to it, with forward slashes."""

    path: str
    size: int
    sha256: str


def canonical_json(value: Any) -> bytes:
    """One text per value: sorted keys, no blanks, UTF-8, lists and tuples alike.

    Raises TypeError for a key that is no string (JSON would quietly make `1` and `"1"` the same)
    and ValueError for NaN and infinities.
    """
    _refuse_other_keys(value)
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def _refuse_other_keys(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is no string")
            _refuse_other_keys(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_other_keys(item)


def stage_key(
    *,
    stage: str,
    version: str,
    inputs: Mapping[str, str],
    parameters: Mapping[str, Any],
    numeric_class: Mapping[str, str] | None,
) -> str:
    """SHA-256, as 64 hex digits, of all that decides what a stage makes.

    `inputs`: name -> digest. `numeric_class` is None for a stage whose result does not depend on
    the machine.
    """
    made_from = {
        "stage": stage,
        "version": version,
        "inputs": dict(inputs),
        "parameters": dict(parameters),
        "numeric_class": None if numeric_class is None else dict(numeric_class),
    }
    return hashlib.sha256(canonical_json(made_from)).hexdigest()


def payload_files(folder: Path) -> list[PayloadFile]:
    """Every file of the artifact in `folder`, sorted by path; no manifest, log or scratch.

    Raises StoreError `store.odd-file` for a link, a pipe or the like.
    """
    found = []
    for name, folders, files in os.walk(folder):
        for child in [*folders, *files]:
            path = Path(name, child)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise StoreError(
                    "store.odd-file",
                    "an artifact holds plain files and folders only",
                    where=str(path),
                    remedy="Delete it; if a stage wrote it, report that as a fault",
                )
        folders[:] = [child for child in folders if child not in _NOT_PAYLOAD_FOLDERS]
        for file in files:
            path = Path(name, file)
            relative = path.relative_to(folder).as_posix()
            if relative not in _NOT_PAYLOAD and path.suffix != ".log":
                found.append(_payload_file(path, relative))
    return sorted(found, key=lambda file: file.path)


def _payload_file(path: Path, relative: str) -> PayloadFile:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return PayloadFile(path=relative, size=stream.tell(), sha256=sha256)


def digest_of(files: list[PayloadFile]) -> str:
    """SHA-256, as 64 hex digits, of the sorted (path, size, SHA-256) of a payload."""
    rows = sorted((file.path, file.size, file.sha256) for file in files)
    return hashlib.sha256(canonical_json(rows)).hexdigest()


def payload_digest(folder: Path) -> str:
    """The digest of the artifact in `folder`, from its files."""
    return digest_of(payload_files(folder))
