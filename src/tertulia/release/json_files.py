"""The small JSON files of a model folder: clear errors on reading, equal bytes on writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tertulia.errors import ModelError


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises ModelError: `release.folder-incomplete` where the file is missing,
    `release.file-unreadable` where it holds something else.
    """
    try:
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            "release.folder-incomplete",
            f"'{path.name}' is missing",
            where=str(path.parent),
            remedy="Run the recipe again from the stage that writes it",
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(
            "release.file-unreadable", f"'{path.name}' cannot be read: {error}", where=str(path)
        ) from error
    if not isinstance(values, dict):
        raise ModelError(
            "release.file-unreadable", f"'{path.name}' is not a table", where=str(path)
        )
    return values


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Writes a JSON object with sorted keys, so that equal content is equal bytes."""
    text = json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8")
