"""Looking into run folders without building: which artifacts are the latest, which run is newest.

Takes no lock, since `latest.json` is replaced whole and artifacts never change.
"""

from __future__ import annotations

import json
from pathlib import Path

from tertulia.errors import StoreError

LATEST_NAME = "latest.json"


def read_latest(run: Path) -> dict[str, str]:
    """Stage -> folder name of its latest artifact; empty where nothing is finished.

    Raises StoreError `store.bad-latest`.
    """
    path = run / LATEST_NAME
    try:
        values = json.loads(path.read_bytes())
        version = values.pop("schema")
        if version != 1 or not all(isinstance(name, str) for name in values.values()):
            raise ValueError("not of schema 1")
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, AttributeError, TypeError):
        raise StoreError(
            "store.bad-latest",
            "the list of latest artifacts cannot be read",
            where=str(path),
            remedy="Delete the file, then run the recipe again to have it written anew",
        ) from None
    return dict(values)


def latest_artifacts(run: Path) -> dict[str, Path]:
    """Stage -> folder of its latest artifact that is there.

    Raises StoreError `store.bad-latest`.
    """
    folders = {stage: run / name for stage, name in read_latest(run).items()}
    return {stage: folder for stage, folder in folders.items() if folder.is_dir()}


def newest_run(runs_dir: Path) -> Path | None:
    """The run folder whose latest artifacts changed last; None if there is none."""
    found = [(path.stat().st_mtime_ns, path.parent) for path in runs_dir.glob(f"*/{LATEST_NAME}")]
    return max(found)[1] if found else None
