"""The JSON Schema that editors use is that of the code."""

from __future__ import annotations

import tomllib

import jsonschema  # type: ignore[import-untyped,unused-ignore]
import pytest

from tertulia.recipe.export import recipe_json_schema, recipe_json_schema_text
from tertulia.recipe.shipped import shipped_folder, shipped_names


def test_the_shipped_schema_is_fresh() -> None:
    shipped = shipped_folder("recipes", "recipe.schema.json")
    assert shipped.read_text() == recipe_json_schema_text(), (
        "write it again: shipped/recipes/recipe.schema.json = recipe_json_schema_text()"
    )


def test_it_accepts_the_shipped_recipes_and_refuses_a_misspelt_key() -> None:
    schema = recipe_json_schema()
    for name in shipped_names("recipes"):
        recipe = tomllib.loads(shipped_folder("recipes", f"{name}.toml").read_text())
        jsonschema.validate(recipe, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(recipe | {"langages": []}, schema)


def test_keys_carry_their_explanations() -> None:
    tables = recipe_json_schema()["$defs"]
    assert (
        "merges are learnt" in tables["TokenizerSpec"]["properties"]["sample_bytes"]["description"]
    )
    duplicates = tables["DuplicatesSpec"]["properties"]
    assert all("description" in key for key in duplicates.values())
