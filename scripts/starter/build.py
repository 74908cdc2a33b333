"""Builds the starter corpus: `python -m scripts.starter.build --data ../shared/data`.

The same data, parts and library versions give the same bytes.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scripts.starter import splitting
from scripts.starter.datasheet import write_datasheet
from scripts.starter.decontamination import evaluation_shingles
from scripts.starter.documents import Draft
from scripts.starter.drafting import LineFilter, draft_part
from scripts.starter.notice import write_notice
from scripts.starter.parts import LANGUAGES, Part, read_catalogue, read_parts
from scripts.starter.shingles import collect, line_key
from scripts.starter.writing import (
    count_licences,
    describe_file,
    library_version,
    write_json,
    write_rows,
)

Split = dict[str, list[Draft]]
"""train, held_out and unseen documents of one part."""


@dataclass
class Built:
    """A part with its documents and what was dropped on the way."""

    part: Part
    splits: Split
    tally: Counter[str]


def _draft_language(data: Path, language: str, evaluation: Any) -> list[Built]:
    known = LineFilter(evaluation)
    parts = read_parts(language)
    total = sum(part.bytes for part in parts if not part.unseen)
    built = []
    for part in sorted(parts, key=lambda part: not part.unseen):
        tally: Counter[str] = Counter()
        drafts = draft_part(data, part, known, tally)
        if part.unseen:
            built.append(Built(part, {"unseen": drafts}, tally))
            continue
        size = min(part.bytes, sum(draft.size for draft in drafts))
        wanted = round(splitting.HELD_OUT_BYTES * size / total)
        train, held = splitting.draw(part, drafts, wanted)
        built.append(Built(part, {"train": train, "held_out": held}, tally))
    return built


def _drop_copies(built: list[Built]) -> None:
    """Held-out and unseen text that any language's training text comes near is dropped."""
    train = [draft.text for one in built for draft in one.splits.get("train", [])]
    shingles = collect(train, splitting.WIDTH)
    lines = {key for text in train for line in text.split("\n") if " " in (key := line_key(line))}
    for one in built:
        for split in ("held_out", "unseen"):
            if split in one.splits:
                one.splits[split] = splitting.without_copies(
                    one.part, one.splits[split], shingles, lines, one.tally
                )


def _rows(one: Built, split: str) -> list[dict[str, str]]:
    rows = []
    for draft in one.splits.get(split, []):
        row = {
            "id": draft.id,
            "text": draft.text,
            "language": one.part.tag,
            "licence": one.part.licence,
            "source": one.part.name,
        }
        if draft.date:
            row["date"] = draft.date
        rows.append(row | {"split": split})
    return rows


def _write_language(out: Path, language: str, built: list[Built]) -> list[dict[str, Any]]:
    files = []
    for split in ("train", "held_out", "unseen"):
        for suffix, share_alike in (("", False), ("-by-sa", True)):
            rows = [
                row
                for one in built
                if one.part.share_alike == share_alike
                for row in _rows(one, split)
            ]
            path = out / split / f"{language}{suffix}.jsonl.zst"
            path.unlink(missing_ok=True)
            if rows:
                write_rows(path, rows)
                files.append(
                    describe_file(out, path, [row["text"] for row in rows])
                    | {"language": language, "split": split, "licences": count_licences(rows)}
                )
    return files


def _describe_part(one: Built, entry: dict[str, str]) -> dict[str, Any]:
    sizes = {
        split: {"documents": len(drafts), "text_bytes": sum(draft.size for draft in drafts)}
        for split, drafts in one.splits.items()
    }
    return {
        "name": one.part.name,
        "language": one.part.language,
        "tag": one.part.tag,
        "licence": one.part.licence,
        "licence_as_stated": " ".join(entry["licence"].replace("=", "").split()),
        "licence_where": entry.get("licence_where", ""),
        "author": one.part.author,
        "written": one.part.written,
        "origin": entry["origin"],
        "commit": entry.get("commit", ""),
        "shape": one.part.shape,
        "splits": sizes,
        "dropped": dict(sorted((key, count) for key, count in one.tally.items() if count)),
    }


def build(data: Path, out: Path) -> None:
    """Writes the corpus, its index, datasheet and notice into `out`."""
    evaluation = evaluation_shingles(data)
    catalogue = read_catalogue(data)
    built = [one for lang in LANGUAGES for one in _draft_language(data, lang, evaluation)]
    _drop_copies(built)
    files = []
    for language in LANGUAGES:
        files += _write_language(
            out, language, [one for one in built if one.part.language == language]
        )
    index = {
        "schema": 1,
        "files": files,
        "built_with": {"zstandard": library_version(), "numpy": np.__version__},
        "sources": [
            _describe_part(one, catalogue[f"{one.part.language}/{one.part.source}.jsonl.zst"])
            for one in built
        ],
    }
    write_json(out / "starter.json", index)
    write_notice(out / "NOTICE.md", index)
    write_datasheet(out / "DATASHEET.md", index)


def main() -> None:
    """Command line of the build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the shared data")
    parser.add_argument("--out", type=Path, default=Path("src/tertulia/shipped/starter"))
    options = parser.parse_args()
    build(options.data, options.out)


if __name__ == "__main__":
    main()
