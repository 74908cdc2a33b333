"""Builds the alignment data: `python -m scripts.starter.instructions --data ../shared/data`.

Reads the starter corpus, which must have been built before.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from scripts.starter.conversation import Conversation
from scripts.starter.datasheet import table
from scripts.starter.decontamination import evaluation_shingles
from scripts.starter.definitions import definitions
from scripts.starter.extraction import extractions
from scripts.starter.parts import LANGUAGES, SHARE_ALIKE
from scripts.starter.reading import rank, read_rows
from scripts.starter.shingles import collect, line_key
from scripts.starter.talk import everyday_sentences, single_words, small_talk
from scripts.starter.translation import Forbidden, translations
from scripts.starter.writing import count_licences, describe_file, write_json, write_rows

LONGEST = 900
"""Bytes of a conversation; a longer one is left out."""

Corpus = dict[str, list[dict[str, str]]]


def read_split(starter: Path, split: str) -> Corpus:
    """Per language, the rows of a split, share-alike ones included."""
    rows: Corpus = {language: [] for language in LANGUAGES}
    for language in LANGUAGES:
        for suffix in ("", "-by-sa"):
            path = starter / split / f"{language}{suffix}.jsonl.zst"
            if path.exists():
                rows[language] += read_rows(path)
    return rows


def _forbidden(data: Path, starter: Path) -> Forbidden:
    texts = [
        row["text"]
        for split in ("held_out", "unseen")
        for rows in read_split(starter, split).values()
        for row in rows
    ]
    lines = {line_key(line) for text in texts for line in text.split("\n")}
    shingles = np.union1d(collect(texts, 8), evaluation_shingles(data))
    return Forbidden(lines, shingles)


def _file_rows(language: str, share_alike: bool, talks: list[Conversation]) -> list[dict[str, Any]]:
    chosen = [talk for talk in talks if (talk.licence in SHARE_ALIKE) == share_alike]
    # Tasks are mixed in the file, so that a reader of its beginning sees all of them.
    chosen.sort(key=lambda talk: rank(f"{language} {' '.join(talk.turns)}"))
    return [talk.row() for talk in chosen]


def _table(files: list[dict[str, Any]]) -> list[str]:
    tasks = sorted({task for file in files for task in file["tasks"]})
    rows = [
        [file["path"], file["documents"], *(file["tasks"].get(task, 0) for task in tasks)]
        for file in files
    ]
    return table(("file", "conversations", *tasks), map(tuple, rows))


def build(data: Path, starter: Path, out: Path) -> None:
    """Writes the conversations of every language, and their index, into `out`."""
    corpus = read_split(starter, "train")
    forbidden = _forbidden(data, starter)
    translated = translations(data, forbidden)
    files = []
    for language in LANGUAGES:
        talks = [
            *small_talk(language),
            *single_words(language),
            *everyday_sentences(language),
            *translated[language],
            *extractions(language, corpus),
            *definitions(language, corpus[language]),
        ]
        short = (talk for talk in talks if talk.size <= LONGEST)
        talks = list({talk.turns: talk for talk in short}.values())
        for suffix, share_alike in (("", False), ("-by-sa", True)):
            path = out / f"{language}{suffix}.jsonl.zst"
            path.unlink(missing_ok=True)
            rows = _file_rows(language, share_alike, talks)
            if not rows:
                continue
            write_rows(path, rows)
            texts = ["\n".join(m["content"] for m in row["messages"]) for row in rows]
            tasks = dict(sorted(Counter(row["task"] for row in rows).items()))
            files.append(
                describe_file(out, path, texts)
                | {"language": language, "licences": count_licences(rows), "tasks": tasks}
            )
    write_json(out / "instructions.json", {"schema": 1, "files": files})
    template = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    sheet = template.format(table="\n".join(_table(files)))
    (out.parent / "DATASHEET.md").write_text(sheet, encoding="utf-8")


def main() -> None:
    """Command line of the build."""
    shipped = Path("src/tertulia/shipped")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the shared data")
    parser.add_argument("--starter", type=Path, default=shipped / "starter")
    parser.add_argument("--out", type=Path, default=shipped / "instructions" / "starter")
    options = parser.parse_args()
    build(options.data, options.starter, options.out)


if __name__ == "__main__":
    main()
