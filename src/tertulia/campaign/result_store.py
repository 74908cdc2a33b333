"""What was computed, kept for good: one immutable file for each calculation, found by its key.

The files are the truth. An SQLite index beside them answers questions over all of them, and is
made anew from the files where it is missing or behind.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tertulia.campaign.calculation import Calculation, Cost, Result
from tertulia.errors import StoreError
from tertulia.store.atomic import disk_errors, write_text

SCHEMA = 1
_RECORDS, _INDEX = "records", "index.sqlite"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, task TEXT NOT NULL, "
    "status TEXT NOT NULL, reason TEXT, cpu_seconds REAL NOT NULL) WITHOUT ROWID"
)


class ResultStore:
    """The results in a folder; several campaigns may share one, and several processes read it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with disk_errors(folder):
            (folder / _RECORDS).mkdir(parents=True, exist_ok=True)
            self._index = _opened(folder / _INDEX)
        self._catch_up()

    def close(self) -> None:
        """Closes the index."""
        self._index.close()

    def get(self, calculation: Calculation) -> Result | None:
        """What came of a calculation, None where it was not done.

        Raises StoreError `campaign.record-damaged`.
        """
        path = self.path(calculation.key)
        return read_record(path) if path.exists() else None

    def put(self, result: Result) -> Result:
        """Keeps a result and returns the one that is kept: the first of a key stays."""
        path = self.path(result.calculation.key)
        with disk_errors(self.folder):
            if not path.exists():
                path.parent.mkdir(exist_ok=True)
                write_text(path, _record_text(result))
        kept = read_record(path)
        self._add_row(kept)
        return kept

    def path(self, key: str) -> Path:
        """The file of a key, whether there is one or not."""
        return self.folder / _RECORDS / key[:2] / f"{key}.json"

    def paths(self, prefix: str) -> list[Path]:
        """The files of all keys that begin with these hex digits."""
        return sorted((self.folder / _RECORDS).glob(f"{prefix[:2]}*/{prefix}*.json"))

    def results(self) -> Iterator[Result]:
        """All results, by key."""
        for path in sorted((self.folder / _RECORDS).glob("*/*.json")):
            yield read_record(path)

    def reasons(self) -> Counter[str]:
        """How many were done, and how many failed for each reason."""
        rows = self._index.execute(
            "SELECT COALESCE(reason, status), COUNT(*) FROM results GROUP BY 1"
        )
        return Counter({str(name): int(count) for name, count in rows})

    def cpu_seconds(self) -> float:
        """What all of them took."""
        [(total,)] = self._index.execute("SELECT COALESCE(SUM(cpu_seconds), 0) FROM results")
        return float(total)

    def _catch_up(self) -> None:
        """Enters what a killed process wrote and did not enter."""
        known = {key for (key,) in self._index.execute("SELECT key FROM results")}
        for path in (self.folder / _RECORDS).glob("*/*.json"):
            if path.stem not in known:
                self._add_row(read_record(path))

    def _add_row(self, result: Result) -> None:
        calculation, cost = result.calculation, result.cost
        with closing(self._index.cursor()) as cursor, disk_errors(self.folder):
            cursor.execute(
                "INSERT OR IGNORE INTO results VALUES (?, ?, ?, ?, ?)",
                (
                    calculation.key,
                    calculation.task,
                    result.status,
                    result.reason,
                    cost.cpu_seconds if cost else 0.0,
                ),
            )


def _opened(path: Path) -> sqlite3.Connection:
    """The index, made anew where what is there is none."""
    index = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        index.execute(_TABLE)
        index.execute("SELECT COUNT(*) FROM results").fetchone()
    except sqlite3.OperationalError:
        # Locked, or no room: the index may be whole.
        index.close()
        raise
    except sqlite3.DatabaseError:
        index.close()
        path.unlink()
        index = sqlite3.connect(path, timeout=60, isolation_level=None)
        index.execute(_TABLE)
    return index


def _record_text(result: Result) -> str:
    record = {
        "schema": SCHEMA,
        "key": result.calculation.key,
        "digest": result.digest,
        **result.outcome(),
        "cost": dataclasses.asdict(result.cost) if result.cost else None,
    }
    return json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def read_record(path: Path) -> Result:
    """The result in a file; raises StoreError `campaign.record-damaged`."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        result = _result(record)
        sound = (record["key"], record["digest"]) == (result.calculation.key, result.digest)
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    if not sound or path.stem != record["key"]:
        raise StoreError(
            "campaign.record-damaged",
            "the record of a calculation is damaged",
            where=str(path),
            remedy="Delete the file; the same command computes it again",
        )
    return result


def _result(record: dict[str, Any]) -> Result:
    cost = record["cost"]
    return Result(
        calculation=Calculation(**record["calculation"]),
        status=record["status"],
        values=record["values"],
        reason=record["reason"],
        detail=record["detail"],
        cost=Cost(**cost) if cost else None,
    )
