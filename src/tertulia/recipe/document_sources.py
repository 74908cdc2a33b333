"""Keys that name sources as documents do, which only a finished corpus can check."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from tertulia.errors import RecipeError


def require_sources(named: Iterable[str], known: Collection[str], key: str) -> None:
    """Raises RecipeError `recipe.no-such-source` for a name under `key` that no document has."""
    for name in named:
        if name in known:
            continue
        near = difflib.get_close_matches(name, known, n=3) or sorted(known)[:3]
        raise RecipeError(
            "recipe.no-such-source",
            f'`{key}` names "{name}", and no document of the corpus is of that source',
            where=f"key `{key}`",
            remedy="Sources are called as documents call them, such as " + ", ".join(near),
        )
