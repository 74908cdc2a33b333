"""Reads a source of the shared data: its rows in original order, sampled where it is large."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import zstandard

from scripts.starter.parts import Part

Row = dict[str, str]

_NUMBER = re.compile(r"^(.*?)-?(\d+)$")
_SLACK = {"documents": 1.6, "scattered": 2.5}
"""Rows are sampled to this many times the wanted bytes, since cleaning drops some."""


def read_rows(path: Path) -> Iterator[Row]:
    """Every JSON row of a zstd-compressed file."""
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as reader:
        for line in io.TextIOWrapper(reader, encoding="utf-8", newline="\n"):
            if line.strip():
                yield json.loads(line)


def rank(text: str) -> int:
    """A fixed pseudo-random number for a name: the order in which things are drawn."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")


def _order(row: Row) -> tuple[str, int]:
    """Sentence rows are shuffled on disk; the number that ends their id is the original line."""
    match = _NUMBER.match(row["id"])
    return (match[1], int(match[2])) if match else (row["id"], 0)


def _wanted(part: Part, row: Row) -> bool:
    if not part.subsets:
        return True
    name = row["id"].split("/", 1)[1]
    match = _NUMBER.match(name)
    return name in part.subsets or (match is not None and match[1] in part.subsets)


def part_rows(data: Path, part: Part) -> list[Row]:
    """The rows of `part` in original order; a fixed sample where the source is far too large."""
    path = data / "corpus" / part.language / f"{part.source}.jsonl.zst"
    rows = [row for row in read_rows(path) if _wanted(part, row)]
    if part.shape in ("documents", "scattered"):
        rows.sort(key=lambda row: rank(row["id"]))
        kept, size = [], 0
        for row in rows:
            if size > part.bytes * _SLACK[part.shape]:
                break
            kept.append(row)
            size += len(row["text"].encode("utf-8"))
        rows = kept
    if part.shape == "scattered":
        return rows
    return sorted(rows, key=_order)
