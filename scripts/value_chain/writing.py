"""Source files whose digest is checked, and tables written with theirs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = tuple[str, ...]
Tables = Mapping[str, tuple[Row, list[Row]]]
"""File name -> its columns and its rows."""


def read_source(folder: Path, name: str, encoding: str) -> str:
    """The text of a source file; AssertionError where it is not the one that SOURCE.json names."""
    source = json.loads((folder / "SOURCE.json").read_text(encoding="utf-8"))
    content = (folder / name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert digest == source["files"][name]["sha256"], f"{folder / name} is another file: {digest}"
    return content.decode(encoding)


def csv_rows(text: str) -> list[list[str]]:
    """Every row of a CSV text, its header first."""
    return list(csv.reader(io.StringIO(text)))


def write_tables(out: Path, source: dict[str, Any], tables: Tables, read: Iterable[Path]) -> None:
    """Writes the tables as CSV and SOURCE.json with their digests and those of the files read."""
    out.mkdir(parents=True, exist_ok=True)
    told = {}
    for name, (columns, rows) in tables.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        content = text.getvalue().encode()
        (out / name).write_bytes(content)
        told[name] = {"rows": len(rows), "sha256": hashlib.sha256(content).hexdigest()}
    upstream = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(read, key=lambda path: path.name)
    }
    described = {**source, "read": upstream, "tables": told}
    (out / "SOURCE.json").write_text(
        json.dumps(described, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )
