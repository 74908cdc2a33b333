"""What goes into the starter corpus: one `Part` per source, read from `parts/LANG.toml`."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Shape = Literal["documents", "pages", "prose", "scattered"]
"""How a source's rows become documents.

documents: a row is a document, with its own lines.
pages:     long rows (or rows of a line each) whose line order is original, cut into pages.
prose:     sentences in original order, run together into paragraphs and cut into pages.
scattered: sentences without an order worth keeping, listed one a line.
"""

LANGUAGES = ("es", "ca", "ca-valencia", "eu", "gl")

SHARE_ALIKE = frozenset({"CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0"})

RESERVED_PAGES = tuple(
    f"libreoffice-help/helpcontent2/source/text/{name}.po"
    for name in (
        "swriter/02",
        "simpress",
        "shared/05",
        "swriter/04",
        "sbasic/shared/02",
        "scalc/02",
        "smath/guide",
        "schart",
        "sdraw/guide",
        "shared/autopi",
        "simpress/02",
    )
)
"""Help chapters kept out of training in all languages.

The same chapter exists in five languages, and Valencian differs from Catalan in a few words: one
that is held out in one language must not be trained on in another.
"""


@dataclass(frozen=True)
class Part:
    """One source's share of one language."""

    language: str
    source: str
    name: str
    """Names the part in rows and documents; the source's own name unless a source has two."""
    licence: str
    shape: Shape
    bytes: int
    """Most that is taken, held-out text included."""
    author: str
    written: str
    tag: str
    """BCP-47 tag of the rows, with the region where the source tells it."""
    subsets: tuple[str, ...] = ()
    """Row id prefixes (after `SOURCE/`) to keep; empty keeps all."""
    unseen: bool = False
    by_session: bool = False
    """Speeches of one session stay on one side of the split."""

    @property
    def share_alike(self) -> bool:
        """Whether its rows belong in a file of their own."""
        return self.licence in SHARE_ALIKE


def _part(language: str, table: dict[str, object]) -> Part:
    source = str(table["source"])
    return Part(
        language=language,
        source=source,
        name=str(table.get("name", source)),
        licence=str(table["licence"]),
        shape=table["shape"],  # type: ignore[arg-type]
        bytes=int(str(table["bytes"])),
        author=str(table["author"]),
        written=str(table["written"]),
        tag=str(table.get("tag", language)),
        subsets=tuple(map(str, table.get("subsets", ()))),  # type: ignore[call-overload]
        unseen=bool(table.get("unseen", False)),
        by_session=table.get("group") == "session",
    )


def read_parts(language: str) -> list[Part]:
    """The parts of `language`; of two near-duplicates, the one in the earlier part stays."""
    path = Path(__file__).parent / "parts" / f"{language}.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_part(table["language"], row) for row in table["part"]]


def read_catalogue(data: Path) -> dict[str, dict[str, str]]:
    """Path of a source file (`es/tatoeba-spa.jsonl.zst`) -> its entry in the shared catalogue."""
    entries = json.loads((data / "corpus" / "CATALOG.json").read_text(encoding="utf-8"))
    return {entry["path"]: entry for entry in entries}
