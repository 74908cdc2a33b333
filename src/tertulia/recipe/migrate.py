"""Recipes written for an older schema, brought up to today's in memory and with a notice.

The file on disk is never touched. A migration changes values and renames keys; renames carry the
lines along, so that a later error still points at what the author wrote.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from tertulia.errors import RecipeError
from tertulia.recipe.locate import KeyPath
from tertulia.recipe.schema import SCHEMA_VERSION
from tertulia.recipe.toml_file import TomlFile, dotted

Rename = tuple[KeyPath, KeyPath]
Migration = Callable[[dict[str, Any]], None]


def _from_schema_0(data: dict[str, Any]) -> None:
    """Schema 0 held at most one source, as a string."""
    corpus = data.get("corpus")
    if isinstance(corpus, dict) and isinstance(corpus.get("sources"), str):
        corpus["sources"] = [corpus["sources"]]


_RENAMES: Mapping[int, tuple[Rename, ...]] = {
    0: (
        (("train",), ("pretrain",)),
        (("tokenizer", "vocab"), ("tokenizer", "vocabulary")),
        (("corpus", "source"), ("corpus", "sources")),
    ),
}
"""Schema -> keys that the next one calls otherwise, outermost first."""

_MIGRATIONS: Mapping[int, Migration] = {0: _from_schema_0}
"""Schema -> what else leads to the next one, applied after its renames."""


def migrated(file: TomlFile) -> tuple[TomlFile, tuple[str, ...]]:
    """`file` in today's schema, and a notice for each schema it was carried over.

    Raises RecipeError `recipe.no-schema`, `recipe.newer-schema` or `recipe.both-names`.
    """
    version = schema_of(file, newest=SCHEMA_VERSION)
    notices = []
    while version < SCHEMA_VERSION:
        data = copy.deepcopy(file.data)
        lines = dict(file.lines)
        renamed = [
            f"`{dotted(old)}` is now `{dotted(new)}`"
            for old, new in _RENAMES[version]
            if _rename(data, lines, old, new, file)
        ]
        _MIGRATIONS[version](data)
        data["schema"] = version + 1
        file = file.with_data(data, lines)
        changes = f" ({'; '.join(renamed)})" if renamed else ""
        notices.append(
            f"{file.path} is written in schema {version} and was read as schema "
            f"{version + 1}{changes}"
        )
        version += 1
    return file, tuple(notices)


def schema_of(file: TomlFile, *, newest: int) -> int:
    """The schema that `file` says it is written in; RecipeError if none or a newer one."""
    version = file.data.get("schema")
    if version is None:
        raise RecipeError(
            "recipe.no-schema",
            "the file does not say which schema it is written in",
            where=str(file.path),
            remedy=f"Begin it with the line `schema = {newest}`",
        )
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise RecipeError(
            "recipe.wrong-type",
            "`schema` is not a version number",
            where=file.where(("schema",)),
            remedy=f"Write `schema = {newest}`, without quotes",
        )
    if version > newest:
        raise RecipeError(
            "recipe.newer-schema",
            f"the file is written in schema {version}, and this tertulia knows up to {newest}",
            where=file.where(("schema",)),
            remedy="Update tertulia",
        )
    return version


def _rename(
    data: dict[str, Any], lines: dict[KeyPath, int], old: KeyPath, new: KeyPath, file: TomlFile
) -> bool:
    """Moves the value at `old` to `new`, in the same table, and its lines; False if absent."""
    table: Any = data
    for part in old[:-1]:
        table = table.get(part) if isinstance(table, dict) else None
    if not isinstance(table, dict) or old[-1] not in table:
        return False
    if new[-1] in table:
        raise RecipeError(
            "recipe.both-names",
            f"`{dotted(old)}` and `{dotted(new)}` are the old and the new name of one key",
            where=file.where(old),
            remedy=f"Keep `{dotted(new)}`",
        )
    table[str(new[-1])] = table.pop(old[-1])
    for path in [path for path in lines if path[: len(old)] == old]:
        lines[(*new, *path[len(old) :])] = lines.pop(path)
    return True
