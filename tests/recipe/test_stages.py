"""Each stage sees its own part of the recipe, and nothing that another stage alone needs."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from tertulia.recipe.load import load_recipe
from tertulia.recipe.schema import Recipe
from tertulia.recipe.stages import StageName, stage_spec

RECIPE = load_recipe(Path(__file__).parents[1] / "fixtures" / "tiny.toml").recipe
SEES = {
    "documents": {"documents"},
    "corpus": {"corpus"},
    "tokenizer": {"tokenizer", "keep"},
    "tokens": set(),
    "pretrain": {"model", "pretrain"},
    "align": {"align"},
    "evaluate": {"evaluate"},
    "release": {"release", "name", "size"},
}


@pytest.mark.parametrize("stage", get_args(StageName))
def test_a_stage_sees_its_own_tables(stage: StageName) -> None:
    spec = stage_spec(RECIPE, stage)
    assert set(type(spec).model_fields) == SEES[stage] | {"languages", "seed"}


def test_every_table_of_a_recipe_belongs_to_a_stage() -> None:
    seen = set().union(*SEES.values()) | {"languages", "seed", "schema_"}
    assert set(Recipe.model_fields) <= seen
