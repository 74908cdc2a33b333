"""What to build: a TOML recipe read, checked, located, migrated and locked."""

from __future__ import annotations

from tertulia.recipe.load import LoadedRecipe, load_recipe
from tertulia.recipe.lock import lock_text
from tertulia.recipe.schema import Recipe
from tertulia.recipe.sources import Inputs, ResolvedSource, resolve_sources, source_digest
from tertulia.recipe.stages import StageName, StageSpec, stage_spec

__all__ = [
    "Inputs",
    "LoadedRecipe",
    "Recipe",
    "ResolvedSource",
    "StageName",
    "StageSpec",
    "load_recipe",
    "lock_text",
    "resolve_sources",
    "source_digest",
    "stage_spec",
]
