"""The quickstart's corpus, tokenizer and token shards, built once and found again.

`variant` writes a recipe that differs from a named one in a few keys.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tertulia.pipeline import run_recipe
from tertulia.recipe.load import load_recipe
from tertulia.recipe.schema import Recipe
from tertulia.recipe.toml_text import toml_text


@dataclass(frozen=True, kw_only=True)
class StarterTokens:
    """A recipe with the payload folders that its training reads."""

    recipe: Recipe
    corpus: Path
    tokenizer: Path
    tokens: Path


def starter_tokens(recipe: str | Path, runs_dir: Path) -> StarterTokens:
    """Builds the recipe up to its token shards in `runs_dir`, or finds them there."""
    report = run_recipe(recipe, runs_dir=runs_dir, until="tokens")
    folders = {str(stage): artifact.path for stage, artifact in report.artifacts.items()}
    return StarterTokens(
        recipe=load_recipe(recipe).recipe,
        corpus=folders["corpus"],
        tokenizer=folders["tokenizer"],
        tokens=folders["tokens"],
    )


def variant(recipe: str | Path, folder: Path, name: str, changes: dict[str, Any]) -> Path:
    """Writes `folder/NAME.toml`: the recipe with dotted keys such as `pretrain.tokens` changed."""
    values = load_recipe(recipe).recipe.model_dump(mode="json", by_alias=True, exclude_none=True)
    changed: dict[str, Any] = copy.deepcopy(values) | {"name": name}
    for key, value in changes.items():
        *tables, last = key.split(".")
        place = changed
        for part in tables:
            place = place.setdefault(part, {})
        place[last] = value
    path = folder / f"{name}.toml"
    path.write_text(toml_text(changed), encoding="utf-8")
    return path
