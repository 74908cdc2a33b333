"""The documents of each language among which a passage has to be found: law and help texts.

They are read from a folder of corpora and not shipped. Which documents are taken depends on the
digest of their ids alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

BLOCK_ROWS = 40
"""Consecutive sentences of a source of sentences that make one document."""
LONGEST = 60_000
"""Characters of a document of law; longer ones are left out."""


@dataclass(frozen=True)
class Source:
    """A file of rows and how many characters of it to take."""

    name: str
    characters: int
    kind: str = "documents"
    """`documents`; `blocks` of consecutive sentences; `rows`, long ones alone."""
    law: bool = False


COLLECTIONS = {
    "es": (
        Source("legalize-ar_argentina-law", 900_000, law=True),
        Source("legalize-pe_peru-law", 800_000, law=True),
        Source("legalize-uy_uruguay-law", 800_000, law=True),
        Source("libreoffice-help", 1_200_000),
        Source("gimp-help", 600_000),
        Source("gnome-mate-help", 500_000),
    ),
    "ca": (
        Source("legalize-ad_andorra-law", 2_300_000, law=True),
        Source("libreoffice-help", 1_200_000),
        Source("gimp-help", 600_000),
        Source("gnome-mate-help", 500_000),
    ),
    "ca-valencia": (
        Source("pilar_valencian", 2_500_000, "rows", law=True),
        Source("libreoffice-help", 2_500_000),
        Source("kde-docs", 200_000),
    ),
    "eu": (
        Source("libreoffice-help", 4_000_000),
        Source("gnome-mate-help", 600_000),
        Source("programazioa-liburua", 100_000),
        Source("xezpeleta-blog", 100_000),
        Source("lyx-docs", 100_000),
    ),
    "gl": (
        Source("sli-ctg_technical", 2_000_000, "blocks", law=True),
        Source("libreoffice-help", 1_600_000),
        Source("libreplan-manual", 300_000),
        Source("kde-docs", 400_000),
        Source("gnome-mate-help", 450_000),
    ),
}


@dataclass(frozen=True)
class CollectionDocument:
    """A document of a collection."""

    id: str
    source: str
    title: str
    text: str
    law: bool

    @property
    def part(self) -> str:
        """`dev` for a third of the documents, else `test`."""
        return "dev" if digest_of(f"part {self.id}")[0] in "01234" else "test"


def digest_of(text: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def documents(language: str, corpora: Path) -> Iterator[CollectionDocument]:
    """The documents of a language's collection, in a fixed order."""
    for source in COLLECTIONS[language]:
        taken = 0
        found = source_documents(source, corpora / language / f"{source.name}.jsonl.zst")
        for document in sorted(found, key=lambda document: digest_of(document.id)):
            if taken + len(document.text) <= source.characters:
                taken += len(document.text)
                yield document


def source_documents(source: Source, path: Path) -> Iterator[CollectionDocument]:
    """All documents of a source, in the order of its file."""
    if source.kind == "blocks":
        yield from _blocks(source, path)
        return
    for row in _rows(path):
        text = row["text"]
        if source.kind == "rows" and not 250 <= len(text) <= 1_500:
            continue
        if not (source.law and len(text) > LONGEST):
            title = row.get("title") or ""
            title = "" if title == ">-" else title
            yield CollectionDocument(row["id"], source.name, title, text, source.law)


def _blocks(source: Source, path: Path) -> Iterator[CollectionDocument]:
    numbered = sorted((int(re.sub(r"\D+", "", row["id"])), row["text"]) for row in _rows(path))
    for first in range(0, len(numbered), BLOCK_ROWS):
        lines = [text for _, text in numbered[first : first + BLOCK_ROWS]]
        yield CollectionDocument(
            f"{source.name}/{numbered[first][0]}", source.name, "", "\n".join(lines), source.law
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open("rb") as compressed:
        reader = zstandard.ZstdDecompressor().stream_reader(compressed)
        for line in io.TextIOWrapper(reader, encoding="utf-8"):
            yield json.loads(line)
