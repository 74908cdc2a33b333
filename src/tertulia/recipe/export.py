"""A JSON Schema of the recipe, for editors that complete and check TOML."""

from __future__ import annotations

import ast
import inspect
import json
from typing import Any

from tertulia.recipe.schema import SCHEMA_VERSION, Recipe
from tertulia.recipe.section import Section


def recipe_json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a recipe file, each key described by its docstring."""
    described = Recipe.model_json_schema(by_alias=True)
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    described["required"] = ["schema", *described["required"]]
    described["properties"]["schema"] = {
        "const": SCHEMA_VERSION,
        "description": "Version of the recipe format.",
    }
    documented = _docstrings()
    for name, table in [("Recipe", described), *described["$defs"].items()]:
        for key, entry in table["properties"].items():
            if (name, key) in documented:
                entry["description"] = documented[name, key]
    return described


def recipe_json_schema_text() -> str:
    """The schema as it is shipped."""
    return json.dumps(recipe_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _docstrings() -> dict[tuple[str, str], str]:
    """(class, field) -> the string that follows the field in the source."""
    found = {}
    files = {inspect.getmodule(table) for table in (Recipe, *Section.__subclasses__())}
    sources = [inspect.getsource(file) for file in files if file is not None]
    for node in (node for source in sources for node in ast.parse(source).body):
        if not isinstance(node, ast.ClassDef):
            continue
        for field, text in zip(node.body, node.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(text, ast.Expr)
                and isinstance(text.value, ast.Constant)
            ):
                found[node.name, field.target.id] = str(text.value.value)
    return found
