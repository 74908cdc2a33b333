"""Tables and facts that the wheel carries, each with its digest, licence and origin.

Whatever a screen reports points back into one of them: `Citation` names file, digest, row and
column.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

from tertulia.errors import DataError
from tertulia.recipe.shipped import shipped_folder

FOLDER = "materials"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where the tables of a folder come from."""

    title: str
    licence: str
    attribution: str
    repository: str
    commit: str


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Where a number stands: file below `shipped/materials`, its SHA-256, row and column.

    `row` is what the row is called, `line` its line in the file, the header being line 1.
    """

    table: str
    sha256: str
    row: str
    line: int
    column: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number of a table, with its place."""

    value: float
    cited: Citation


@dataclass(frozen=True, kw_only=True)
class ShippedTable:
    """A CSV table; `rows` in the order of the file, cells as text."""

    path: str
    sha256: str
    rows: tuple[dict[str, str], ...]
    origin: Origin

    def figure(self, index: int, column: str, row: str) -> Figure | None:
        """The number in `column` of row `index`; nothing where the cell is empty."""
        cell = self.rows[index][column]
        return Figure(value=float(cell), cited=self.cite(index, column, row)) if cell else None

    def cite(self, index: int, column: str, row: str) -> Citation:
        """The place of a cell."""
        return Citation(table=self.path, sha256=self.sha256, row=row, line=index + 2, column=column)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A TOML file of facts written by hand."""

    path: str
    sha256: str
    data: dict[str, Any]


@lru_cache(maxsize=16)
def load_table(folder: str, name: str) -> ShippedTable:
    """The table `name` of a folder; raises DataError `discover.table-damaged`.

    The digest is compared with SOURCE.json, except of tables that were entered by hand.
    """
    content = _read(folder, name)
    source = json.loads(_read(folder, "SOURCE.json"))
    digest = hashlib.sha256(content).hexdigest()
    made = source["tables"].get(name)
    if made is not None and made["sha256"] != digest:
        raise DataError(
            "discover.table-damaged",
            f"the shipped table {folder}/{name} is not the one that was made",
            where=str(shipped_folder(FOLDER, folder, name)),
            remedy="Install tertulia again",
        )
    # newline="" leaves the csv reader to see the line ends itself, as its manual asks.
    reader = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
    return ShippedTable(
        path=f"{folder}/{name}",
        sha256=digest,
        rows=tuple(reader),
        origin=Origin(**{field.name: source[field.name] for field in fields(Origin)}),
    )


@lru_cache(maxsize=16)
def load_facts(folder: str, name: str) -> Facts:
    """The facts `name` of a folder; raises DataError `discover.table-damaged`."""
    content = _read(folder, name)
    return Facts(
        path=f"{folder}/{name}",
        sha256=hashlib.sha256(content).hexdigest(),
        data=tomllib.loads(content.decode("utf-8")),
    )


def _read(folder: str, name: str) -> bytes:
    path = shipped_folder(FOLDER, folder, name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            "discover.table-damaged",
            f"the shipped file {folder}/{name} cannot be read",
            where=str(path),
            remedy="Install tertulia again",
        ) from error


def plain(value: Any) -> Any:
    """Dataclasses, tuples and mappings as what JSON has; shared by the screens' `to_json`."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value
