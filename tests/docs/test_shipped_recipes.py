"""Recipes that the wheel carries, and the ones of the tests, are recipes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tertulia.recipe import load_recipe
from tertulia.recipe.shipped import shipped_names

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", shipped_names("recipes"))
def test_a_shipped_recipe_opens_by_its_name(name: str) -> None:
    assert load_recipe(name).recipe.name == name


def test_the_quickstart_is_shipped() -> None:
    assert "quickstart" in shipped_names("recipes")


def test_the_short_quickstart_leaves_out_no_language() -> None:
    short = load_recipe(ROOT / "tests" / "quickstart-short.toml").recipe
    assert short.languages == load_recipe("quickstart").recipe.languages


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_recipe_that_a_page_shows_is_one(page: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)
    for number, text in enumerate(block for block in blocks if "[pretrain]" in block):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        assert load_recipe(path).recipe.languages
