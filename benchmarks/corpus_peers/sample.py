"""The text that the corpus engine and its peers read: real documents, and near copies of some.

Documents of 200 characters and more from the sources whose unit is the document; what is longer
than `LONGEST` characters is cut at a line's end. The choice hangs on a digest alone.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHORTEST = 200
LONGEST = 20_000
"""Characters: whole novels would leave hardly a document to compare."""
FILES_PER_LANGUAGE = 2
COPIED = 20
"""One document in so many gets a near copy."""
CHANGED = 120
"""One word in so many of a copy is another: a Jaccard similarity of some 0.92 in 5-grams."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document of the sample."""

    identity: str
    language: str
    text: str

    @property
    def size(self) -> int:
        """Bytes of UTF-8."""
        return len(self.text.encode())


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample on disk, in the form that each contender reads best."""

    folder: Path
    documents: int
    copies: int
    size: int
    """Bytes of text."""

    @property
    def json_lines(self) -> Path:
        """LANGUAGE/NUMBER.jsonl.zst, rows id and text."""
        return self.folder / "json-lines"

    @property
    def parquet(self) -> Path:
        """LANGUAGE-NUMBER.parquet, columns text and int_id_column, as data-prep-kit needs them."""
        return self.folder / "parquet"


def documents(corpus: Path) -> dict[str, list[Document]]:
    """Language -> its documents in the order of their digests."""
    catalogue = json.loads((corpus / "CATALOG.json").read_bytes())
    found: dict[str, list[tuple[bytes, Document]]] = {}
    for entry in catalogue:
        if entry["unit"] != "document":
            continue
        for number, text in enumerate(_pieces(corpus / entry["path"])):
            identity = f"{entry['path']}#{number}"
            digest = hashlib.sha256(identity.encode()).digest()
            document = Document(identity=identity, language=entry["language"], text=text)
            found.setdefault(entry["language"], []).append((digest, document))
    return {
        language: [document for _, document in sorted(rows, key=lambda row: row[0])]
        for language, rows in sorted(found.items())
    }


def _pieces(path: Path) -> Iterator[str]:
    import zstandard

    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as packed:
        for line in io.TextIOWrapper(packed, encoding="utf-8"):
            for text in _cut(json.loads(line)["text"]):
                if len(text) >= SHORTEST:
                    yield text


def _cut(text: str) -> Iterator[str]:
    """The text in pieces of at most `LONGEST` characters, cut after a line where there is one."""
    begin = 0
    while len(text) - begin > LONGEST:
        end = text.rfind("\n", begin + 1, begin + LONGEST) + 1 or begin + LONGEST
        yield text[begin:end].strip()
        begin = end
    yield text[begin:].strip()


def near_copy(text: str) -> str:
    """The text with one word in `CHANGED` changed, the last of each such stretch."""
    words = text.split(" ")
    for at in range(CHANGED // 2, len(words), CHANGED):
        words[at] += "ena"
    return " ".join(words)


def choose(found: dict[str, list[Document]], size: int) -> dict[str, list[Document]]:
    """Documents of `size` bytes in all, as evenly over the languages as they can give.

    A language with less than its part gives all; the others share what is left.
    """
    chosen: dict[str, list[Document]] = {}
    left, waiting = size, sorted(found, key=lambda name: sum(d.size for d in found[name]))
    for place, language in enumerate(waiting):
        chosen[language] = _first(found[language], left // (len(waiting) - place))
        left -= sum(document.size for document in chosen[language])
    return chosen


def part(chosen: dict[str, list[Document]], fraction: float) -> dict[str, list[Document]]:
    """That part of each language's bytes, so that the languages keep their proportions."""
    return {
        language: _first(rows, int(fraction * sum(document.size for document in rows)))
        for language, rows in chosen.items()
    }


def write_sample(chosen: dict[str, list[Document]], folder: Path) -> Sample:
    """Writes the documents, and near copies of some of them after the last, in both forms."""
    originals = [document for _, rows in sorted(chosen.items()) for document in rows]
    copies = [
        Document(identity=f"{d.identity}+", language=d.language, text=near_copy(d.text))
        for d in originals[::COPIED]
        if d.text.count(" ") >= CHANGED
    ]
    whole = originals + copies
    _write(whole, folder)
    return Sample(
        folder=folder,
        documents=len(whole),
        copies=len(copies),
        size=sum(document.size for document in whole),
    )


def _first(rows: list[Document], size: int) -> list[Document]:
    """Documents from the front until `size` bytes are reached, one at least."""
    taken, total = 0, 0
    while taken < len(rows) and (not taken or total < size):
        total += rows[taken].size
        taken += 1
    return rows[:taken]


def _write(whole: list[Document], folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    import zstandard

    files: dict[str, list[tuple[int, Document]]] = {}
    for number, document in enumerate(whole):
        shard = f"{document.language}-{number % FILES_PER_LANGUAGE}"
        files.setdefault(shard, []).append((number, document))
    (folder / "parquet").mkdir(parents=True)
    for shard, rows in files.items():
        language, _, place = shard.rpartition("-")
        lines = "".join(
            json.dumps({"id": d.identity, "text": d.text}, ensure_ascii=False) + "\n"
            for _, d in rows
        )
        path = folder / "json-lines" / language / f"{place}.jsonl.zst"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zstandard.ZstdCompressor().compress(lines.encode()))
        table = pa.table({"int_id_column": [n for n, _ in rows], "text": [d.text for _, d in rows]})
        pq.write_table(table, folder / "parquet" / f"{shard}.parquet")
