"""The texts that models are measured on: no line of theirs may be shipped for training."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import zstandard

from scripts.starter.shingles import Hashes, collect

WIDTH = 8


def _read(path: Path) -> str:
    raw = path.read_bytes()
    if path.suffix == ".zst":
        raw = zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    return raw.decode("utf-8", errors="replace")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _texts(path: Path) -> Iterator[str]:
    name = path.name.removesuffix(".zst")
    text = _read(path)
    if name.endswith(".conllu"):
        yield from (line[9:] for line in text.split("\n") if line.startswith("# text = "))
    elif name.endswith(".json"):
        yield from _strings(json.loads(text))
    elif name.endswith(".jsonl"):
        for line in text.split("\n"):
            if line.strip():
                yield from _strings(json.loads(line))
    elif name.endswith((".tsv", ".csv", ".txt")):
        yield from text.split("\n")


def evaluation_shingles(data: Path) -> Hashes:
    """Sorted shingles of every text below `data/evaluation` (licence and source files left out)."""
    files = sorted(
        path
        for path in (data / "evaluation").rglob("*")
        if path.is_file()
        and path.name not in ("SOURCE.json", "LICENSE.txt", "LICENSE", "README.md")
    )
    return collect((text for path in files for text in _texts(path)), WIDTH)
