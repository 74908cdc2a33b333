"""What the model is measured on, and the test that keeps it out of the training text.

Held out are sentences of six registers (two of which, and the declaration of human rights, are
never trained on at all), and every document of the retrieval collections on whose questions the
model is judged: all of the test part, and the passages asked for of the development part.
A training text is held back if any side of its pair is the same as a held-out text, or shares half
of its runs of four words with held-out texts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

from benchmarks.retrieval.collections import COLLECTIONS, documents
from scripts.sentence_model.rows import clean, read, words_of

_ARTICLE = re.compile(r"(Art[íi]culo|Article|Artigo) \d+[ª.]*$|\d+\. atala$")

RUN = 4
SHARE = 0.5
SENTENCES = 300

Row = dict[str, str]


class HeldOut:
    """Texts that must not be trained on."""

    def __init__(self, texts: Iterable[str]) -> None:
        whole, runs = set(), set()
        for text in texts:
            words = words_of(text)
            whole.add(_digest(words))
            runs.update(_runs(words))
        self._whole = whole
        self._runs: NDArray[np.uint64] = np.array(sorted(runs), dtype=np.uint64)

    def holds(self, text: str) -> bool:
        """Whether it is one of them or nearly so."""
        words = words_of(text)
        if _digest(words) in self._whole:
            return True
        runs = _runs(words)
        if len(runs) == 0:
            return False
        found = np.array(runs, dtype=np.uint64)
        place = np.searchsorted(self._runs, found)
        place[place == len(self._runs)] = 0
        return float((self._runs[place] == found).mean()) >= SHARE


def _digest(words: Sequence[str]) -> int:
    return xxhash.xxh3_64_intdigest(" ".join(words).encode())


def _runs(words: Sequence[str]) -> list[int]:
    return [_digest(words[i : i + RUN]) for i in range(len(words) - RUN + 1)]


def registers(data: Path) -> dict[str, list[Row]]:
    """The sentences of each register on which the model is measured."""
    parallel = data / "parallel"
    chosen = {
        "libreoffice": _some(read(parallel / "libreoffice.jsonl.zst"), "es ca ca-valencia eu gl"),
        "debian": _some(read(parallel / "debian-interface-messages.jsonl.zst"), "es ca eu gl"),
        "gazette": _some(read(parallel / "pilar-es-valencian.jsonl.zst"), "es ca-valencia"),
        "wesnoth": _some(read(parallel / "wesnoth.jsonl.zst"), "es ca gl"),
        "mozilla": _some(read(parallel / "mozilla-www.jsonl.zst"), "en ca eu gl"),
        "rights": _rights(parallel / "udhr"),
    }
    return chosen


NEVER_TRAINED = ("wesnoth.jsonl.zst", "mozilla-www.jsonl.zst")


def held_out(data: Path, passages: Path) -> HeldOut:
    """Everything that is held out."""
    texts = [text for rows in registers(data).values() for row in rows for text in row.values()]
    for name in NEVER_TRAINED:
        texts += [t for row in read(data / "parallel" / name) for t in row.values()]
    for language in COLLECTIONS:
        by_id = {}
        for document in documents(language, data / "corpus"):
            by_id[document.id] = document.text
            if document.part == "test":
                texts += document.text.split("\n")
                # A passage can begin anywhere: runs reach across lines.
                texts.append(document.text)
        for line in (passages / f"passages-{language}.jsonl").read_text("utf-8").splitlines():
            gold = json.loads(line)
            span = by_id[gold["document"]][gold["start"] : gold["end"]]
            texts += [span, *span.split("\n")]
    return HeldOut(texts)


def _some(rows: Iterable[Row], languages: str) -> list[Row]:
    wanted = languages.split()
    found: dict[str, Row] = {}
    for row in rows:
        texts = {name: clean(row[name]) for name in row if isinstance(row[name], str)}
        if all(60 <= len(texts.get(name, "")) <= 300 for name in wanted):
            # Texts that agree in one language are one text.
            found.setdefault(texts[wanted[0]].lower(), texts)
    ordered = sorted(found.items(), key=lambda item: hashlib.sha256(item[0].encode()).digest())
    return [row for _, row in ordered[:SENTENCES]]


def _rights(folder: Path) -> list[Row]:
    """The thirty articles; a paragraph more or less in a language shifts nothing."""
    names = {"es": "spa.txt", "ca": "cat.txt", "eu": "eus.txt", "gl": "glg.txt"}
    sides = {}
    for language, name in names.items():
        articles: list[list[str]] = []
        for line in (folder / name).read_text("utf-8").splitlines():
            if _ARTICLE.match(line.strip()):
                articles.append([])
            elif articles and line.strip():
                articles[-1].append(line.strip())
        sides[language] = [" ".join(article) for article in articles]
    return [dict(zip(sides, row, strict=True)) for row in zip(*sides.values(), strict=True)]
