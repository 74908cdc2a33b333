"""Writes DATASHEET.md: what the starter corpus is, how it was made and what it lacks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts.starter import splitting


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    """A Markdown table, with an empty line after it."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows] + [""]


def _sizes(index: Mapping[str, Any]) -> list[str]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for file in index["files"]:
        entry = sums[file["language"], file["split"]]
        for place, key in enumerate(("text_bytes", "documents", "bytes")):
            entry[place] += file[key]
    return table(
        ("language", "split", "text, MB", "documents", "compressed, MB"),
        (
            (language, split, f"{text / 1e6:.2f}", documents, f"{packed / 1e6:.2f}")
            for (language, split), (text, documents, packed) in sums.items()
        ),
    )


def _parts(index: Mapping[str, Any]) -> list[str]:
    def size(part: Mapping[str, Any], split: str) -> str:
        counts = part["splits"].get(split)
        return f"{counts['text_bytes'] / 1000:.0f}" if counts else ""

    return table(
        ("language", "part", "licence", "shape", "train, kB", "held-out, kB", "unseen, kB"),
        (
            (
                part["language"],
                part["name"],
                part["licence"],
                part["shape"],
                *(size(part, split) for split in ("train", "held_out", "unseen")),
            )
            for part in index["sources"]
        ),
    )


def _drops(index: Mapping[str, Any]) -> list[str]:
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for part in index["sources"]:
        totals[part["language"]].update(part["dropped"])
    reasons = sorted({reason for counts in totals.values() for reason in counts})
    languages = list(totals)
    return table(
        ("what", *languages),
        ((reason, *(totals[language][reason] for language in languages)) for reason in reasons),
    )


def write_datasheet(path: Path, index: Mapping[str, Any]) -> None:
    """Overwrites `path` from the index that `starter.json` holds."""
    template = Path(__file__).with_name("datasheet.md").read_text(encoding="utf-8")
    text = template.format(
        sizes="\n".join(_sizes(index)),
        parts="\n".join(_parts(index)),
        drops="\n".join(_drops(index)),
        shared=f"{splitting.MOST_SHARED:.0%}",
        width=splitting.WIDTH,
        zstandard=index["built_with"]["zstandard"],
    )
    path.write_text(text.rstrip() + "\n", encoding="utf-8")
