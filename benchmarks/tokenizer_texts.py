"""The texts that tokenizers are measured on: which files, which lines of them, and their digests.

`tokenizer_texts.json` was written before anything was tuned. Its group `tuning` is what settings
were chosen on, with builds that leave a source out; the group `final` was only looked at for
the tables. None of it is ever trained on. Entries that share a `parallel` name hold the same
lines in several languages.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIST = Path(__file__).with_name("tokenizer_texts.json")


@dataclass(frozen=True, kw_only=True)
class EvaluationText:
    """One file of one language, read by `reader`."""

    name: str
    language: str
    group: str
    path: str
    reader: str
    sha256: str
    parallel: str | None = None

    def lines(self, data: Path) -> list[str]:
        """Its lines, none empty. Raises ValueError where the file is another than was listed."""
        raw = (data / self.path).read_bytes()
        if hashlib.sha256(raw).hexdigest() != self.sha256:
            raise ValueError(f"{self.path} is not the file that tokenizer_texts.json lists")
        text = plain(self.path, raw).decode("utf-8")
        found = (line.strip() for line in _READERS[self.reader](text))
        return [line for line in found if line]


def evaluation_texts(group: str | None = None) -> list[EvaluationText]:
    """All entries of the list, or those of a group."""
    entries = json.loads(LIST.read_text(encoding="utf-8"))["texts"]
    texts = [EvaluationText(**entry) for entry in entries]
    return [text for text in texts if group in (None, text.group)]


def plain(path: str, raw: bytes) -> bytes:
    """The content of a file that may be zstd-compressed."""
    if not path.endswith(".zst"):
        return raw
    import zstandard

    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw)) as stream:
        return bytes(stream.read())


def _conllu(text: str) -> Iterator[str]:
    mark = "# text = "
    return (line[len(mark) :] for line in text.split("\n") if line.startswith(mark))


def _lines(text: str) -> Iterator[str]:
    return iter(text.split("\n"))


def _sentences(text: str) -> Iterator[str]:
    return (row["sentence"] for row in csv.DictReader(io.StringIO(text)))


def _first_column(text: str) -> Iterator[str]:
    return (line.split("\t")[0] for line in text.split("\n"))


def _truthful(text: str) -> Iterator[str]:
    for row in json.loads(text):
        yield row["question"]
        yield row["best_answer"]


def _xquad(text: str) -> Iterator[str]:
    for article in json.loads(text)["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"].lstrip("\ufeff")
            yield from (question["question"] for question in paragraph["qas"])


def _trivia(text: str) -> Iterator[str]:
    for row in _rows(text):
        yield row["question"]
        yield from row["candidates"]


def _bbq(text: str) -> Iterator[str]:
    # A template is filled in many times: each context and question counts once.
    rows = list(_rows(text))
    yield from dict.fromkeys(row[key] for row in rows for key in ("context", "question"))


def _rows(text: str) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in text.split("\n") if line.strip())


_READERS = {
    "conllu": _conllu,
    "lines": _lines,
    "sentences": _sentences,
    "first-column": _first_column,
    "truthful": _truthful,
    "xquad": _xquad,
    "trivia": _trivia,
    "bbq": _bbq,
}
