"""Small recipes for tests of plans."""

from __future__ import annotations

from typing import Any

from tertulia.recipe.schema import CorpusSpec, ModelSpec, PretrainSpec, Recipe


def a_recipe(
    size: str, *, context: int, batch_tokens: int, tokens: int = 10**6, **pretrain: Any
) -> Recipe:
    """A recipe that trains a new model of `size`, with the default vocabulary."""
    return Recipe(
        name="planned",
        languages=("eu",),
        corpus=CorpusSpec(sources=("starter",)),
        model=ModelSpec(size=size, context=context),
        pretrain=PretrainSpec(tokens=tokens, batch_tokens=batch_tokens, **pretrain),
    )
