"""Reads the shared data and unpacked packages into lines: one function for each format."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import zstandard

_SPACES = re.compile(r"\s+")
_TAG = re.compile(r"<[^>]*>")
_PLACE = re.compile(r"\{[^{}]*\}|&[\w.-]+;|%\d?\$?[SsdD]|%[A-Za-z_]+%")
_BLOCK = re.compile(r"</?(?:p|h\d|li|ol|ul|div|title|br|section|article|header)\b[^>]*>")


def open_text(path: Path) -> io.TextIOBase:
    """The UTF-8 text of a file, decompressed where its name ends in .zst."""
    if path.suffix == ".zst":
        raw = zstandard.ZstdDecompressor().stream_reader(path.open("rb"))
        return io.TextIOWrapper(raw, encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace")


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file."""
    with open_text(path) as stream:
        for line in stream:
            yield json.loads(line)


def one_line(text: str) -> str:
    """`text` with each run of white space as one space."""
    return _SPACES.sub(" ", text).strip()


def corpus_lines(data: Path, language: str, source: str) -> list[str]:
    """Lines of a source of the shared corpus, in file order."""
    path = data / "corpus" / language / f"{source}.jsonl.zst"
    return [one_line(line) for row in rows(path) for line in row["text"].split("\n")]


def treebank_sentences(path: Path) -> list[str]:
    """The `# text =` lines of a CoNLL-U file."""
    with open_text(path) as stream:
        return [one_line(line[9:]) for line in stream if line.startswith("# text = ")]


def html_blocks(text: str) -> list[str]:
    """The text of each block of an HTML page."""
    body = text.split("<body", 1)[-1]
    blocks = (one_line(unescape(_TAG.sub(" ", part))) for part in _BLOCK.split(body))
    return [block for block in blocks if block]


def firefox_messages(archive: Path) -> list[str]:
    """Values of the Fluent and property files inside a Firefox language pack, in name order."""
    found = []
    with zipfile.ZipFile(archive) as pack:
        for name in sorted(pack.namelist()):
            if not name.endswith((".ftl", ".properties", ".dtd")):
                continue
            for line in pack.read(name).decode("utf-8", "replace").splitlines():
                value = line.strip()
                if value.startswith(("#", "<!--", "//")):
                    continue
                match = re.match(r'(?:<!ENTITY\s+\S+\s+"|[\w.-]+\s*=\s*)?(.*)$', value)
                text = unescape(_TAG.sub(" ", match[1] if match else value))
                found.append(one_line(_PLACE.sub(" ", text).strip('">')))
    return found


def by_digest(lines: list[str]) -> list[str]:
    """`lines` without repeats, in the order of their SHA-256: a draw that nothing sways."""
    return sorted(set(lines), key=lambda line: hashlib.sha256(line.encode()).digest())


def digest_of(lines: list[str]) -> str:
    """SHA-256 of the lines, each with its newline."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
