"""A stage names the key that is at fault; who runs the recipe adds its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.errors import TertuliaError, TrainingError
from tertulia.recipe.key_places import keys_placed
from tertulia.recipe.toml_file import TomlFile, read_toml
from tests.fixtures.bench import Bench

TEXT = """\
schema = 1

[model]
width = 96
"""


@pytest.fixture
def file(tmp_path: Path) -> TomlFile:
    path = tmp_path / "my.toml"
    path.write_text(TEXT)
    return read_toml(path, kind="recipe")


@pytest.mark.parametrize(
    ("where", "placed"),
    [
        ("key model.width", "my.toml, line 4, key `model.width`"),
        ("key `model.width`", "my.toml, line 4, key `model.width`"),
        ("keys model.heads, model.width", "my.toml, line 4, key `model.width`"),
        ("key model.heads", "my.toml, line 3, key `model.heads`"),
        ("keys pretrain.tokens, languages", "my.toml, key `pretrain.tokens`"),
    ],
)
def test_a_key_gets_its_file_and_line(file: TomlFile, where: str, placed: str) -> None:
    assert str(_raised(file, where).where).endswith("/" + placed)


@pytest.mark.parametrize(
    "where", [None, "", "other.toml, line 2, key `a`", "config.json, key model_type"]
)
def test_other_places_stay(file: TomlFile, where: str | None) -> None:
    assert _raised(file, where).where == where


@pytest.mark.parametrize(
    ("mistake", "code", "key"),
    [
        ('size = "9m"', "recipe.unknown-size", "size"),
        ("width = 96\nheads = 32", "recipe.model-shape", "heads"),
    ],
)
def test_a_shape_that_is_none_is_refused_before_anything_is_built(
    tmp_path: Path, mistake: str, code: str, key: str
) -> None:
    bench = Bench(tmp_path)
    bench.edit("context = 32", f"context = 32\n{mistake}")
    with pytest.raises(TertuliaError) as caught:
        bench.run()
    lines = bench.recipe.read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.startswith(key))
    assert caught.value.code == code
    assert str(caught.value.where).endswith(f"/tiny.toml, line {number}, key `model.{key}`")
    assert not bench.runs.exists()


def _raised(file: TomlFile, where: str | None) -> TertuliaError:
    with pytest.raises(TrainingError) as caught, keys_placed(file):
        raise TrainingError("train.too-little-text", "x", where=where)
    return caught.value
