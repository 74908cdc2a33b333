"""`recipe.lock.toml`: what a recipe came down to, with every value and digest written out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tertulia.errors import RecipeError
from tertulia.recipe.schema import Recipe
from tertulia.recipe.toml_file import read_toml
from tertulia.recipe.toml_text import toml_text

LOCK_SCHEMA = 1

_HEADER = "# Written by tertulia; what the recipe beside this run came down to. Not to be edited.\n"


def lock_text(
    recipe: Recipe,
    *,
    sources: Mapping[str, Mapping[str, Mapping[str, Any]]],
    stages: Mapping[str, Mapping[str, Any]],
    derived: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """The lock of a run as TOML, the same text for the same run.

    `sources`: stage -> name -> digest and what it declares. `stages`: stage -> key, digest,
    version and versions of code and libraries. `derived`: stage -> values that the recipe left to
    be derived, such as a model's width.
    """
    values = recipe.model_dump(by_alias=True, mode="json")
    lock = {
        "schema": LOCK_SCHEMA,
        "recipe": values,
        "sources": sources,
        "stages": stages,
    }
    if derived:
        lock["derived"] = derived
    return _HEADER + toml_text(lock)


def read_lock(path: Path) -> dict[str, Any]:
    """The values of a `recipe.lock.toml`.

    Raises RecipeError where it is missing, damaged or of a newer schema.
    """
    file = read_toml(path, kind="lock")
    if file.data.get("schema") != LOCK_SCHEMA:
        raise RecipeError(
            "recipe.newer-schema",
            f"the lock is not of schema {LOCK_SCHEMA}",
            where=file.where(("schema",)),
            remedy="Open it with the tertulia that wrote it, or run the recipe again",
        )
    return file.data
