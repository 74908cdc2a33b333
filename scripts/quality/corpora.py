"""Good text to measure on: a catalogued folder of JSON lines, one file per source (a register).

The folder holds `CATALOG.json` with `language`, `path`, `source`, `unit`, `licence` per file.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

MEBIBYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Register:
    """One source of one language."""

    language: str
    name: str
    unit: str
    kind: str
    licence: str
    path: Path


def registers(corpus: Path) -> list[Register]:
    """Every source of the catalogue that holds text, by language and name."""
    rows = json.loads((corpus / "CATALOG.json").read_text(encoding="utf-8"))
    found = [
        Register(
            language=row["language"],
            name=Path(row["path"]).name.removesuffix(".jsonl.zst"),
            unit=row["unit"],
            kind=row["kind"],
            licence=row["licence"],
            path=corpus / row["path"],
        )
        for row in rows
        if row["documents"]
    ]
    return sorted(found, key=lambda register: (register.language, register.name))


def texts(register: Register, max_bytes: int) -> Iterator[str]:
    """Texts of the register, evenly taken from the whole file up to about `max_bytes`."""
    every = max(1, round(register.path.stat().st_size * 3.5 / max_bytes))
    with register.path.open("rb") as file:
        stream = zstandard.ZstdDecompressor().stream_reader(file)
        for number, line in enumerate(io.TextIOWrapper(stream, encoding="utf-8")):
            if number % every == 0:
                yield json.loads(line)["text"]
