"""A conversation with its licence, and the wordings of each language it is made from."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scripts.starter.reading import rank

_TALK = Path(__file__).parent / "talk"


@dataclass(frozen=True)
class Conversation:
    """Turns of user and assistant in turn, in one language."""

    turns: tuple[str, ...]
    language: str
    licence: str
    source: str
    task: str

    def row(self) -> dict[str, Any]:
        """As it is written to disk."""
        roles = ("user", "assistant")
        return {
            "messages": [
                {"role": roles[place % 2], "content": turn} for place, turn in enumerate(self.turns)
            ],
            "language": self.language,
            "licence": self.licence,
            "source": self.source,
            "task": self.task,
        }

    @property
    def size(self) -> int:
        """UTF-8 bytes of all turns."""
        return sum(len(turn.encode("utf-8")) for turn in self.turns)


@cache
def wordings(language: str) -> dict[str, Any]:
    """The language's file of talk: `names`, `tasks`, `exchange`."""
    return tomllib.loads((_TALK / f"{language}.toml").read_text(encoding="utf-8"))


def pick(options: Sequence[str], key: str) -> str:
    """One of `options`, always the same for the same key."""
    return options[rank(key) % len(options)]


def word(task: str, language: str, key: str, *, about: str | None = None, **fields: str) -> str:
    """A wording of `task` in `language` with its fields filled; `about` names another language."""
    talk = wordings(language)
    if about is not None:
        fields["language"] = talk["names"][about]
        fields["inessive"] = talk.get("names_inessive", talk["names"])[about]
        fields["allative"] = talk.get("names_allative", talk["names"])[about]
    text = pick(talk["tasks"][task], f"{task} {language} {key}").format(**fields)
    return text[0].upper() + text[1:]
