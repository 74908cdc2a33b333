"""`manifest.json`: what an artifact was made from, by what, where, and at which cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tertulia.errors import StoreError
from tertulia.store.atomic import write_text
from tertulia.store.digest import MANIFEST_NAME, PayloadFile

MANIFEST_SCHEMA = 1


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Energy(_Record):
    """Joules that a stage took, and how they are known."""

    joules: float | None
    basis: Literal["measured", "estimated", "unknown"]


class Attempts(_Record):
    """How often a stage was begun; the seconds of the killed attempts are not known."""

    begun: int = 1
    unmeasured: int = 0


class Manifest(_Record):
    """Everything known about one artifact."""

    schema_: Literal[1] = Field(alias="schema", default=1)
    stage: str
    key: str
    digest: str
    inputs: dict[str, str]
    """Upstream stage or `source:NAME` -> digest."""
    parameters: dict[str, Any]
    stage_version: str
    code_version: str
    library_versions: dict[str, str]
    machine: dict[str, Any]
    numeric_class: dict[str, str] | None
    """None where the result does not depend on the machine."""
    seeds: dict[str, int]
    counts: dict[str, int]
    drops: dict[str, int]
    facts: dict[str, Any]
    started: str
    """Begin of the attempt that finished, in UTC as ISO 8601."""
    ended: str
    wall_seconds: float
    """Of all attempts that could be measured, as are CPU seconds and energy."""
    cpu_seconds: float
    energy: Energy
    attempts: Attempts
    files: tuple[PayloadFile, ...]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes `manifest.json` into `folder`, whole or not at all. Raises OSError."""
    values = manifest.model_dump(by_alias=True, mode="json", fallback=_plain)
    write_text(folder / MANIFEST_NAME, json.dumps(values, indent=1, ensure_ascii=False) + "\n")


def _plain(value: Any) -> Any:
    """A numpy scalar as Python's own; anything else in words, rather than losing hours of work."""
    return value.item() if hasattr(value, "item") else str(value)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the artifact in `folder`.

    Raises StoreError `store.no-manifest`, `store.bad-manifest` or `store.newer-manifest`.
    """
    path = folder / MANIFEST_NAME
    remedy = f"Delete the folder {folder}, then run again to rebuild it"
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise StoreError(
            "store.no-manifest",
            "an artifact has no manifest, so nothing proves what it is",
            where=str(path),
            remedy=remedy,
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise _bad(path, str(error).splitlines()[0], remedy) from None
    version = values.get("schema") if isinstance(values, dict) else None
    if isinstance(version, int) and version > MANIFEST_SCHEMA:
        raise StoreError(
            "store.newer-manifest",
            f"the manifest is of schema {version}, and this tertulia knows up to {MANIFEST_SCHEMA}",
            where=str(path),
            remedy="Update tertulia, or choose another folder for runs",
        )
    try:
        return Manifest.model_validate(values)
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(part) for part in detail["loc"])
        raise _bad(path, f"{key}: {detail['msg']}".lower(), remedy) from None


def _bad(path: Path, reason: str, remedy: str) -> StoreError:
    return StoreError(
        "store.bad-manifest",
        f"the manifest of an artifact cannot be read: {reason}",
        where=str(path),
        remedy=remedy,
    )
