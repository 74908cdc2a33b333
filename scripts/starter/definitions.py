"""Definitions that a licensed text gives, chosen by hand in `talk/defined.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.starter.conversation import Conversation, word

_SENTENCE = re.compile(r"\n|(?<=[.!?])\s+(?=[A-ZÀ-Ý])")
_VARIANTS = 2


def _chosen(language: str) -> list[tuple[str, str]]:
    path = Path(__file__).parent / "talk" / "defined.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))[language]
    return [(term, beginning) for term, beginning in rows]


def definitions(language: str, rows: Sequence[Mapping[str, str]]) -> list[Conversation]:
    """Two questions after each chosen term, answered by the sentence of the training text.

    Raises ValueError where the training text no longer has a chosen sentence.
    """
    chosen = _chosen(language)
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for row in rows:
        if not any(beginning in row["text"] for _, beginning in chosen):
            continue
        for line in _SENTENCE.split(row["text"]):
            for _, beginning in chosen:
                if line.startswith(beginning) and line.endswith("."):
                    found.setdefault(beginning, (line, row))
    missing = [beginning for _, beginning in chosen if beginning not in found]
    if missing:
        raise ValueError(f"the {language} training text has no sentence that begins: {missing}")
    made: dict[tuple[str, str], Conversation] = {}
    for term, beginning in chosen:
        line, row = found[beginning]
        for variant in range(_VARIANTS):
            turns = (word("define", language, f"{term} {variant}", term=term), line)
            talk = Conversation(turns, language, row["licence"], row["source"], "define")
            made.setdefault(turns, talk)
    return list(made.values())
