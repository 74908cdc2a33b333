"""Recipes of older schemas are read as today's, with a notice and with the lines of the author."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.errors import RecipeError
from tertulia.recipe.load import load_recipe
from tertulia.recipe.schema import SCHEMA_VERSION

OLD = sorted((Path(__file__).parent / "old").glob("*.toml"))
EVERYTHING = Path(__file__).parent / "old" / "schema-0-everything.toml"


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_every_old_recipe_is_read_with_a_notice(path: Path) -> None:
    before = path.read_text()
    loaded = load_recipe(path)
    assert loaded.recipe.schema_ == SCHEMA_VERSION
    assert "schema 0 and was read as schema 1" in loaded.notices[0]
    assert loaded.recipe.corpus.sources == ("texts",)
    assert path.read_text() == before == loaded.text


def test_renamed_keys_keep_their_values() -> None:
    loaded = load_recipe(EVERYTHING)
    assert loaded.recipe.tokenizer.vocabulary == 512
    assert loaded.recipe.pretrain.optimizer == "adamw"
    assert "`train` is now `pretrain`" in loaded.notices[0]
    assert "`tokenizer.vocab` is now `tokenizer.vocabulary`" in loaded.notices[0]


def test_an_error_in_an_old_recipe_points_at_the_line_written(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text(EVERYTHING.read_text().replace('"adamw"', '"adamx"'))
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert "line 18, key `pretrain.optimizer`" in str(caught.value.where)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("[model]", "[pretrain]\n[model]"), "recipe.both-names"),
        (("schema = 0", f"schema = {SCHEMA_VERSION + 1}"), "recipe.newer-schema"),
        (("schema = 0\n", ""), "recipe.no-schema"),
        (("schema = 0", 'schema = "0"'), "recipe.wrong-type"),
        (("schema = 0", "schema = true"), "recipe.wrong-type"),
        (("schema = 0", "schema = -1"), "recipe.wrong-type"),
        # A name of schema 0 is unknown in schema 1.
        (("schema = 0", "schema = 1"), "recipe.unknown-key"),
    ],
)
def test_a_schema_that_cannot_be_read_is_refused(
    tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    path = tmp_path / "old.toml"
    path.write_text(EVERYTHING.read_text().replace(*change))
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert caught.value.code == code
