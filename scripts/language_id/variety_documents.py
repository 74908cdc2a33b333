"""Documents of 500 characters and more in Catalan and in Valencian, balanced by family of sources.

A family pairs sources of like content, one or more for each variety. Whoever measures leaves a
whole family out of training, so that the variety is told and not the register.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.language_id.reading import by_digest, one_line, open_text, rows

SHORTEST = 500
"""Characters of a document; lines are added until it has them."""
MOST_DOCUMENTS = 200
"""Of one variety in one family, drawn by digest."""

_ENGLISH = re.compile(r"\b(?:the|of|and|to|is|for|with|this|you|are)\b", re.IGNORECASE)
_CATALAN = re.compile(r"\b(?:de|la|el|i|per|un|en|les|del|que|els|amb)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """Rows of a corpus file whose ids begin with one of `prefixes` after the source's name."""

    variety: str
    name: str
    prefixes: tuple[str, ...] = ("",)


FAMILIES: dict[str, tuple[Source, ...]] = {
    "libreoffice-help": (
        Source("ca", "libreoffice-help"),
        Source("ca-valencia", "libreoffice-help"),
    ),
    "kde-docs": (Source("ca", "kde-docs"), Source("ca-valencia", "kde-docs")),
    "gnome-mate-help": (Source("ca", "gnome-mate-help"), Source("ca-valencia", "gnome-mate-help")),
    "interface": (
        Source("ca", "debian-ui-sentences"),
        Source("ca-valencia", "debian-ui-sentences"),
    ),
    "interface-2": (
        Source("ca", "debian-ui-sentences-2"),
        Source("ca-valencia", "debian-ui-sentences-2"),
    ),
    "wesnoth": (Source("ca", "wesnoth-narrative"), Source("ca-valencia", "wesnoth-narrative")),
    "gazette": (
        Source("ca", "pilar_balearic-boib"),
        Source("ca-valencia", "pilar_valencian", ("DOGV",)),
    ),
    "gazette-sentences": (
        Source("ca", "softcatala_ca-text-corpus", ("dogc",)),
        Source("ca-valencia", "softcatala_dogv-sentences"),
    ),
    "university": (
        Source("ca", "legalize-ad_andorra-law"),
        Source("ca-valencia", "pilar_valencian", ("BOUMH",)),
    ),
    "government-web": (
        Source("ca", "softcatala-web"),
        Source("ca-valencia", "pilar_valencian", ("Generalitat",)),
    ),
}
"""Family -> its sources."""

Documents = dict[tuple[str, str], list[str]]
"""(family, variety) -> texts, as many in the one variety as in the other."""


def variety_documents(data: Path, shortest: int = SHORTEST) -> Documents:
    """The documents of every family, as many in the one variety as in the other."""
    documents: Documents = {}
    for family, sources in FAMILIES.items():
        drawn = drawn_documents(data, sources, MOST_DOCUMENTS, shortest)
        count = min(len(texts) for texts in drawn.values())
        documents |= {(family, variety): texts[:count] for variety, texts in drawn.items()}
    return documents


def drawn_documents(
    data: Path, sources: tuple[Source, ...], most: int, shortest: int
) -> dict[str, list[str]]:
    """Variety -> at most `most` documents of the sources of a family, drawn by digest."""
    pieces = {variety: _lines(data, sources, variety) for variety in ("ca", "ca-valencia")}
    # A line that reads the same in both varieties has nothing to tell by; a document of
    # nothing else is no question. Only joined interface lines are affected.
    same = set(pieces["ca"]) & set(pieces["ca-valencia"]) - {""}
    drawn = {
        variety: by_digest(list(joined(lines, same, shortest))) for variety, lines in pieces.items()
    }
    return {variety: texts[:most] for variety, texts in drawn.items()}


def _lines(data: Path, sources: tuple[Source, ...], variety: str) -> list[str]:
    """Lines of the sources in file order, with `""` between documents that are more than a line."""
    found: list[str] = []
    for source in sources:
        if source.variety != variety:
            continue
        path = data / "corpus" / variety / f"{source.name}.jsonl.zst"
        for row in rows(path):
            if not row["id"].split("/", 1)[1].startswith(source.prefixes):
                continue
            lines = [one_line(line) for line in row["text"].split("\n")]
            found += lines if len(lines) == 1 else [*filter(None, lines), ""]
    return found


def joined(lines: list[str], same: set[str], shortest: int = SHORTEST) -> Iterator[str]:
    """Runs of lines that are not in `same`, of `shortest` characters or more; `""` ends a run.

    A document has at most three times as many.
    """
    held: list[str] = []
    for line in lines:
        if line and line not in same:
            held.append(line)
        text = "\n".join(held)
        if len(text) >= shortest:
            if len(_ENGLISH.findall(text)) < len(_CATALAN.findall(text)):
                yield text[: 3 * shortest]
            held = []
        elif not line:
            held = []


def gazette_test(data: Path) -> list[str]:
    """Valencian documents of the gazette's own test split, which no family trains on."""
    path = data / "evaluation/pilar-dogv_es-va_mt/DOGV-html_test_va.txt.zst"
    with open_text(path) as stream:
        return by_digest(list(joined([one_line(line) for line in stream], set())))[:MOST_DOCUMENTS]
