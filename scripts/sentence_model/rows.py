"""Reads corpora and parallel text, and brings a text into the form in which texts are compared."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import zstandard

LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl", "en")

_ACCELERATOR = re.compile(r"(?<![\w])[_&~](?=\w)|(?<=\w)[_&~](?=\w)")


def read(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a zstd-compressed file of JSON lines."""
    with path.open("rb") as compressed:
        reader = zstandard.ZstdDecompressor().stream_reader(compressed)
        for line in io.TextIOWrapper(reader, encoding="utf-8"):
            yield json.loads(line)


def clean(text: str) -> str:
    """One line, without the marks that interfaces put before a letter."""
    return " ".join(_ACCELERATOR.sub("", text).split())


def words_of(text: str) -> list[str]:
    """Its words, lower case and without accents: texts are compared by these."""
    flat = unicodedata.normalize("NFD", text.lower())
    return re.findall(r"[a-z]+|\d+", "".join(c for c in flat if not unicodedata.combining(c)))
