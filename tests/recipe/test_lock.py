"""The lock is TOML that reads back to every resolved value."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.errors import RecipeError
from tertulia.recipe.load import load_recipe
from tertulia.recipe.lock import lock_text, read_lock
from tertulia.recipe.schema import Recipe
from tertulia.recipe.toml_text import toml_text

TINY = Path(__file__).parents[1] / "fixtures" / "tiny.toml"


def lock() -> str:
    return lock_text(
        load_recipe(TINY).recipe,
        sources={"corpus": {"texts": {"digest": "ab", "licence": None}}},
        stages={"corpus": {"key": "k", "digest": "d", "libraries": {"torch": "2"}}},
        derived={"pretrain": {"width": 256}},
    )


def test_the_recipe_comes_back_from_its_lock(tmp_path: Path) -> None:
    (tmp_path / "recipe.lock.toml").write_text(lock())
    values = read_lock(tmp_path / "recipe.lock.toml")
    assert Recipe.model_validate(values["recipe"]) == load_recipe(TINY).recipe
    assert values["sources"] == {"corpus": {"texts": {"digest": "ab"}}}
    assert values["stages"]["corpus"]["libraries"] == {"torch": "2"}
    assert values["derived"] == {"pretrain": {"width": 256}}


def test_a_lock_of_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "recipe.lock.toml"
    path.write_text(lock().replace("schema = 1", "schema = 9", 1))
    with pytest.raises(RecipeError) as caught:
        read_lock(path)
    assert caught.value.code == "recipe.newer-schema"


SCALARS = (
    st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"))
)
TABLES = st.recursive(
    st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), SCALARS, max_size=3),
    lambda inner: st.dictionaries(
        st.text(st.characters(codec="utf-8"), max_size=5),
        inner | SCALARS | st.lists(SCALARS | st.lists(SCALARS, max_size=2), max_size=3),
        max_size=3,
    ),
    max_leaves=6,
)


@given(TABLES)
def test_whatever_is_written_reads_back(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(table)) == table
