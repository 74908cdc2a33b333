"""A TOML file a person wrote, kept with its text and lines so that an error can point into it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tertulia.errors import RecipeError
from tertulia.recipe.locate import KeyPath, locate_keys


@dataclass(frozen=True, kw_only=True)
class TomlFile:
    """Values, text and the line of every key."""

    path: Path
    text: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]

    def where(self, key: KeyPath = ()) -> str:
        """`FILE, line 3, key `a.b``; a key that is absent is placed at its nearest table."""
        line = next(
            (self.lines[key[:size]] for size in range(len(key), 0, -1) if key[:size] in self.lines),
            None,
        )
        place = str(self.path) if line is None else f"{self.path}, line {line}"
        return f"{place}, key `{dotted(key)}`" if key else place

    def with_data(self, data: dict[str, Any], lines: dict[KeyPath, int]) -> TomlFile:
        """The same file after a migration renamed some of its keys."""
        return replace(self, data=data, lines=lines)


def dotted(key: KeyPath) -> str:
    """`("corpus", "sources", 0)` as `corpus.sources[0]`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_toml(path: Path, *, kind: str) -> TomlFile:
    """Reads the `kind` of file ("recipe", "machine profile", ...) at `path`.

    Raises RecipeError `recipe.no-file`, `recipe.not-utf8` or `recipe.syntax`.
    """
    text = _read_text(path, kind)
    try:
        data = tomllib.loads(text)
        lines = locate_keys(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, text, kind, str(error)) from None
    except RecursionError:
        raise RecipeError(
            "recipe.syntax", f"the {kind} nests its tables too deeply", where=str(path)
        ) from None
    return TomlFile(path=path, text=text, data=data, lines=lines)


def _read_text(path: Path, kind: str) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise RecipeError(
            "recipe.no-file",
            f"the {kind} cannot be opened: {reason}",
            where=str(path),
            remedy="Check the path",
        ) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise RecipeError(
            "recipe.not-utf8",
            f"the {kind} is not UTF-8 text",
            where=f"{path}, line {line}",
            remedy="Save it as UTF-8",
        ) from None


def _syntax_error(path: Path, text: str, kind: str, message: str) -> RecipeError:
    place = re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    where = str(path)
    if place is not None:
        message = message[: place.start()]
        line = int(place[1]) if place[1] else text.rstrip().count("\n") + 1
        where = f"{path}, line {line}" + (f", column {place[2]}" if place[2] else "")
    return RecipeError(
        "recipe.syntax",
        f"the {kind} is not valid TOML: {message[:1].lower()}{message[1:]}",
        where=where,
        remedy='Text goes in quotes ("es"), lists in brackets (["es", "eu"]), '
        "tables start with [name]",
    )
