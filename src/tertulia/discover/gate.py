"""The gate before dear calculations: a person says which finalists are worth them."""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tertulia.errors import DataError
from tertulia.store.atomic import disk_errors, write_text

SCHEMA = 1
FILE = "approved.json"
ALL = "all"


def approved(folder: Path) -> tuple[str, ...]:
    """Anions that were approved, in the order of approval; raises DataError `discover.gate`."""
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return tuple(str(one["anion"]) for one in document["approved"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            "discover.gate",
            "the list of approved finalists is damaged",
            where=str(path),
            remedy="Delete it and approve again; what was computed is kept",
        ) from error


def approve(folder: Path, wanted: Sequence[str], finalists: Sequence[str]) -> tuple[str, ...]:
    """Approves finalists by their places from 1, or `all`, and keeps who did so and when.

    Raises DataError `discover.gate` for what is no finalist; nothing is written then.
    """
    before = approved(folder)
    anions = list(before)
    for one in _named(wanted, finalists):
        if one not in anions:
            anions.append(one)
    entries = _entries(folder)
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    entries += [
        {"anion": anion, "by": _person(), "on": now} for anion in anions if anion not in before
    ]
    with disk_errors(folder):
        text = json.dumps({"schema": SCHEMA, "approved": entries}, ensure_ascii=False, indent=1)
        write_text(folder / FILE, text + "\n")
    return tuple(anions)


def _entries(folder: Path) -> list[dict[str, str]]:
    path = folder / FILE
    return list(json.loads(path.read_text(encoding="utf-8"))["approved"]) if path.exists() else []


def _named(wanted: Sequence[str], finalists: Sequence[str]) -> list[str]:
    if ALL in wanted:
        return list(finalists)
    places = {str(place): anion for place, anion in enumerate(finalists, start=1)}
    for place in wanted:
        if place not in places:
            raise DataError(
                "discover.gate",
                f"'{place[:40]}' is no finalist",
                where="--approve",
                remedy=f"Name places from 1 to {len(finalists)}, or `all`"
                if finalists
                else "The campaign has no finalists yet",
            )
    return [places[place] for place in wanted]


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
