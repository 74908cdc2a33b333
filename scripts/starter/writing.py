"""Writes rows as zstd-compressed JSON lines whose bytes depend on nothing but the rows."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import zstandard

LEVEL = 19


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Overwrites `path`; one row a line, keys in the order given."""
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    raw = ("\n".join(lines) + "\n").encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    path.write_bytes(compressor.compress(raw))


def describe_file(root: Path, path: Path, texts: Sequence[str]) -> dict[str, Any]:
    """Path, digest and sizes of a written file, for the index."""
    raw = path.read_bytes()
    return {
        "path": path.relative_to(root).as_posix(),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "bytes": len(raw),
        "text_bytes": sum(len(text.encode("utf-8")) for text in texts),
        "documents": len(texts),
    }


def count_licences(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Licence -> number of rows, sorted by name."""
    return dict(sorted(Counter(str(row["licence"]) for row in rows).items()))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Overwrites `path` with indented JSON and a final newline."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def library_version() -> str:
    """Of zstandard and of the library inside it, on which the compressed bytes depend."""
    inner = ".".join(map(str, zstandard.ZSTD_VERSION))
    return f"{zstandard.__version__} (zstd {inner})"
