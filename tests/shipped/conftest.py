"""The shipped texts, read once."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

import tertulia.shipped

SHIPPED = Path(tertulia.shipped.__file__).parent

Rows = list[dict[str, Any]]


def read_rows(path: Path) -> Rows:
    """Every row of a zstd-compressed file of JSON lines."""
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as reader:
        return [json.loads(line) for line in io.TextIOWrapper(reader, encoding="utf-8")]


def read_index(path: Path) -> dict[str, Any]:
    """A JSON file that lists files."""
    index: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return index


@pytest.fixture(scope="session")
def starter() -> dict[str, Rows]:
    """Path inside `starter/` -> its rows."""
    root = SHIPPED / "starter"
    index = read_index(root / "starter.json")
    return {file["path"]: read_rows(root / file["path"]) for file in index["files"]}


@pytest.fixture(scope="session")
def conversations() -> dict[str, Rows]:
    """Path inside `instructions/starter/` -> its rows."""
    root = SHIPPED / "instructions" / "starter"
    index = read_index(root / "instructions.json")
    return {file["path"]: read_rows(root / file["path"]) for file in index["files"]}
